import { z } from 'zod';

/** Version of the workflow file's format; older ones are migrated on opening, newer ones refused. */
export const FORMAT_VERSION = 1;

const identifier = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
  error: 'must start with a letter and have only letters, digits, "-" and "_"',
});

export const graphNodeSchema = z.strictObject({
  id: identifier,
  type: z.string(),
  /** The node type's version that wrote the params; they are migrated from it. */
  version: z.int().positive(),
  title: z.string().optional(),
  /** Only what differs from the defaults needs to be here. */
  params: z.record(z.string(), z.json()),
  position: z.strictObject({ x: z.number(), y: z.number() }),
});
export const graphEdgeSchema = z.strictObject({
  from: z.strictObject({ node: identifier, port: z.string() }),
  to: z.strictObject({ node: identifier, port: z.string() }),
});
export const workflowSchema = z.strictObject({
  nasaq: z.literal(FORMAT_VERSION),
  title: z.string(),
  notes: z.string().optional(),
  seed: z.int().nonnegative(),
  nodes: z.array(graphNodeSchema),
  edges: z.array(graphEdgeSchema),
});

export type GraphNode = z.infer<typeof graphNodeSchema>;
export type GraphEdge = z.infer<typeof graphEdgeSchema>;
export type Workflow = z.infer<typeof workflowSchema>;
