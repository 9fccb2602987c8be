// Stands in for inferenceWorker.ts where a test needs a thread that dies with its first task.
import { parentPort } from 'node:worker_threads';

parentPort!.on('message', ({ task }: { task: { do: string } }) => {
  if (task.do === 'close') process.exit(3);
  throw new RangeError('Array buffer allocation failed');
});
