import { Random } from '../../../bench/dedup/Random.ts';

export interface MixedDocument {
  readonly text: string;
  readonly date: string | null;
  readonly score: number;
}

const VARIANTS: readonly (readonly [RegExp, string])[] = [
  [/ا/g, 'أ'],
  [/ه/g, 'ة'],
  [/م/g, 'مُ'],
  [/ /g, '  '],
  [/ ك/g, '، ك'],
];

const FOOTERS = ['جميع الحقوق محفوظة لصحيفة كل يوم', 'اقرأ أيضا في هذا الموقع', 'شارك الخبر مع أصدقائك الآن', ''];

/** Documents of which four in ten are copies of earlier ones: exact, spelled otherwise, or with some words changed; some are empty or wordless, some end in lines that many have. */
export function mixedDocuments(seed: number, count: number): MixedDocument[] {
  const random = new Random(seed);
  const word = (): string => `${random.pick(['كلام', 'هم', 'ما', 'يوم'])}${'ابتثجحخد'[random.below(8)]}${random.below(400)}`;
  const texts: string[] = [];
  while (texts.length < count) {
    const kind = random.uniform();
    const original = texts.length > 0 ? texts[random.below(texts.length)]! : '';
    if (kind < 0.1) texts.push(original);
    else if (kind < 0.2) texts.push(original.replace(...random.pick(VARIANTS)));
    else if (kind < 0.4) {
      const share = random.pick([0.01, 0.03, 0.1]);
      texts.push(
        original
          .split(' ')
          .map((one) => (random.chance(share) ? word() : one))
          .join(' '),
      );
    } else if (kind < 0.42) texts.push(random.pick(['', ' ', '😀', '؟!', 'ك', '\u0000']));
    else texts.push(Array.from({ length: 10 + random.below(40) }, word).join(' '));
  }
  return texts.map((text) => ({
    text: random.chance(0.2) ? `${text}\n${random.pick(FOOTERS)}\n${random.pick(FOOTERS)}` : text,
    date: random.chance(0.1) ? null : `20${10 + random.below(16)}-0${1 + random.below(9)}-1${random.below(10)}`,
    score: random.below(50) / 4,
  }));
}
