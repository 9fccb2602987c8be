import { choice, defineNode, input, number, output, toggle } from '../kit/index.ts';

const ignore = (title: string, help: string) => toggle({ title, help, default: true, advanced: true });

const spec = defineNode({
  type: 'dedup',
  version: 4,
  title: 'Deduplicate',
  category: 'data',
  summary: 'Drops exact and near copies of documents, and shows what was dropped for which.',
  help:
    'Three rules, each document under the first that fits: its text is exactly that of another; it is the same after normalisation ' +
    '(letters, vowel signs, punctuation and the like that are set to be ignored); or its word n-grams overlap with those of ' +
    'another by at least the threshold (Jaccard similarity: shared n-grams over all n-grams of both). Candidates come from MinHash signatures of 128 ' +
    'places in bands chosen to find 99.9 % of the pairs at the threshold, and each is then verified on the whole sets: nothing is dropped on an estimate ' +
    '(Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3).\n\n' +
    'A document is dropped only for one that stays, so chains of little differences do not swallow documents that are far apart. ' +
    'Balanced suits news and web text. Strict drops little but true copies, loose also retellings: read `clusters` before you trust it. Short texts ' +
    'such as comments need loose or custom with n-grams of 1 or 2. Documents without text are kept and counted: they are not copies of each other.',
  effects: 'seeded',
  resource: 'cpu',
  inputs: { corpus: input('corpus', { title: 'Corpus', help: 'Documents to look for copies among.' }) },
  outputs: {
    kept: output('corpus', { title: 'Kept', help: 'The corpus without duplicates, in its order.' }),
    clusters: output('scores', {
      title: 'Clusters',
      help: 'What was dropped, the document that stays for it, the rule and the similarity.',
    }),
    report: output('report', { title: 'Report', help: 'Counts by rule, the largest clusters, examples.' }),
  },
  renamedPorts: { 3: { outputs: { duplicates: 'clusters' } } },
  params: {
    profile: choice({
      title: 'Profile',
      help: 'How alike documents must be to count as copies.',
      choices: [
        { value: 'strict', title: 'Strict: 5-grams, 0.8' },
        { value: 'balanced', title: 'Balanced: 3-grams, 0.7' },
        { value: 'loose', title: 'Loose: 2-grams, 0.5' },
        { value: 'custom', title: 'Custom: as set below' },
      ],
      default: 'balanced',
    }),
    ngram: number({
      title: 'N-gram size',
      help: 'Words in a shingle. Used by the profile Custom.',
      default: 3,
      min: 1,
      max: 20,
      integer: true,
      unit: 'words',
    }),
    threshold: number({
      title: 'Threshold',
      help: 'Least Jaccard similarity of two documents’ shingles. Used by the profile Custom.',
      default: 0.7,
      min: 0.2,
      max: 1,
      step: 0.05,
    }),
    keep: choice({
      title: 'Keep',
      help: 'Which copy stays; among equally long ones the first.',
      choices: [
        { value: 'first', title: 'The first' },
        { value: 'longest', title: 'The longest' },
      ],
      default: 'first',
    }),
    ignoreHamza: ignore('Ignore hamza', 'أ إ آ ٱ compare as ا, ؤ as و, ئ as ي.'),
    ignoreYaa: ignore('Ignore forms of yaa', 'ى compares as ي; Persian ی and ک as ي and ك.'),
    ignoreTaaMarbuta: ignore('Ignore taa marbuta', 'ة compares as ه.'),
    ignoreDiacritics: ignore('Ignore vowel signs', 'Harakat, shadda, sukun and Quranic marks are not compared.'),
    ignoreTatweel: ignore('Ignore tatweel', 'The stretching stroke ـ is not compared.'),
    ignorePunctuation: ignore('Ignore punctuation', 'Punctuation, symbols and emoji compare as a space.'),
    ignoreDigitForms: ignore('Ignore digit forms', '٣ compares as 3.'),
    ignoreLetterCase: ignore('Ignore letter case', 'A compares as a.'),
  },
});
export default spec;
