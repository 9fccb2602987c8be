/** One thing that may be wrong with a text, and its mending. */
export interface TextRule {
  readonly name: string;
  /** The text itself when the rule finds nothing. */
  apply(text: string): string;
}

const EMOJI =
  '(?:\\p{Extended_Pictographic}[\\uFE0F\\u{1F3FB}-\\u{1F3FF}]*(?:\\u200D\\p{Extended_Pictographic}[\\uFE0F\\u{1F3FB}-\\u{1F3FF}]*)*|\\p{Regional_Indicator}{2})';
const EMOJI_RUN = new RegExp(`(${EMOJI})(?:\\s*${EMOJI})+`, 'gu');

const LINK =
  /<(?:url|link)>|(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>«»"،؛]+|(?<![\p{L}\p{N}@])(?:pic\.twitter\.com|t\.co|bit\.ly|youtu\.be)\/[^\s<>«»"،؛]+|(?<!\S)@url(?![\p{L}\p{N}])/giu;
const MENTION = /(?<![\p{L}\p{N}.])(?:RT\s+)?@(?:User\.IDX|[\p{L}\p{N}_]+)(?:\s*:(?!\S))?/gu;

/** Each takes what follows up to the end of its sentence or line. */
const ADVERTISING = [
  '(?:و?لا تنس[وىي]?ا?\\s+)?(?:ال)?[اإ]?شتر(?:ا)?ك(?:وا|و|ي)?\\s+(?:معنا\\s+)?(?:في|ب|عبر)\\s*(?:هذه\\s+)?(?:ال)?قنا(?:ة|ه|تي|تنا|تك)',
  'اشترك(?:وا|و)?\\s+(?:الآن|الان|معنا)',
  'فع[ّ]?ل(?:وا|و|ي)?\\s+(?:زر\\s+)?(?:ال)?(?:جرس|تنبيهات|اشعارات|إشعارات)',
  '(?:تابعونا|تابعوني|تابعنا)\\s+(?:على|عبر|في)',
  'اضغط(?:وا|و|ي)?\\s+(?:هنا|على\\s+(?:ال)?(?:رابط|اللينك|زر\\s+الاشتراك))',
  'حم[ّ]?ل(?:وا)?\\s+(?:ال)?تطبيق\\s+(?:الآن|الان|مجانا)',
  'للطلب\\s+(?:و\\s*)?(?:الاستفسار|التواصل|واتس)',
  'للتواصل\\s+(?:و\\s*الطلب|واتس|عبر\\s+الواتس)',
  'للإعلان\\s+(?:معنا|لدينا)',
  'زوروا\\s+موقعنا',
  'كود\\s+(?:ال)?خصم',
  'ضاعف\\s+(?:عدد\\s+)?متابعينك',
  'زيادة\\s+متابعين',
];
const ADVERTISEMENT = new RegExp(`(?<![\\p{L}\\p{M}])(?:${ADVERTISING.join('|')})[^\\n.!؟?]*[.!؟?]*`, 'gu');

const STRETCHED_LETTER = /([\u0621-\u063A\u0641-\u064Aa-z])\1{2,}/gu;
/** ههههه and خخخخ are laughter, which one letter would not be. */
const STRETCHED_WORD = /(?<![\p{L}\p{M}])([\u0621-\u063A\u0641-\u064A])\1{2,}(?![\p{L}\p{M}])/gu;
const replaceStretched = (run: string, letter: string): string => {
  // للعب and الله have two of their own.
  if (letter === 'ل') return 'لل';
  // www and III are words.
  return letter === 'w' || (/[ivx]/.test(letter) && run.length === 3) ? run : letter;
};

const ARABIC = '[\\u0621-\\u063A\\u0641-\\u065F\\u0670]';
const TATWEEL_INSIDE = new RegExp(`(?<=${ARABIC})ـ+(?=${ARABIC})`, 'gu');
/** Only at the end of a word: before a digit or a quote it joins الـ21 and بـ"x", after one letter it is the هـ of Hijri years. */
const TATWEEL_AT_END = new RegExp(`(?<=${ARABIC}{3})ـ+(?=$|[\\s.،؛؟!:])`, 'gu');

/** In the order in which they are applied. */
export const TEXT_RULES = {
  links: rule('links', (text) => text.replace(LINK, ' ')),
  mentions: rule('mentions', (text) => text.replace(MENTION, ' ')),
  advertising: rule('advertising', (text) => text.replace(ADVERTISEMENT, ' ')),
  repeatedLetters: rule('repeated-letters', (text) => text.replace(STRETCHED_WORD, '$1$1').replace(STRETCHED_LETTER, replaceStretched)),
  repeatedPunctuation: rule('repeated-punctuation', (text) =>
    text
      .replace(/[!?؟]{3,}/gu, (run) => [...new Set(run)].join(''))
      .replace(/([،,؛;:~*_=])\1{2,}/gu, '$1')
      .replace(/(?:\.{4,}|…{2,})/gu, '…'),
  ),
  tatweel: rule('tatweel', (text) => text.replace(TATWEEL_INSIDE, '').replace(TATWEEL_AT_END, '')),
  emoji: rule('emoji', (text) => text.replace(EMOJI_RUN, '$1')),
  emptyQuotes: rule('empty-quotes', (text) => text.replace(/(?<=^|\s)(?:"\s*"|«\s*»|“\s*”|\(\s*\)|\[\s*\])(?=$|[\s.،؛؟!])/gu, ' ')),
  spacing: rule('spacing', mendSpacing),
} as const;

function rule(name: string, apply: (text: string) => string): TextRule {
  return { name, apply };
}

function mendSpacing(text: string): string {
  return text
    .replace(/[ \t\u00A0\u2000-\u200A\u202F\u3000]{2,}/gu, ' ')
    .replace(/[ \t\u00A0]+(?=[،؛؟!,;:.](?:\s|$))/gu, '')
    .replace(/[ \t\u00A0]+(?=\r?\n)/gu, '')
    .replace(/(?<=\n)[ \t\u00A0]+(?=\S)/gu, '')
    .replace(/(?:\r?\n){3,}/gu, '\n\n')
    .trim();
}
