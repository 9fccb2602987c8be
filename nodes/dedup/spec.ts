import { choice, defineNode, input, number, output, type ReportChart, text, toggle } from '../kit/index.ts';

const ignore = (title: string, help: string) => toggle({ title, help, default: true, advanced: true });

/** Bands and their rows of the sketch's 128 places, as the engine chooses them for the profiles' thresholds. */
const BANDS = [
  { name: 'Strict, 0.8', bands: 21, rows: 6 },
  { name: 'Balanced, 0.7', bands: 23, rows: 4 },
  { name: 'Loose, 0.5', bands: 42, rows: 3 },
] as const;

const recall: ReportChart = {
  title: 'Probability that a pair is found, by its similarity',
  type: 'line',
  x: 'Jaccard similarity',
  y: 'Probability',
  series: BANDS.map(({ name, bands, rows }) => ({
    name,
    points: Array.from({ length: 51 }, (_, at): [number, number] => [at / 50, 1 - (1 - (at / 50) ** rows) ** bands]),
  })),
};

const spec = defineNode({
  type: 'dedup',
  version: 4,
  title: 'Deduplicate',
  category: 'data',
  summary: 'Drops exact and near copies of documents, and shows what was dropped for which.',
  help:
    'Three rules, each document under the first that fits: its text is exactly that of another; it is the same after normalisation ' +
    '(letters, vowel signs, punctuation and the like that are set to be ignored); or it is near another: their n-grams overlap by at least the ' +
    'threshold (Jaccard similarity: shared n-grams over all n-grams of both). Normalisation is for comparing only: the text that is kept is the one ' +
    'that came. Documents without text stay and are counted: they are not copies of each other.\n\n' +
    'Near pairs come from a sketch of 128 places for each document (Fast Similarity Sketching: Dahlgaard, Knudsen and Thorup, FOCS 2017), cut into ' +
    'bands; two documents with a band in common are looked at (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4). The bands ' +
    'find a pair at the threshold with a probability of at least 0.995, and more alike ones nearly always: the curve below. Each pair that is found is then ' +
    'verified by its exact Jaccard similarity on the texts: nothing is dropped on an estimate, and `clusters` has the true number.\n\n' +
    'A document is dropped only for one that stays, so chains of little differences do not swallow documents that are far apart. ' +
    'Balanced suits news and web text. Strict drops little but true copies; loose also finds copies with every tenth word changed: read `clusters` ' +
    'before you trust it. Short texts such as comments need loose, or custom with n-grams of 1 or 2 words. Character n-grams of 5 to 13 suit text without clear words.\n\n' +
    'Several inputs are one corpus with an order of priority, that of their edges: a copy in a later one goes for a document of an earlier one, ' +
    'whatever `keep` says; `corpus` then says which input a document is from. What is connected to `against` is never part of the result: documents of ' +
    '`corpus` that are found there are dropped, such as those of a benchmark or of what a model has seen already.\n\n' +
    'Pieces are lines or paragraphs that stand in many of the documents that stay: menus, notices, signatures. The first place keeps them; ' +
    'in the others they are flagged (`repeatedPieces` how many, `repeatedShare` which share of the characters) or cut. Cutting removes the pieces and ' +
    'nothing else, and a document that would have nothing left stays whole.\n\n' +
    'The result depends neither on memory nor on threads. What does not fit the memory goes to the disk: expect to need about three times the size ' +
    'of the texts, uncompressed, beside the cache; a disk that is too small is told before anything is computed. A run that was stopped goes on at the last finished part.',
  helpChart: recall,
  effects: 'seeded',
  resource: 'cpu',
  inputs: {
    corpus: input('corpus', {
      title: 'Corpus',
      help: 'Documents to look for copies among. Of several, earlier edges have priority.',
      many: true,
    }),
    against: input('corpus', {
      title: 'Against',
      help: 'Documents whose copies are dropped from the corpus; they are not part of the result.',
      many: true,
      optional: true,
    }),
  },
  outputs: {
    kept: output('corpus', { title: 'Kept', help: 'The corpus without duplicates, in its order.' }),
    clusters: output('scores', {
      title: 'Clusters',
      help: 'Each document that was dropped beside the one that stays for it, the rule and the true similarity.',
    }),
    report: output('report', { title: 'Report', help: 'Counts and sizes by rule, the largest clusters, examples.' }),
  },
  params: {
    profile: choice({
      title: 'Profile',
      help: 'How alike documents must be to count as copies.',
      choices: [
        { value: 'exact', title: 'Exact: equal texts, also after normalisation' },
        { value: 'strict', title: 'Strict: 5-grams, 0.8' },
        { value: 'balanced', title: 'Balanced: 3-grams, 0.7' },
        { value: 'loose', title: 'Loose: 2-grams, 0.5' },
        { value: 'custom', title: 'Custom: as set below' },
      ],
      default: 'balanced',
    }),
    ngram: number({
      title: 'N-gram size',
      help: 'Words or characters in an n-gram. Used by the profile Custom.',
      default: 3,
      min: 1,
      max: 20,
      integer: true,
    }),
    unit: choice({
      title: 'N-grams of',
      help: 'What an n-gram is made of. Used by the profile Custom.',
      choices: [
        { value: 'words', title: 'Words' },
        { value: 'characters', title: 'Characters' },
      ],
      default: 'words',
    }),
    threshold: number({
      title: 'Threshold',
      help: 'Least Jaccard similarity of two documents’ n-grams. Used by the profile Custom.',
      default: 0.7,
      min: 0.2,
      max: 1,
      step: 0.05,
    }),
    keep: choice({
      title: 'Keep',
      help: 'Which copy stays; among equals the first.',
      choices: [
        { value: 'first', title: 'The first' },
        { value: 'longest', title: 'The longest' },
        { value: 'newest', title: 'The newest, by a column of dates' },
        { value: 'best', title: 'The best, by a column of scores' },
      ],
      default: 'first',
    }),
    orderColumn: text({
      title: 'Order column',
      help: 'For the newest: dates (ISO 8601) or numbers. For the best: numbers, more is better. Documents without a value come last.',
      default: '',
      optional: true,
    }),
    pieces: choice({
      title: 'Repeated pieces',
      help: 'Looks for text that stands in many documents which are not copies as a whole.',
      choices: [
        { value: 'off', title: 'Leave them' },
        { value: 'lines', title: 'Find repeated lines' },
        { value: 'paragraphs', title: 'Find repeated paragraphs' },
      ],
      default: 'off',
    }),
    pieceAction: choice({
      title: 'Found pieces',
      help: 'Flagged: counted in two columns of `kept`. Cut: removed from the text everywhere but in the first place.',
      choices: [
        { value: 'flag', title: 'Are flagged' },
        { value: 'cut', title: 'Are cut' },
      ],
      default: 'flag',
    }),
    pieceDocuments: number({
      title: 'Documents of a piece',
      help: 'A piece counts as repeated from this number of documents on.',
      default: 6,
      min: 2,
      max: 1_000_000,
      integer: true,
      advanced: true,
    }),
    pieceWords: number({
      title: 'Words of a piece',
      help: 'Shorter pieces are left alone.',
      default: 5,
      min: 1,
      max: 1000,
      integer: true,
      unit: 'words',
      advanced: true,
    }),
    ignoreHamza: ignore('Ignore hamza', 'أ إ آ ٱ compare as ا, ؤ as و, ئ as ي.'),
    ignoreYaa: ignore('Ignore forms of yaa', 'ى compares as ي; Persian ی and ک as ي and ك.'),
    ignoreTaaMarbuta: ignore('Ignore taa marbuta', 'ة compares as ه.'),
    ignoreDiacritics: ignore('Ignore vowel signs', 'Harakat, shadda, sukun and Quranic marks are not compared.'),
    ignoreTatweel: ignore('Ignore tatweel', 'The stretching stroke ـ is not compared.'),
    ignorePunctuation: ignore('Ignore punctuation', 'Punctuation, symbols and emoji compare as a space.'),
    ignoreDigitForms: ignore('Ignore digit forms', '٣ compares as 3.'),
    ignoreLetterCase: ignore('Ignore letter case', 'A compares as a.'),
    ignoreForms: ignore(
      'Ignore presentation forms',
      'ﻻ compares as لا, half-width and other forms as plain letters; invisible characters are not compared.',
    ),
    memory: number({
      title: 'Memory',
      help: 'Memory to stay under; 0 means a quarter of the machine’s. The result does not depend on it.',
      default: 0,
      min: 0,
      max: 100_000,
      step: 0.5,
      unit: 'GB',
      advanced: true,
      affectsResult: false,
    }),
    threads: number({
      title: 'Threads',
      help: 'Processor cores to use; 0 means all. The result does not depend on them.',
      default: 0,
      min: 0,
      max: 256,
      integer: true,
      advanced: true,
      affectsResult: false,
    }),
  },
  paramsProblem({ profile, unit, ngram, keep, orderColumn }) {
    if (profile === 'custom' && unit === 'characters' && ngram < 3) {
      return { param: 'ngram', problem: 'must be at least 3 for n-grams of characters, because shorter ones stand in every text' };
    }
    if (orderColumn.trim() !== '' || (keep !== 'newest' && keep !== 'best')) return undefined;
    const what = keep === 'newest' ? 'dates' : 'scores';
    return { param: 'orderColumn', problem: `must name the column with the ${what} when \`keep\` is \`${keep}\`` };
  },
  renamedPorts: { 3: { outputs: { duplicates: 'clusters' } } },
});
export default spec;
