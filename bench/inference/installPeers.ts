import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { cached, digestFiles } from '../dedup/cacheFolder.ts';
import { installing } from '../installing.ts';

const exec = promisify(execFile);
const requirements = path.join(import.meta.dirname, 'requirements.txt');
/** Its own onnxruntime-node is the version that Nasaq uses. */
const TRANSFORMERS_JS = '@huggingface/transformers@4.3.1';

/** The `node_modules` that has transformers.js; made on the first call. Throws UserError. */
export const installTransformersJs = (): Promise<string> =>
  installingPeer('transformers.js with npm', async () => {
    const folder = await cached('inference-npm', [TRANSFORMERS_JS, process.versions.modules], async (folder) => {
      await exec('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', TRANSFORMERS_JS], {
        env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
      });
    });
    return path.join(folder, 'node_modules');
  });

export interface Genai {
  /** For PYTHONPATH, beside the trainers' packages. */
  readonly packages: string;
  /** The model as its own builder writes it, fp32. */
  readonly model: string;
}

/** onnxruntime-genai and the model in its format; made on the first call. Throws UserError. */
export const installGenai = (python: string, model: string): Promise<Genai> =>
  installingPeer('onnxruntime-genai with pip', async () => {
    const packages = await cached('inference-python', [await digestFiles([requirements]), python], async (folder) => {
      await exec(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, '--requirement', requirements]);
    });
    const weights = await digestFiles([path.join(model, 'model.safetensors'), path.join(model, 'config.json')]);
    const built = await cached('inference-genai-model', [packages, weights], async (folder) => {
      const builder = ['-m', 'onnxruntime_genai.models.builder', '-i', model, '-o', folder, '-p', 'fp32', '-e', 'cpu', '-c', folder];
      await exec(python, builder, { env: { ...process.env, PYTHONPATH: packages }, maxBuffer: 1 << 26 });
    });
    return { packages, model: built };
  });

const installingPeer = <T>(what: string, install: () => Promise<T>): Promise<T> =>
  installing(install, (reason) => `The benchmark cannot install ${what} (${reason}): mend that, or leave the peer out with --peers.`);
