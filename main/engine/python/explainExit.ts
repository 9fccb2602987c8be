/** How a trainer ended other than with a result. */
export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From its `failed` event. */
  readonly failure?: string;
  /** From its `started` event. */
  readonly memoryParams: readonly string[];
  /** The end of its standard error. */
  readonly errorLines: readonly string[];
}

/** `STOPPED` in `nasaq_trainer/run_trainer.py`. */
const STOPPED = 3;

/** One sentence for people. */
export function explainExit({ code, signal, failure, memoryParams, errorLines }: TrainerExit): string {
  if (failure !== undefined) return failure;
  // A wrapper around Python reports its child's signal 9 as status 137.
  if (signal === 'SIGKILL' || code === 137) {
    return `The trainer was killed (signal 9), most likely because memory ran out: ${[...lower(memoryParams), 'close other programs'].join(', or ')}.`;
  }
  if (signal === 'SIGTERM' || code === STOPPED) return 'The trainer was ended from outside: run again to go on from its last checkpoint.';
  if (signal) return `The trainer crashed in native code (${signal}); the node's log has what it wrote before.`;
  const exception = lastException(errorLines);
  const missing = /^ModuleNotFoundError: No module named '([^']+)'/.exec(exception ?? '');
  if (missing) return `The trainers' Python has no module \`${missing[1]}\`: run \`npm run setup\`.`;
  if (exception) return `The trainer failed with ${withoutFullStop(exception)}; the node's log has the details.`;
  if (code === 0) return 'The trainer ended without a result; the node’s log has what it wrote.';
  return `The trainer ended with status ${code}; the node's log has what it wrote.`;
}

const lower = (params: readonly string[]): string[] =>
  params.length > 0 ? [`lower ${params.map((param) => `\`${param}\``).join(' or ')}`] : [];

const withoutFullStop = (sentence: string): string => sentence.replace(/\.$/, '');

/** The line after the frames of the last traceback: frames are indented, it is not. */
function lastException(lines: readonly string[]): string | undefined {
  const start = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'));
  return start < 0 ? undefined : lines.slice(start + 1).find((line) => /^\S/.test(line));
}
