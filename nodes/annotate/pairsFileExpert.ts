import type { Expert, ExpertAnswer } from '../../main/engine/text/Expert.ts';
import { type Column, type Row, UserError } from '../kit/index.ts';

export interface PairsSource {
  columns(): Promise<readonly Column[]>;
  /** `text` is the raw text. */
  rows(): AsyncIterable<Row>;
}

/**
 * Rewrites read from a file and held in memory. A document finds its own by id, if the raw text there is the same, else
 * by its raw text; of several rewrites of one text the first counts.
 */
export async function pairsFileExpert(source: PairsSource, file: string, rewrittenColumn: string): Promise<Expert> {
  const names = (await source.columns()).map(({ name }) => name);
  // A source calls the raw texts `text` and its ids `id`; the file's own columns of those names are called otherwise.
  const others = names.filter((name) => !['id', 'text'].includes(name));
  const column = ['id', 'text'].includes(rewrittenColumn) ? `${rewrittenColumn}_original` : rewrittenColumn;
  if (!others.includes(column)) {
    const listed = others.map((name) => `"${name}"`).join(', ') || 'none';
    throw new UserError(
      `${file}: there is no column "${rewrittenColumn}" beside those of the raw texts and their ids; the others are ${listed}: set param \`rewrittenColumn\` to the one with the rewrites.`,
    );
  }
  const byId = new Map<string, { raw: string; rewritten: Row[string] }>();
  const byText = new Map<string, Row[string]>();
  for await (const row of source.rows()) {
    const [raw, rewritten] = [String(row.text), row[column] ?? null];
    byId.set(String(row.id), { raw, rewritten });
    if (!byText.has(raw)) byText.set(raw, rewritten);
  }
  return {
    rewrite: async (documents, signal) => {
      signal.throwIfAborted();
      return documents.map(({ id, text }): ExpertAnswer => {
        if (text.trim() === '') return { outcome: 'left-out', reason: 'empty' };
        const own = byId.get(id);
        const rewritten = own?.raw === text ? own.rewritten : byText.get(text);
        if (rewritten === undefined) return { outcome: 'left-out', reason: own ? 'raw-text-differs' : 'no-pair' };
        if (typeof rewritten !== 'string' || rewritten.trim() === '') return { outcome: 'left-out', reason: 'nothing-left' };
        return { outcome: 'rewritten', text: rewritten, changes: rewritten === text ? [] : ['rewritten'] };
      });
    },
  };
}
