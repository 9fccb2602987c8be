import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { UserError } from '../../../nodes/kit/index.ts';
import type { LanguageModelFolder } from './readLanguageModelFolder.ts';

/**
 * A model's own tokenizer and chat format. Gives the ids that Python's `tokenizers` gives. A special token's name within
 * a text is text like any other: only the chat format sets special tokens.
 */
export interface ChatTokenizer {
  /** Without start or end token. */
  encode(text: string): number[];
  /** Special tokens left out. */
  decode(tokens: readonly number[]): string;
  /** A conversation of one user message, up to where the answer begins. */
  encodeQuestion(message: string): number[];
}

interface AddedToken {
  readonly content: string;
  readonly special?: boolean;
}

/** Stands for a message that names special tokens while the chat format is applied. */
const PLACEHOLDER = '\uE000';

export function openChatTokenizer(model: LanguageModelFolder): ChatTokenizer {
  const added = (model.tokenizer as { added_tokens?: readonly AddedToken[] }).added_tokens ?? [];
  const special = added.filter((token) => token.special).map(({ content }) => content);
  const namesSpecial = (text: string): boolean => special.some((content) => text.includes(content));
  const full = openTokenizer(model, added);
  let plain: Tokenizer | undefined;
  const idsBy = (tokenizer: Tokenizer, text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const encode = (text: string): number[] => {
    if (!namesSpecial(text)) return idsBy(full, text);
    plain ??= openTokenizer(
      model,
      added.filter((token) => !token.special),
    );
    return idsBy(plain, text);
  };
  let question: ((message: string) => string) | undefined;
  return {
    encode,
    decode: (tokens) => (tokens.length === 0 ? '' : full.decode([...tokens], { skip_special_tokens: true })),
    encodeQuestion(message) {
      question ??= questionFormat(model);
      if (!namesSpecial(message)) return idsBy(full, question(message));
      // As `encode_around` of the trainers' rewriting_pairs.py.
      const parts = question(PLACEHOLDER).split(PLACEHOLDER);
      return parts.flatMap((part, place) => [...(place === 0 ? [] : encode(message)), ...idsBy(full, part)]);
    },
  };
}

function openTokenizer({ folder, tokenizer, tokenizerConfig }: LanguageModelFolder, added: readonly AddedToken[]): Tokenizer {
  try {
    return new Tokenizer({ ...tokenizer, added_tokens: added }, tokenizerConfig);
  } catch (error) {
    throw new UserError(`\`tokenizer.json\` in model folder ${folder} cannot be used: ${error instanceof Error ? error.message : error}.`);
  }
}

function questionFormat({ folder, tokenizerConfig }: LanguageModelFolder): (message: string) => string {
  const source = tokenizerConfig.chat_template;
  if (!source) {
    throw new UserError(
      `\`tokenizer_config.json\` in model folder ${folder} has no \`chat_template\`; choose a model that was trained to answer.`,
    );
  }
  const usable = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 160);
      throw new UserError(
        `The chat format (\`chat_template\`) of model folder ${folder} cannot be used for a lone question: ${why}; mend it, or choose another model.`,
      );
    }
  };
  const template = usable(() => new Template(source));
  return (message) =>
    usable(() =>
      template.render({
        messages: [{ role: 'user', content: message }],
        add_generation_prompt: true,
        bos_token: tokenizerConfig.bos_token ?? '',
        eos_token: tokenizerConfig.eos_token ?? '',
      }),
    );
}
