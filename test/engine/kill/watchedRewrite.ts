import fs from 'node:fs';
import type { RunContext } from '../../../nodes/kit/index.ts';
import type { NodeType, NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { nodeTypesWithGiven } from '../inference/givenArtifacts.ts';

/** What a run of `rewrite` did, in order; `kept` once it is in the database. */
export type WatchedLine = { readonly process: number; readonly cache: string } & (
  { readonly asked: readonly string[] } | { readonly kept: readonly string[] }
);

/** The real node types, of which `rewrite` writes into a file which segments it asks for and which rows it keeps. */
export async function watchedNodeTypes(file: string, cache: string): Promise<NodeTypes> {
  const types = await nodeTypesWithGiven();
  const rewrite = types.get('rewrite')!;
  const note = (what: { asked: readonly string[] } | { kept: readonly string[] }): void =>
    fs.appendFileSync(file, `${JSON.stringify({ process: process.pid, cache, ...what })}\n`);
  const watched: NodeType = {
    ...rewrite,
    loadRun: async () => {
      const run = await rewrite.loadRun();
      return (context: RunContext) =>
        run({
          ...context,
          rowResults: (operation) => {
            const results = context.rowResults<never>(operation);
            return {
              get: (rows) => results.get(rows),
              put: (found) => {
                results.put(found as never);
                note({ kept: [...found.keys()] });
              },
            };
          },
          inference: {
            ...context.inference,
            generator: async (folder) => {
              const generator = await context.inference.generator(folder);
              return {
                ...generator,
                contextLength: generator.contextLength,
                countTokens: (text) => generator.countTokens(text),
                answer: (messages, options) => {
                  note({ asked: messages });
                  return generator.answer(messages, options);
                },
              };
            },
          },
        });
    },
  };
  return new Map([...types, ['rewrite', watched]]);
}
