import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseColumns } from '../../../main/engine/inference/chooseColumns.ts';
import { CopyDraft } from '../../../main/engine/inference/CopyDraft.ts';
import { GenerationModel } from '../../../main/engine/inference/GenerationModel.ts';
import { type GreedyAnswer, GreedyDecoder, type GreedySequence, type Stepping } from '../../../main/engine/inference/GreedyDecoder.ts';
import { type ChatTokenizer, openChatTokenizer } from '../../../main/engine/inference/openChatTokenizer.ts';
import { readLanguageModelFolder } from '../../../main/engine/inference/readLanguageModelFolder.ts';
import { sampleRows, tinyModel } from './givenArtifacts.ts';
import { openGreedyAlone } from './greedyAlone.ts';

const END = 2;
const file = path.join(tinyModel, 'onnx/model.onnx');
const goOn = (): void => undefined;
let model: GenerationModel;
let tokenizer: ChatTokenizer;
beforeAll(async () => {
  model = await GenerationModel.open(file);
  tokenizer = openChatTokenizer(await readLanguageModelFolder(tinyModel));
});
afterAll(() => model.close());

const decoder = (stepping: Stepping = model, maxRows = 32): GreedyDecoder =>
  new GreedyDecoder(stepping, new Set([END]), { maxRows, maxCells: 50_000 });
const asked = (text: string): GreedySequence => {
  const tokens = tokenizer.encode(text);
  return { prompt: tokenizer.encodeQuestion(text), source: [...tokens, END], limit: Math.ceil(tokens.length * 1.5) + 8 };
};
const unguessed = (sequence: GreedySequence): GreedySequence => ({ ...sequence, source: [] });
/** Comments with faults that the model takes out, and news of every length from 30 to 200 characters. */
const documents = (count: number): GreedySequence[] => {
  const news = sampleRows('news').map(({ text }, index) => String(text).slice(0, 30 + ((index * 37) % 170)));
  const comments = sampleRows('comments').map(({ text }) => String(text).slice(0, 150));
  return news
    .flatMap((text, index) => [text, comments[index]!])
    .slice(0, count)
    .map(asked);
};
const tokensOf = (answers: readonly GreedyAnswer[]): (readonly number[])[] => answers.map(({ tokens }) => tokens);

describe('guessing from the source', () => {
  it('gives the tokens of plain greedy decoding, for 200 documents one at a time', { timeout: 1_200_000 }, async () => {
    const sequences = documents(200);
    const alone = await openGreedyAlone(file);
    const batched = await decoder().run(sequences, goOn);
    let differing = 0;
    for (const [index, sequence] of sequences.entries()) {
      const expected = await alone(sequence.prompt, sequence.limit);
      // A tie within float noise may fall either way; the decoder says where it had one.
      if (batched[index]!.close > 0 && expected.join() !== batched[index]!.tokens.join()) differing += 1;
      else expect(batched[index]!.tokens, `document ${index}`).toEqual(expected);
    }
    expect(differing).toBeLessThanOrEqual(2);
    expect(batched.filter(({ close }) => close > 0).length).toBeLessThan(10);
    const sum = (what: (answer: GreedyAnswer) => number): number => batched.reduce((total, answer) => total + what(answer), 0);
    expect(sum(({ accepted }) => accepted) / sum(({ guessed }) => guessed)).toBeGreaterThan(0.5);
    expect(sum(({ accepted }) => accepted)).toBeLessThan(sum(({ guessed }) => guessed));
  });

  it('needs far fewer steps than one for each token', async () => {
    const sequences = documents(60);
    const [guessing, plain] = [decoder(), decoder()];
    const answers = await guessing.run(sequences, goOn);
    expect(tokensOf(await plain.run(sequences.map(unguessed), goOn))).toEqual(tokensOf(answers));
    expect(guessing.steps).toBeLessThan(plain.steps / 3);
  });

  it('keeps to the limit of each sequence', async () => {
    const sequences = documents(40).map((sequence, index) => ({ ...sequence, limit: 1 + (index % 7) }));
    const answers = await decoder().run(sequences, goOn);
    const plain = await decoder().run(sequences.map(unguessed), goOn);
    expect(answers.map(({ tokens, stopped }) => [tokens, stopped])).toEqual(plain.map(({ tokens, stopped }) => [tokens, stopped]));
    for (const [index, { tokens, stopped }] of answers.entries()) {
      expect(tokens.length).toBeLessThanOrEqual(sequences[index]!.limit);
      if (stopped === 'length') expect(tokens.length).toBe(sequences[index]!.limit);
    }
  });

  it('fills the context to its last position', async () => {
    const text = sampleRows('news')
      .map((row) => String(row.text))
      .join(' ');
    const tokens = tokenizer.encode(text).slice(0, 300);
    const prompt = [1, 3, ...tokens, 4];
    const sequence = { prompt, source: [...tokens, END], limit: 512 - prompt.length };
    const short = asked('كلمة قصيرة');
    const [answer] = await decoder().run([sequence, short, short], goOn);
    const [plain] = await decoder().run([unguessed(sequence)], goOn);
    expect(answer!.tokens).toEqual(plain!.tokens);
  });
});

