import { IDENTITY_BYTES, withBlock } from './blockFile.ts';
import { FirstOf } from './FirstOf.ts';
import { SAME_RULES, type SharedDocuments } from './SharedDocuments.ts';

const WORDS = IDENTITY_BYTES / 4;
/** In an identity's words: the document; the normalised and the raw hash begin at 0 and 4. */
const DOCUMENT = 8;
const NORMALISED = 0;
const RAW = 4;

/** Finds the identical documents of one partition and writes them to `sameAs` and `sameRule`. Hashes have 128 bits: texts that are not made to collide have equal ones only if they are equal. */
export function groupIdentical(documents: SharedDocuments, partition: number): void {
  const identities = readPartition(documents, partition);
  const count = identities.length / WORDS;
  const { rankOf, sameAs, sameRule } = documents;
  const normalised = new FirstOf(identities, WORDS, NORMALISED);
  const raw = new FirstOf(identities, WORDS, RAW);
  for (const at of byRank(identities, count, rankOf)) {
    const document = identities[at * WORDS + DOCUMENT]!;
    const first = normalised.addOrFind(at);
    const sameText = raw.addOrFind(at);
    if (first === at) continue;
    sameAs[document] = identities[first * WORDS + DOCUMENT]!;
    if (sameRule[document] === SAME_RULES.wordless) sameRule[document] = SAME_RULES.wordlessCopy;
    else sameRule[document] = sameText === at ? SAME_RULES.normalised : SAME_RULES.exact;
  }
}

function readPartition({ blocks }: SharedDocuments, partition: number): Uint32Array {
  const pieces: Uint32Array[] = [];
  for (const { finished, firstDocument } of blocks) {
    const words = withBlock(finished, (reader) => reader.identities(partition));
    for (let at = DOCUMENT; at < words.length; at += WORDS) words[at]! += firstDocument;
    pieces.push(words);
  }
  const all = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const piece of pieces) {
    all.set(piece, place);
    place += piece.length;
  }
  return all;
}

/** Places of identities, the most preferred document first; they come in the order of the documents' numbers. */
function byRank(identities: Uint32Array, count: number, rankOf: Uint32Array | undefined): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, at) => at);
  if (!rankOf) return places;
  const rank = (at: number): number => rankOf[identities[at * WORDS + DOCUMENT]!]!;
  return places.sort((a, b) => rank(a) - rank(b));
}
