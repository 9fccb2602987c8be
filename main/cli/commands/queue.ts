import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { QUEUE_STATES, UserError } from '../../../nodes/kit/index.ts';
import type { QueueCounts, QueueDecision, QueueSummary } from '../../contract/queue.ts';
import type { Engine } from '../../engine/Engine.ts';
import { type Command, EXIT, type ExitCode, type Terminal } from '../Command.ts';
import { count, textTable } from '../textTable.ts';
import { withEngine } from '../withEngine.ts';

export const queueCommand: Command = {
  summary: 'list, export and import texts that wait for people',
  help: `nasaq queue ls|export|import [--queue ID] [--file FILE] [--state STATE] [--cache DIR] [--json]

  ls      lists the queues: which node of which workflow asks, how many texts wait, how many have which answer
  export  writes a queue as JSON lines to --file (or to standard output): row, id, before, draft, state, after;
          with --state only texts in that state, such as waiting
  import  reads such lines from --file and takes the answers over, all of them or none

To answer, change "state" in each line: "accepted" takes the draft, "edited" takes what you write into "after",
"rejected" says that the text is unfit, "skipped" that you cannot tell, "waiting" takes an answer back. A line whose
"after" you write without touching its state counts as edited. Then import the file and run the workflow again.
--queue is the ID that \`ls\` shows, or its beginning; it may be left out where there is one queue.
`,
  arguments: ['ls|export|import'],
  options: {
    queue: { type: 'string' },
    file: { type: 'string' },
    state: { type: 'string' },
    cache: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ positionals: [action], options, terminal }) {
    const { queue, file, state, cache, json } = options as Readonly<Record<string, string | undefined>> & { json?: boolean };
    switch (action) {
      case 'ls':
        return withEngine(cache, async (engine) => list(engine, json === true, terminal));
      case 'export': {
        const only = readState(state);
        return withEngine(cache, async (engine) => exportQueue(engine, chooseQueue(engine, queue), file, only, terminal));
      }
      case 'import': {
        if (file === undefined) throw new UserError('--file is missing: name the JSON lines with the answers.');
        return withEngine(cache, async (engine) => {
          const counts = engine.queues.answer(chooseQueue(engine, queue).queue, await readDecisions(file));
          terminal.err(`The queue has ${answersOf(counts)}.\n`);
          return EXIT.done;
        });
      }
      default:
        throw new UserError(`\`nasaq queue ${action}\` is not known: type ls, export or import after \`nasaq queue\`.`);
    }
  },
};

function list(engine: Engine, json: boolean, terminal: Terminal): ExitCode {
  const queues = engine.queues.list();
  if (json) terminal.out(`${JSON.stringify(queues)}\n`);
  else if (queues.length === 0) terminal.out('No texts wait for people: run a workflow whose expert they are.\n');
  else {
    const rows = queues.map(({ queue, node, title, file, counts }) => [
      queue.slice(0, 12),
      node,
      file ?? title,
      ...QUEUE_STATES.map((state) => count(counts[state])),
    ]);
    terminal.out(textTable(['queue', 'node', 'workflow', ...QUEUE_STATES.map((state) => `${state}>`)], rows));
  }
  return EXIT.done;
}

function chooseQueue(engine: Engine, wanted: string | undefined): QueueSummary {
  const queues = engine.queues.list();
  const found = queues.filter(({ queue }) => wanted === undefined || (wanted !== '' && queue.startsWith(wanted)));
  if (found.length === 1) return found[0]!;
  const known = queues.map(({ queue, node }) => `${queue.slice(0, 12)} (${node})`).join(', ') || 'none';
  if (found.length === 0) throw new UserError(`There is no queue${wanted === undefined ? '' : ` ${wanted}`}; there are ${known}.`);
  throw new UserError(`--queue must say which queue is meant: there are ${known}.`);
}

const PAGE = 1000;

async function exportQueue(
  engine: Engine,
  { queue }: QueueSummary,
  file: string | undefined,
  state: (typeof QUEUE_STATES)[number] | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines: string[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const rows = engine.queues.rows({ queue, ...(state ? { state } : {}), offset, limit: PAGE });
    lines.push(...rows.map((row) => `${JSON.stringify(row)}\n`));
    if (rows.length < PAGE) break;
  }
  if (file === undefined) {
    terminal.out(lines.join(''));
    return EXIT.done;
  }
  // Answers that somebody wrote there are not ours to write over.
  await fs.writeFile(path.resolve(file), lines.join(''), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new UserError(`${file} is there already: name a new file.`);
    throw new UserError(`${file} cannot be written (${error.code}): name a file in a folder that can.`);
  });
  terminal.err(`Wrote ${count(lines.length)} texts to ${file}\n`);
  return EXIT.done;
}

function readState(state: string | undefined): (typeof QUEUE_STATES)[number] | undefined {
  const found = QUEUE_STATES.find((known) => known === state);
  if (state !== undefined && !found) throw new UserError(`--state must be one of ${QUEUE_STATES.join(', ')}, not \`${state}\`.`);
  return found;
}

const lineSchema = z.looseObject({
  row: z.string({ error: 'must be there, as it was exported' }),
  state: z.enum(QUEUE_STATES, { error: `must be one of ${QUEUE_STATES.join(', ')}` }),
  after: z.string({ error: 'must be text' }).nullish(),
});

async function readDecisions(file: string): Promise<QueueDecision[]> {
  const source = await fs.readFile(path.resolve(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${error.code}): name a file that can.`);
  });
  return source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index): QueueDecision[] => (line.trim() === '' ? [] : [readDecision(line, `${file}, line ${index + 1}`)]));
}

function readDecision(line: string, where: string): QueueDecision {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${where}: this is not JSON: mend the line, or export it again.`);
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!;
    throw new UserError(`${where}: ${place.length > 0 ? `"${place.join('.')}" ${message}` : 'this is no object'}.`);
  }
  const { row, state, after } = parsed.data;
  if (state !== 'edited' && !(state === 'waiting' && after)) return { row, state };
  if (!after?.trim()) throw new UserError(`${where}: "after" must have the edited text: write it, or reject the text.`);
  return { row, state: 'edited', text: after };
}

const answersOf = (counts: QueueCounts): string => QUEUE_STATES.map((state) => `${count(counts[state])} ${state}`).join(', ');
