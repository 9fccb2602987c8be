import { type JsonMembers, type TableArtifact, UserError } from '../kit/index.ts';
import type { Settings } from './settings.ts';

/**
 * How each corpus gives what `newest` and `best` order by; undefined for one without the column. Throws UserError when no
 * corpus has it, or its values can have no such order.
 */
export function orderMembers(corpora: readonly TableArtifact[], { keep, orderColumn }: Settings): (JsonMembers[string] | undefined)[] {
  if (keep !== 'newest' && keep !== 'best') return corpora.map(() => undefined);
  const found = corpora.map(({ columns }) => columns.find(({ name }) => name === orderColumn));
  if (found.every((column) => column === undefined)) {
    const names = [...new Set(corpora.flatMap(({ columns }) => columns.map(({ name }) => `"${name}"`)))];
    throw new UserError(
      `Param \`orderColumn\`: there is no column "${orderColumn}"; the corpus has ${names.join(', ')}: choose one of them.`,
    );
  }
  return found.map((column) => {
    if (!column) return undefined;
    const { name, type } = column;
    if (type === 'number' || type === 'integer') return { column: name };
    if (type === 'string' && keep === 'newest') return { column: name, as: 'time' };
    const wanted = keep === 'newest' ? 'dates or numbers' : 'numbers';
    throw new UserError(
      `Param \`orderColumn\`: the column "${name}" has ${type === 'string' ? 'text' : 'true and false'}, but \`keep\` needs ${wanted}: choose another column.`,
    );
  });
}
