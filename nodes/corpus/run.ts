import path from 'node:path';
import { IdSet } from '../../main/engine/dedup/IdSet.ts';
import type { Column, Row, RunContext, RunNode } from '../kit/index.ts';
import type spec from './spec.ts';

type Source = { name: string; prefix: string; columns: readonly Column[]; rows(): AsyncIterable<Row> };

const run: RunNode<typeof spec> = async (context) => {
  const sources = await openSources(context);
  const several = sources.length > 1;
  const columns = unifyColumns(sources, several);
  const prefixed = several && (await idsClash(sources));
  if (prefixed) context.log('Files share ids, so every id starts with the name of its file.');
  const others = columns.slice(2).filter(({ name }) => !several || name !== 'source');
  let count = 0;
  const { rowCount } = await context.writeTable('corpus', columns, read());
  context.log(`${rowCount} documents from ${sources.length} ${several ? 'files' : 'file'}.`);

  async function* read(): AsyncGenerator<Row> {
    for (const source of sources) {
      for await (const found of source.rows()) {
        const row: Row = { id: prefixed ? `${source.prefix}/${String(found.id)}` : found.id!, text: found.text! };
        for (const { name, type } of others)
          row[name] = fitted(found[several && name === 'source_original' ? ownSource(source) : name], type);
        if (several) row.source = source.name;
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

/** A file's own `source` would hide the one that says which file a document is from. */
const ownSource = (source: Source): string => (source.columns.some(({ name }) => name === 'source') ? 'source' : 'source_original');

function unifyColumns(sources: readonly Source[], several: boolean): Column[] {
  const types = new Map<string, Column['type']>();
  for (const { columns } of sources) {
    for (const { name: own, type } of columns) {
      const name = several && own === 'source' ? 'source_original' : own;
      const known = types.get(name);
      types.set(name, known === undefined ? type : joined(known, type));
    }
  }
  if (several) types.set('source', 'string');
  return [...types].map(([name, type]) => ({ name, type }));
}

function joined(a: Column['type'], b: Column['type']): Column['type'] {
  if (a === b) return a;
  return [a, b].every((type) => type === 'integer' || type === 'number') ? 'number' : 'string';
}

const fitted = (value: Row[string] | undefined, type: Column['type']): Row[string] =>
  value === undefined || value === null ? null : type === 'string' ? String(value) : value;

async function idsClash(sources: readonly Source[]): Promise<boolean> {
  const ids = new IdSet();
  for (const source of sources) for await (const { id } of source.rows()) if (!ids.add(String(id))) return true;
  return false;
}
