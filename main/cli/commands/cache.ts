import { UserError } from '../../../nodes/kit/index.ts';
import type { Engine } from '../../engine/Engine.ts';
import { type Command, EXIT, type ExitCode, type Terminal } from '../Command.ts';
import { bytes, count, duration, textTable } from '../textTable.ts';
import { withEngine } from '../withEngine.ts';

export const cacheCommand: Command = {
  summary: 'look at the cache, check it, or make room in it',
  help: `nasaq cache ls|verify|gc [--cache DIR] [--keep-days N] [--max-bytes N] [--json]

  ls      lists the artifacts: kind, rows, size, which node made them, when they were last used
  verify  reads every artifact again and compares its digest; exit code 1 when one is damaged
  gc      removes what no workflow of the last --keep-days days (30) used, what is cheapest to make again first, pinned ones never;
          with --max-bytes, only until the cache is that small
`,
  arguments: ['ls|verify|gc'],
  options: {
    cache: { type: 'string' },
    'keep-days': { type: 'string' },
    'max-bytes': { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ positionals: [action], options, terminal }) {
    const cache = options.cache as string | undefined;
    const json = options.json === true;
    switch (action) {
      case 'ls':
        return withEngine(cache, async (engine) => list(engine, json, terminal));
      case 'verify':
        return withEngine(cache, async (engine) => verify(engine, json, terminal));
      case 'gc': {
        const keepDays = wholeNumber(options, 'keep-days') ?? 30;
        const maxBytes = wholeNumber(options, 'max-bytes');
        return withEngine(cache, async (engine) => {
          const { removed, bytes: freed } = await engine.cache.collect({ keepDays, ...(maxBytes === undefined ? {} : { maxBytes }) });
          terminal.out(json ? `${JSON.stringify({ removed, bytes: freed })}\n` : `Removed ${count(removed)} artifacts, ${bytes(freed)}.\n`);
          return EXIT.done;
        });
      }
      default:
        throw new UserError(`\`nasaq cache ${action}\` is not known: type ls, verify or gc after \`nasaq cache\`.`);
    }
  },
};

function wholeNumber(options: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  if (typeof text !== 'string' || !/^\d+$/.test(text)) throw new UserError(`--${name} must be a whole number, not \`${String(text)}\`.`);
  return Number(text);
}

function list(engine: Engine, json: boolean, terminal: Terminal): ExitCode {
  const entries = engine.cache.list();
  if (json) terminal.out(`${JSON.stringify(entries)}\n`);
  else if (entries.length === 0) terminal.out('The cache is empty.\n');
  else {
    const rows = entries.map(({ artifact, nodeType, seconds, lastUsed, pinned }) => [
      artifact.digest.slice(0, 12),
      artifact.kind,
      artifact.rows === undefined ? '' : count(artifact.rows),
      bytes(artifact.bytes),
      nodeType,
      duration(seconds),
      new Date(lastUsed).toISOString().slice(0, 16).replace('T', ' '),
      pinned ? 'pinned' : '',
    ]);
    terminal.out(textTable(['digest', 'kind', 'rows>', 'size>', 'made by', 'in>', 'last used (UTC)', ''], rows));
  }
  return EXIT.done;
}

async function verify(engine: Engine, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const checked = await engine.cache.verify();
  const damaged = checked.filter(({ problem }) => problem !== undefined);
  if (json) terminal.out(`${JSON.stringify(checked)}\n`);
  else {
    for (const { digest, problem } of damaged) terminal.out(`${digest.slice(0, 12)}  ${problem}\n`);
    terminal.out(`${count(checked.length)} artifacts read, ${count(damaged.length)} damaged.\n`);
  }
  return damaged.length === 0 ? EXIT.done : EXIT.nodeFailed;
}