describe('the batch', () => {
  it('lets rows enter as others leave, and answers each alike whatever it shares the batch with', async () => {
    const sequences = documents(50);
    const wide = decoder();
    const narrow = decoder(model, 3);
    const answers = tokensOf(await wide.run(sequences, goOn));
    expect(tokensOf(await narrow.run(sequences, goOn))).toEqual(answers);
    const backwards = tokensOf(await decoder().run(sequences.toReversed(), goOn)).toReversed();
    expect(backwards).toEqual(answers);
    expect(narrow.steps).toBeGreaterThan(wide.steps);
  });

  it('is halved when memory runs out, and goes on with what it has', async () => {
    const sequences = documents(40);
    const widths: number[] = [];
    const small: Stepping = {
      newCache: () => model.newCache(),
      step(cache, rows, wanted) {
        widths.push(rows.length);
        if (rows.length > 6) throw new Error('bad allocation: std::bad_alloc');
        return model.step(cache, rows, wanted);
      },
    };
    expect(tokensOf(await decoder(small).run(sequences, goOn))).toEqual(tokensOf(await decoder().run(sequences, goOn)));
    const refused = widths.filter((width) => width > 6);
    expect(refused.length).toBeGreaterThan(0);
    // Halved each time until it fits, and never tried as wide again.
    for (const [index, width] of refused.entries()) if (index > 0) expect(width).toBeLessThanOrEqual(Math.ceil(refused[index - 1]! / 2));
    expect(Math.max(...widths.slice(widths.lastIndexOf(refused.at(-1)!) + 1))).toBeLessThanOrEqual(6);
  });

  it('gives up when memory is short for a single row', async () => {
    const full: Stepping = { newCache: () => model.newCache(), step: () => Promise.reject(new Error('std::bad_alloc')) };
    await expect(decoder(full).run(documents(3), goOn)).rejects.toThrow('bad_alloc');
  });

  it('stops before the next step', async () => {
    let looked = 0;
    const own = decoder();
    const running = own.run(documents(40), () => {
      if (++looked === 4) throw new Error('stopped');
    });
    await expect(running).rejects.toThrow('stopped');
    expect(own.steps).toBe(3);
  });

  it('has nothing to do for nothing', async () => {
    expect(await decoder().run([], goOn)).toEqual([]);
  });
});

describe('a guess', () => {
  const source = [10, 11, 12, 13, 14, 15, 16, 17, END];
  it('follows the source from its beginning', () => {
    const draft = new CopyDraft(source);
    expect(draft.guess(3)).toEqual([10, 11, 12]);
    draft.follow([10, 11, 12, 13], 3, 3);
    expect(draft.guess(99)).toEqual([14, 15, 16, 17, END]);
  });

  it.each([
    ['a token that was put in place of another', [10, 11, 99], 2, [13, 14]],
    ['tokens that were left out', [10, 11, 15], 2, [16, 17]],
    ['what follows an insertion', [10, 11, 99, 98, 12, 13], 0, [14, 15]],
  ])('finds its place after %s', (_, answer, accepted, next) => {
    const draft = new CopyDraft(source);
    draft.follow(answer, 5, accepted);
    expect(draft.guess(2)).toEqual(next);
  });

  it('is believed less after it was wrong', () => {
    const draft = new CopyDraft(source);
    const before = draft.rate;
    draft.follow([99], 5, 0);
    expect(draft.rate).toBeLessThan(before);
  });
});

describe('the columns of a step', () => {
  it('are one where nothing can be guessed, few where guesses are often wrong, many where they are right', () => {
    expect(chooseColumns([{ available: 0, rate: 0.9 }])).toBe(1);
    expect(chooseColumns([{ available: 60, rate: 0.3 }])).toBeLessThan(5);
    expect(chooseColumns([{ available: 60, rate: 0.99 }])).toBeGreaterThan(20);
    expect(chooseColumns([{ available: 5, rate: 0.99 }])).toBe(6);
  });
  it('do not grow for one row among many', () => {
    const rows = [{ available: 40, rate: 0.99 }, ...Array.from({ length: 31 }, () => ({ available: 2, rate: 0.99 }))];
    expect(chooseColumns(rows)).toBeLessThan(8);
  });
});
