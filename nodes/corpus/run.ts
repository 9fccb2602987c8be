import path from 'node:path';
import { idsClash } from '../../main/engine/dedup/idsClash.ts';
import { uniteColumns, type Column, type Row, type RunContext, type RunNode } from '../kit/index.ts';
import type spec from './spec.ts';

type Source = { name: string; prefix: string; columns: readonly Column[]; rows(): AsyncIterable<Row> };

const run: RunNode<typeof spec> = async (context) => {
  const sources = await openSources(context);
  const several = sources.length > 1;
  const united = uniteColumns(
    sources.map(({ columns }) => columns),
    several ? { name: 'source', type: 'string' } : undefined,
  );
  const prefixed = several && (await idsClash(sources.map((source) => source.rows())));
  if (prefixed) context.log('Files share ids, so every id starts with the name of its file.');
  let count = 0;
  const { rowCount } = await context.writeTable('corpus', united.columns, read());
  context.log(`${rowCount} documents from ${sources.length} ${several ? 'files' : 'file'}.`);

  async function* read(): AsyncGenerator<Row> {
    for (const [at, source] of sources.entries()) {
      for await (const found of source.rows()) {
        const row = united.row(at, found, source.name);
        if (prefixed) row.id = `${source.prefix}/${String(row.id)}`;
        yield row;
        count += 1;
        if (count % 500 === 0) context.progress(count, undefined, 'documents');
      }
    }
    context.progress(count, count, 'documents');
  }
};
export default run;

async function openSources({ params, path: resolve, readFile }: RunContext<typeof spec>): Promise<Source[]> {
  const files = params.files.map(resolve);
  const names = distinct(files, (file) => path.basename(file));
  const prefixes = distinct(files, (file) => path.basename(file).replace(/(\.[a-z]+)(\.(gz|zst))?$/i, ''));
  const sources: Source[] = [];
  for (const [at, file] of files.entries()) {
    const source = readFile(file, { textColumn: params.textColumn, idColumn: params.idColumn });
    sources.push({ name: names[at]!, prefix: prefixes[at]!, columns: await source.columns(), rows: () => source.rows() });
  }
  return sources;
}

/** Names by `nameOf`; where two are the same, the later ones get a number. */
function distinct(files: readonly string[], nameOf: (file: string) => string): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    let name = nameOf(file);
    for (let number = 2; taken.has(name); number += 1) name = `${nameOf(file)} (${number})`;
    taken.add(name);
    return name;
  });
}
