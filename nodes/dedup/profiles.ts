import type { NormalisationRules } from '../../main/engine/text/normaliseArabic.ts';
import type { ParamValues } from '../kit/index.ts';
import type spec from './spec.ts';

type Settings = ParamValues<(typeof spec)['params']>;

const PROFILES = {
  strict: { shingleSize: 5, threshold: 0.8 },
  balanced: { shingleSize: 3, threshold: 0.7 },
  loose: { shingleSize: 2, threshold: 0.5 },
} as const;

/** Shingle size and threshold that a profile stands for; `custom` takes them from its own params. */
export const profileOf = ({ profile, ngram, threshold }: Settings): { shingleSize: number; threshold: number } =>
  profile === 'custom' ? { shingleSize: ngram, threshold } : PROFILES[profile];

export const normalisationOf = (params: Settings): NormalisationRules => ({
  hamza: params.ignoreHamza,
  yaa: params.ignoreYaa,
  taaMarbuta: params.ignoreTaaMarbuta,
  diacritics: params.ignoreDiacritics,
  tatweel: params.ignoreTatweel,
  punctuation: params.ignorePunctuation,
  digits: params.ignoreDigitForms,
  letterCase: params.ignoreLetterCase,
});
