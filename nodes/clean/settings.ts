import fs from 'node:fs/promises';
import { BoilerplateList } from '../../main/engine/text/cleaning/BoilerplateList.ts';
import type { CleaningSettings } from '../../main/engine/text/cleaning/cleanDocument.ts';
import { type CleaningLimits, GOPHER_LIMITS } from '../../main/engine/text/cleaning/cleaningRules.ts';
import type { LineRules } from '../../main/engine/text/cleaning/correctLines.ts';
import { WordList } from '../../main/engine/text/cleaning/WordList.ts';
import { type ParamValues, UserError } from '../kit/index.ts';
import type spec from './spec.ts';

export type Settings = ParamValues<(typeof spec)['params']>;

/** Of the words, as published (Penedo et al. 2023, appendix G.2). */
const REFINEDWEB_CUT_LINES = 0.05;
const REFINEDWEB_LINES: Omit<LineRules, 'phrases'> = { upperCase: true, numbers: true, counters: true, oneWord: true, phraseLineWords: 10 };

/** What the rules are to do, with the lists read from their files; `resolve` gives a path param's file. */
export async function cleaningSettings(params: Settings, resolve: (value: string) => string): Promise<CleaningSettings> {
  const stopWordLists = await Promise.all(
    params.stopWordLists.map(async (file) => {
      const list = new WordList(await readList(resolve(file), 'stopWordLists'));
      if (list.size === 0) throw new UserError(`Param \`stopWordLists\`: ${file} has no words; choose a list with one word a line.`);
      return list;
    }),
  );
  const lines = lineRulesOf(params);
  return {
    limits: limitsOf(params),
    stopWordLists,
    lines: lines && {
      ...lines,
      phrases: params.phrases === '' ? undefined : new BoilerplateList(await readList(resolve(params.phrases), 'phrases')),
    },
    cutLines: params.profile === 'refinedweb' ? REFINEDWEB_CUT_LINES : params.cutLines < 1 ? params.cutLines : undefined,
  };
}

function lineRulesOf(params: Settings): Omit<LineRules, 'phrases'> | undefined {
  if (params.profile === 'gopher') return undefined;
  if (params.profile === 'refinedweb') return REFINEDWEB_LINES;
  const { cutUpperCase, cutNumbers, cutCounters, cutOneWord, phrases, phraseLineWords } = params;
  if (!cutUpperCase && !cutNumbers && !cutOneWord && phrases === '') return undefined;
  return { upperCase: cutUpperCase, numbers: cutNumbers, counters: cutCounters, oneWord: cutOneWord, phraseLineWords };
}

export function limitsOf(params: Settings): CleaningLimits {
  if (params.profile !== 'custom') return GOPHER_LIMITS;
  const limits: Record<keyof CleaningLimits, number | undefined> = {
    'too-few-words': aboveZero(params.minWords),
    'too-many-words': aboveZero(params.maxWords),
    'short-words': aboveZero(params.minWordLength),
    'long-words': aboveZero(params.maxWordLength),
    'hash-signs': belowOne(params.hashSigns),
    ellipses: belowOne(params.ellipses),
    'bullet-lines': belowOne(params.bulletLines),
    'ellipsis-lines': belowOne(params.ellipsisLines),
    'few-alphabetic-words': aboveZero(params.alphabeticWords),
    'few-stop-words': aboveZero(params.stopWords),
    'repeated-lines': belowOne(params.repeatedLines),
    'repeated-paragraphs': belowOne(params.repeatedParagraphs),
    'repeated-line-characters': belowOne(params.repeatedLineCharacters),
    'repeated-paragraph-characters': belowOne(params.repeatedParagraphCharacters),
    'top-2-gram': belowOne(params.top2Gram),
    'top-3-gram': belowOne(params.top3Gram),
    'top-4-gram': belowOne(params.top4Gram),
    'repeated-5-grams': belowOne(params.repeated5Grams),
    'repeated-6-grams': belowOne(params.repeated6Grams),
    'repeated-7-grams': belowOne(params.repeated7Grams),
    'repeated-8-grams': belowOne(params.repeated8Grams),
    'repeated-9-grams': belowOne(params.repeated9Grams),
    'repeated-10-grams': belowOne(params.repeated10Grams),
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

const aboveZero = (limit: number): number | undefined => (limit > 0 ? limit : undefined);
const belowOne = (limit: number): number | undefined => (limit < 1 ? limit : undefined);

async function readList(file: string, param: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(
      `Param \`${param}\`: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); choose a text file that exists.`,
    );
  }
}
