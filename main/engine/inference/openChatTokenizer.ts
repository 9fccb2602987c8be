import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { UserError } from '../../../nodes/kit/index.ts';
import type { LanguageModelFolder } from './readLanguageModelFolder.ts';

/** A model's own tokenizer and chat format. Gives the ids that Python's `tokenizers` gives. */
export interface ChatTokenizer {
  /** Without start or end token. */
  encode(text: string): number[];
  /** Special tokens left out. */
  decode(tokens: readonly number[]): string;
  /** A conversation of one user message, up to where the answer begins. */
  encodeQuestion(message: string): number[];
}

export function openChatTokenizer(model: LanguageModelFolder): ChatTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(model.tokenizer, model.tokenizerConfig);
  } catch (error) {
    throw new UserError(
      `\`tokenizer.json\` in model folder ${model.folder} cannot be used: ${error instanceof Error ? error.message : error}.`,
    );
  }
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  let question: ((message: string) => string) | undefined;
  return {
    encode,
    decode: (tokens) => (tokens.length === 0 ? '' : tokenizer.decode([...tokens], { skip_special_tokens: true })),
    encodeQuestion(message) {
      question ??= questionFormat(model);
      return encode(question(message));
    },
  };
}

function questionFormat({ folder, tokenizerConfig }: LanguageModelFolder): (message: string) => string {
  const source = tokenizerConfig.chat_template;
  if (!source) {
    throw new UserError(
      `\`tokenizer_config.json\` in model folder ${folder} has no \`chat_template\`; choose a model that was trained to answer.`,
    );
  }
  const template = new Template(source);
  return (message) =>
    template.render({
      messages: [{ role: 'user', content: message }],
      add_generation_prompt: true,
      bos_token: tokenizerConfig.bos_token ?? '',
      eos_token: tokenizerConfig.eos_token ?? '',
    });
}
