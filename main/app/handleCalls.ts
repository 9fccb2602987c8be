import { dialog, ipcMain, type OpenDialogOptions } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { api, type ApiName, type ApiReply, type ApiRequest } from '../contract/api.ts';
import { UserError } from '../../nodes/kit/index.ts';
import { CHANNELS } from '../contract/channels.ts';
import { isAppUrl } from './appProtocol.ts';
import type { AppWindow } from './AppWindow.ts';
import type { EngineSupervisor } from './EngineSupervisor.ts';
import type { KeyStore } from './KeyStore.ts';
import type { Launch } from './parseLaunch.ts';
import { shippedFolder } from './shippedFolder.ts';

export interface CallContext {
  readonly engine: EngineSupervisor;
  readonly keys: KeyStore;
  readonly window: () => AppWindow | undefined;
  readonly takeLaunch: () => Launch;
}
type Handlers = { [N in ApiName]: (request: ApiRequest<N>) => Promise<ApiReply<N>> };

const WORKFLOW_EXTENSION = 'nasaq.json';
/** Adds the ending that workflow files have, unless the name already ends in `.json`. */
const withWorkflowExtension = (file: string): string => (file.endsWith('.json') ? file : `${file}.${WORKFLOW_EXTENSION}`);
const WORKFLOW_FILTER = { name: 'Nasaq workflow', extensions: [WORKFLOW_EXTENSION, 'json'] };
const samplePath = () => path.join(shippedFolder(), 'resources', 'samples', 'native-alignment.nasaq.json');

/** Answers the window's calls. Only the app's own page, in the main frame, is answered; both directions are checked. */
export function handleCalls(context: CallContext): void {
  const handlers = makeHandlers(context);
  ipcMain.handle(CHANNELS.call, async (event, name: unknown, request: unknown) => {
    const frame = event.senderFrame;
    if (!frame || frame.parent !== null || !isAppUrl(frame.url)) throw new Error('This page may not ask Nasaq anything.');
    if (typeof name !== 'string' || !Object.hasOwn(api, name)) throw new Error('Nasaq has no such call.');
    return answer(handlers, name as ApiName, request);
  });
}

async function answer<N extends ApiName>(handlers: Handlers, name: N, request: unknown): Promise<ApiReply<N>> {
  const checked = api[name].request.parse(request) as ApiRequest<N>;
  return api[name].reply.parse(await handlers[name](checked)) as ApiReply<N>;
}

