import type { GraphNode } from '../../contract/graph.ts';

export interface Failure {
  /** One sentence that names the node. */
  readonly message: string;
  /** For the node's log, when the failure is a defect and not something that a person did. */
  readonly details?: string;
}

export function failureSentence(error: unknown, node: GraphNode): Failure {
  const who = `Node \`${node.id}\`${node.title ? ` (${node.title})` : ''}`;
  // By name: a node's own build may carry its own copy of the class.
  if (error instanceof Error && error.name === 'UserError') return { message: `${who}: ${error.message}` };
  const what = (error instanceof Error ? `${error.name}: ${wordsOf(error)}` : String(error)).split('\n')[0]!.slice(0, 300);
  return {
    message: `${who} failed through a defect (${what}); its log has the details.`,
    details: error instanceof Error ? (error.stack ?? what) : what,
  };
}

/** A ZodError's own message is JSON on many lines; its first issue says it in words. */
function wordsOf(error: Error): string {
  if (error.name !== 'ZodError' || !('issues' in error)) return error.message;
  const [first, ...others] = error.issues as readonly { path: readonly PropertyKey[]; message: string }[];
  if (!first) return 'a value is not as it should be';
  const where = first.path.length > 0 ? `\`${first.path.map(String).join('.')}\`: ` : '';
  return `${where}${first.message}${others.length > 0 ? `, and ${others.length} more` : ''}`;
}
