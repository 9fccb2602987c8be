export interface MeasuredRun {
  readonly documents: number;
  readonly bytes: number;
  readonly cpuSeconds: number;
}

export interface PlanInput {
  readonly long: MeasuredRun;
  readonly short: MeasuredRun;
  /** Cost grows with the documents to this power. */
  readonly exponent: number;
  /** Wall time on one thread over that on two. */
  readonly twoThreads: number;
  /** Beyond the fixed part. */
  readonly memoryPerDocument: number;
}

export interface Plan {
  readonly seconds: number;
  /** One line a step. */
  readonly arithmetic: readonly string[];
}

const DOCUMENTS = 59.2e6;
const BYTES = 139e9;
const CORES = 16;

/**
 * How long the paper's corpus, ArabicText 2022 (59.2 million rows, 139 GB of JSON lines), would take on 16 cores like those that measured.
 * Cost is so much a byte and so much a document, solved from a run over long and one over short documents; what grows faster
 * than the number of documents is the share of a document; what does not get faster with threads is Amdahl's serial part (1967).
 */
export function planPaperRun({ long, short, exponent, twoThreads, memoryPerDocument }: PlanInput): Plan {
  const determinant = long.bytes * short.documents - short.bytes * long.documents;
  const perByte = Math.max(0, (long.cpuSeconds * short.documents - short.cpuSeconds * long.documents) / determinant);
  const perDocument = Math.max(0, (short.cpuSeconds - perByte * short.bytes) / short.documents);
  const growth = (DOCUMENTS / short.documents) ** Math.max(0, exponent - 1);
  const cpuSeconds = perByte * BYTES + perDocument * growth * DOCUMENTS;
  const serial = Math.min(1, Math.max(0, 2 / twoThreads - 1));
  const seconds = cpuSeconds * (serial + (1 - serial) / CORES);
  const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return {
    seconds,
    arithmetic: [
      `long documents: ${long.documents} of ${mega(long.bytes)} took ${long.cpuSeconds.toFixed(2)} CPU s`,
      `short documents: ${short.documents} of ${mega(short.bytes)} took ${short.cpuSeconds.toFixed(2)} CPU s`,
      `from both: ${(perByte * 1e9).toFixed(2)} ns a byte and ${(perDocument * 1e6).toFixed(2)} µs a document`,
      `growth: (59.2 M / ${short.documents / 1e6} M)^(${exponent.toFixed(3)} − 1, at least 0) = ${growth.toFixed(3)}`,
      `139 GB × ${(perByte * 1e9).toFixed(2)} ns + 59.2 M × ${(perDocument * 1e6).toFixed(2)} µs × ${growth.toFixed(3)} = ${cpuSeconds.toFixed(0)} CPU s`,
      `serial part: 2 / ${twoThreads.toFixed(2)} − 1 = ${(100 * serial).toFixed(1)} %`,
      `on 16 cores: ${cpuSeconds.toFixed(0)} s × (${serial.toFixed(3)} + ${(1 - serial).toFixed(3)} / 16) = ${seconds.toFixed(0)} s = ${(seconds / 60).toFixed(1)} minutes`,
      `which reads ${mega(BYTES / seconds)} a second for each pass over the text, and holds ${((200e6 + DOCUMENTS * memoryPerDocument) / 1e9).toFixed(1)} GB`,
    ],
  };
}
