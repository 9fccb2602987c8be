import { z } from 'zod';

const count = z.int().nonnegative();
/** Servers leave it out, send null, or send nonsense; all of that is no count. */
const usage = z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish().catch(undefined);

const content = z.union([
  z.string(),
  z.array(z.looseObject({ text: z.string().optional() })).transform((parts) => parts.map(({ text }) => text ?? '').join('')),
]);
const problem = z.union([
  z.string().transform((message) => ({ message, code: undefined })),
  z.looseObject({ message: z.string().optional().catch(undefined), code: z.union([z.string(), z.number()]).nullish().catch(undefined) }),
]);

/** What is read of OpenAI's `chat.completion`, as servers of all makes send it. */
export const completionSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      message: z.looseObject({ content: content.nullish() }).nullish(),
      finish_reason: z.string().nullish().catch(undefined),
    }),
  ),
  usage,
});

/** `chat.completion.chunk`. The last one may have no choice and the usage. */
export const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z.looseObject({ content: content.nullish() }).nullish(),
        finish_reason: z.string().nullish().catch(undefined),
      }),
    )
    .nullish(),
  usage,
});

/** `{error: {message, code}}`, `{error: "…"}`, or vLLM's and others' `{message}` and `{detail}`. */
export const serverErrorSchema = z.union([
  z.looseObject({ error: problem }).transform(({ error }) => error),
  z.looseObject({ object: z.literal('error'), message: z.string(), code: z.union([z.string(), z.number()]).nullish().catch(undefined) }),
  z.looseObject({ message: z.string() }).transform(({ message }) => ({ message, code: undefined })),
  z
    .looseObject({ detail: z.json() })
    .transform(({ detail }) => ({ message: typeof detail === 'string' ? detail : JSON.stringify(detail), code: undefined })),
]);
export type Usage = z.infer<typeof usage>;
