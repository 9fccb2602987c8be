import { choice, defineNode, file, files, input, number, output, toggle } from '../kit/index.ts';

const custom = 'Used by the profile Custom.';
const most = (title: string, help: string, limit: number) =>
  number({ title, help: `${help} 1: off. ${custom}`, default: limit, min: 0, max: 1, step: 0.01, advanced: true });
const least = (title: string, help: string, limit: number, more: { max?: number; step?: number; integer?: boolean; unit?: string } = {}) =>
  number({ title, help: `${help} 0: off. ${custom}`, default: limit, min: 0, advanced: true, ...more });
const cut = (title: string, help: string) => toggle({ title, help: `${help} ${custom}`, default: true, advanced: true });

const repeatedGrams = (size: number, limit: number) =>
  most(`Repeated ${size}-grams`, `Greatest share of characters within ${size}-grams of words that stood in the document before.`, limit);
const topGram = (size: number, limit: number) =>
  most(`Most frequent ${size}-gram`, `Greatest share of characters within the ${size}-gram of words that comes most often.`, limit);

const spec = defineNode({
  type: 'clean',
  version: 1,
  title: 'Clean',
  category: 'data',
  summary: 'Drops documents that look like no prose and cuts lines of menus and notices, each for a stated reason.',
  help:
    'The heuristic filters that native alignment is compared with. Gopher: the quality and repetition filters of MassiveText (Rae et al. 2021, ' +
    'appendix A1.1 and table A1): length, length of words, symbols, bullets, ellipses, stop words of the language, and text that repeats itself within the ' +
    'document. RefinedWeb: the same, and then line by line (Penedo et al. 2023, appendix G.2): lines in capitals, of numbers, of counters ("3 likes"), of one word, ' +
    'and short ones with a phrase of menus and notices are cut; a document that would lose more than 5 % of its words is dropped. Custom: every limit as set below.\n\n' +
    'Words are what spaces divide; those without a letter or digit do not count. Their length is in letters without diacritics and tatweel. Stop words are ' +
    'compared without diacritics, hamza forms and the like, different ones are counted, and the list that fits a document best judges it. A repeated line, paragraph or n-gram counts from its ' +
    'second time on; the most frequent n-gram counts as a whole. Documents are judged as they came, before lines are cut.\n\n' +
    'The limits were made for English web pages: 50 words drop every comment and many short news. Look at `dropped` and at the examples ' +
    'nearest to each limit before you trust them. Lines of lists and tables, such as names or scores, also count as lines of one word or of numbers.',
  effects: 'pure',
  resource: 'cpu',
  inputs: { corpus: input('corpus', { title: 'Corpus', help: 'Documents to clean.' }) },
  outputs: {
    kept: output('corpus', {
      title: 'Kept',
      help: 'The documents that stay, in order, and how many lines or parts of lines were cut from each.',
    }),
    dropped: output('scores', {
      title: 'Dropped',
      help: 'Each document that was dropped: by which rule, its value and the limit, and all rules that it fails.',
    }),
    report: output('report', { title: 'Report', help: 'Counts by rule, what was cut, and examples near the limits.' }),
  },
  params: {
    profile: choice({
      title: 'Profile',
      help: 'Which rules judge, and by which limits.',
      choices: [
        { value: 'gopher', title: 'Gopher: quality and repetition' },
        { value: 'refinedweb', title: 'RefinedWeb: the same, and lines' },
        { value: 'custom', title: 'Custom: as set below' },
      ],
      default: 'refinedweb',
    }),
    stopWordLists: files({
      title: 'Stop words',
      help: 'One list for each language, one word a line. The list that fits a document best judges it.',
      default: ['resources:lexicons/function-words.ar.txt', 'resources:lexicons/function-words.en.txt'],
      extensions: ['txt'],
      advanced: true,
    }),
    phrases: file({
      title: 'Phrases of menus and notices',
      help: 'One a line; the shipped list says how. Empty: neither phrases nor counters are cut. Not used by the profile Gopher.',
      default: 'resources:lexicons/boilerplate.txt',
      extensions: ['txt'],
      optional: true,
      advanced: true,
    }),
    minWords: least('Fewest words', 'Documents with fewer are dropped.', 50, { integer: true, unit: 'words' }),
    maxWords: least('Most words', 'Documents with more are dropped.', 100_000, { integer: true, unit: 'words' }),
    minWordLength: least('Shortest mean word', 'Least mean length of words, in letters and digits.', 3, { step: 0.1 }),
    maxWordLength: least('Longest mean word', 'Most mean length of words, in letters and digits.', 10, { step: 0.1 }),
    hashSigns: most('Hash signs', 'Most # per word.', 0.1),
    ellipses: most('Ellipses', 'Most … or ... per word.', 0.1),
    bulletLines: most('Bullet lines', 'Greatest share of lines that start with a bullet.', 0.9),
    ellipsisLines: most('Ellipsis lines', 'Greatest share of lines that end with an ellipsis.', 0.3),
    alphabeticWords: least('Words with letters', 'Least share of words that have a letter.', 0.8, { max: 1, step: 0.01 }),
    stopWords: least('Stop words in a document', 'Least number of different stop words.', 2, { integer: true, unit: 'words' }),
    repeatedLines: most('Repeated lines', 'Greatest share of lines that stood in the document before.', 0.3),
    repeatedParagraphs: most('Repeated paragraphs', 'Greatest share of paragraphs that stood in the document before.', 0.3),
    repeatedLineCharacters: most('Characters of repeated lines', 'Greatest share of characters in such lines.', 0.2),
    repeatedParagraphCharacters: most('Characters of repeated paragraphs', 'Greatest share of characters in such paragraphs.', 0.2),
    top2Gram: topGram(2, 0.2),
    top3Gram: topGram(3, 0.18),
    top4Gram: topGram(4, 0.16),
    repeated5Grams: repeatedGrams(5, 0.15),
    repeated6Grams: repeatedGrams(6, 0.14),
    repeated7Grams: repeatedGrams(7, 0.13),
    repeated8Grams: repeatedGrams(8, 0.12),
    repeated9Grams: repeatedGrams(9, 0.11),
    repeated10Grams: repeatedGrams(10, 0.1),
    cutUpperCase: cut('Cut lines in capitals', 'More than half of the letters are capitals.'),
    cutNumbers: cut('Cut lines of numbers', 'Digits and no letter.'),
    cutCounters: cut('Cut counters', 'A number and what is counted, such as "3 likes", from the list of phrases.'),
    cutOneWord: cut('Cut lines of one word', 'Headings of one word too.'),
    phraseLineWords: number({
      title: 'Words of a line with a phrase',
      help: `Phrases are looked for in lines of at most so many words. ${custom}`,
      default: 10,
      min: 1,
      integer: true,
      unit: 'words',
      advanced: true,
    }),
    cutLines: most('Words cut with lines', 'Documents that would lose a greater share of their words are dropped.', 0.05),
  },
  paramsProblem({ profile, minWords, maxWords, minWordLength, maxWordLength }) {
    if (profile !== 'custom') return undefined;
    if (maxWords > 0 && minWords > maxWords)
      return { param: 'minWords', problem: `must not be more than \`maxWords\`, which is ${maxWords}` };
    if (maxWordLength > 0 && minWordLength > maxWordLength) {
      return { param: 'minWordLength', problem: `must not be more than \`maxWordLength\`, which is ${maxWordLength}` };
    }
    return undefined;
  },
});
export default spec;
