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
  const what = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n')[0]!.slice(0, 300);
  return {
    message: `${who} failed through a defect (${what}); its log has the details.`,
    details: error instanceof Error ? (error.stack ?? what) : what,
  };
}