function makeHandlers({ engine, keys, window, takeLaunch }: CallContext): Handlers {
  // The window may only name workflow files that a person chose, so that a fault in it cannot write anywhere.
  const granted = new Set<string>();
  const grant = (file: string) => {
    granted.add(file);
    return file;
  };
  const showOpen = async (options: OpenDialogOptions) => {
    const parent = window()?.browserWindow;
    const { canceled, filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
    return canceled || filePaths.length === 0 ? undefined : filePaths;
  };
  const showSave = async (options: Electron.SaveDialogOptions) => {
    const parent = window()?.browserWindow;
    const { canceled, filePath } = await (parent ? dialog.showSaveDialog(parent, options) : dialog.showSaveDialog(options));
    return canceled || !filePath ? undefined : filePath;
  };

  const mayReplaceFile = async (file: string) => {
    const parent = window()?.browserWindow;
    const question = {
      type: 'warning' as const,
      message: `Replace “${path.basename(file)}”?`,
      detail: 'A file of this name is there already; what is in it would be lost.',
      buttons: ['Replace', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const { response } = await (parent ? dialog.showMessageBox(parent, question) : dialog.showMessageBox(question));
    return response === 0;
  };

  return {
    launch: async () => {
      const { sample, path: file } = takeLaunch();
      return { sample, ...(file && { path: grant(file) }) };
    },

    openWorkflow: async ({ path: asked, sample }) => {
      if (asked && !granted.has(asked)) return { error: `\`${asked}\` was not chosen in a dialog; open it with File → Open.` };
      const file = sample ? samplePath() : (asked ?? (await showOpen({ properties: ['openFile'], filters: [WORKFLOW_FILTER] }))?.[0]);
      if (!file) return null;
      const read = await engine.call('readWorkflow', { path: file });
      return 'error' in read ? read : { path: sample ? file : grant(file), ...read };
    },

    saveWorkflow: async ({ path: asked, workflow }) => {
      const known = asked && granted.has(asked) ? asked : undefined;
      const suggested = `${workflow.title.replaceAll(/[/\\:*?"<>|]/g, ' ').trim() || 'workflow'}.${WORKFLOW_EXTENSION}`;
      const chosen = known ?? (await showSave({ defaultPath: suggested, filters: [WORKFLOW_FILTER] }));
      if (!chosen) {
        window()?.saveEnded();
        return null;
      }
      const file = known ?? withWorkflowExtension(chosen);
      // The dialog asked about the name without its ending.
      if (file !== chosen && fs.existsSync(file) && !(await mayReplaceFile(file))) {
        window()?.saveEnded();
        return null;
      }
      const failure = await engine.call('writeWorkflow', { path: file, workflow });
      if (failure) {
        window()?.saveEnded();
        return failure;
      }
      return { path: grant(file) };
    },

    chooseFile: async ({ kind, extensions, relativeTo }) => {
      const filters =
        extensions.length > 0
          ? [
              { name: 'Files it reads', extensions },
              { name: 'All files', extensions: ['*'] },
            ]
          : [];
      const chosen = await showOpen({
        properties: kind === 'folder' ? ['openDirectory'] : kind === 'files' ? ['openFile', 'multiSelections'] : ['openFile'],
        filters: kind === 'folder' ? [] : filters,
      });
      return chosen?.map((file) => asWritten(file, relativeTo)) ?? null;
    },

    exportArtifact: async ({ digest, name }) => {
      const artifact = await engine.call('artifact', { digest });
      if (!artifact) return { error: 'That output is no longer in the cache; run the workflow again.' };
      const endings = artifact.kind === 'model' ? [] : artifact.kind === 'report' ? ['json'] : ['jsonl', 'parquet'];
      const target = await showSave({
        defaultPath: endings.length > 0 ? `${name}.${endings[0]}` : name,
        filters: endings.map((ending) => ({ name: ending.toUpperCase(), extensions: [ending] })),
      });
      if (!target) return null;
      return (await engine.call('exportArtifact', { digest, target })) ?? { path: target };
    },

    confirmDiscard: async ({ title }) => (await window()?.confirmDiscard(title)) ?? 'cancel',
    setUnsaved: async ({ unsaved, title }) => {
      window()?.setUnsaved(unsaved, title);
      return null;
    },
    keys: async () => orFailure(() => ({ keys: keys.list(), canSave: keys.canSave })),
    setKey: async ({ name, url, key }) =>
      orFailure(() => {
        keys.set(name, new URL(url).origin, key);
        return null;
      }),
    deleteKey: async ({ name }) =>
      orFailure(() => {
        keys.delete(name);
        return null;
      }),
    queues: (request) => engine.call('queues', request),
    queueRows: (request) => engine.call('queueRows', request),
    answerQueue: (request) => engine.call('answerQueue', request),
    plan: (request) => engine.call('plan', request),
    run: (request) => engine.call('run', request),
    cancel: (request) => engine.call('cancel', request),
    rows: (request) => engine.call('rows', request),
    report: (request) => engine.call('report', request),
  };
}

function orFailure<T>(work: () => T): T | { error: string } {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    throw error;
  }
}

/** Paths are kept relative to the workflow file when they lie beside or below it: such a folder can be moved as a whole. */
function asWritten(file: string, workflowFile: string | undefined): string {
  if (!workflowFile) return file;
  const relative = path.relative(path.dirname(workflowFile), file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative.split(path.sep).join('/');
}
