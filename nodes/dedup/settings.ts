import os from 'node:os';
import type { DedupOptions, KeepRule } from '../../main/engine/dedup/DedupOptions.ts';
import type { ParamValues } from '../kit/index.ts';
import type spec from './spec.ts';

export type Settings = ParamValues<(typeof spec)['params']>;
type Likeness = Pick<DedupOptions, 'near' | 'shingles' | 'threshold'>;

const words = (size: number, threshold: number): Likeness => ({ shingles: { of: 'words', size }, threshold });

const PROFILES: Record<Exclude<Settings['profile'], 'custom'>, Likeness> = {
  exact: { ...words(1, 1), near: false },
  strict: words(5, 0.8),
  balanced: words(3, 0.7),
  loose: words(2, 0.5),
};

/** What a profile stands for; `custom` takes it from its own params. */
export const likenessOf = ({ profile, unit, ngram, threshold }: Settings): Likeness =>
  profile === 'custom' ? { shingles: { of: unit, size: ngram }, threshold } : PROFILES[profile];

export const keepRuleOf = ({ keep }: Settings): KeepRule => (keep === 'newest' || keep === 'best' ? 'greatest' : keep);

export const normalisationOf = (params: Settings): DedupOptions['normalisation'] => ({
  compatibility: params.ignoreForms,
  hamza: params.ignoreHamza,
  yaa: params.ignoreYaa,
  taaMarbuta: params.ignoreTaaMarbuta,
  diacritics: params.ignoreDiacritics,
  tatweel: params.ignoreTatweel,
  punctuation: params.ignorePunctuation,
  digits: params.ignoreDigitForms,
  letterCase: params.ignoreLetterCase,
});

export const piecesOf = ({ pieces, pieceDocuments, pieceWords }: Settings): DedupOptions['pieces'] =>
  pieces === 'off' ? undefined : { of: pieces, documents: pieceDocuments, words: pieceWords };

/** Bytes; a container may have less memory than the machine. */
export const memoryBudgetOf = ({ memory }: Settings): number =>
  memory > 0 ? memory * 1e9 : Math.min(os.totalmem(), process.constrainedMemory() || Infinity) / 4;

export const threadsOf = ({ threads }: Settings): number => threads || os.availableParallelism();
