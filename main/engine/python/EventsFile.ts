import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { type TrainerEvent, trainerEventSchema } from './trainerEvents.ts';

const CHUNK = 64 * 1024;

/** Reads a growing file of JSON lines from where the last reading ended; a line that is not whole yet waits. */
export class EventsFile {
  private readonly descriptor: number;
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  /** Creates the file. */
  constructor(path: string) {
    this.descriptor = fs.openSync(path, 'a+');
  }

  /** Throws for a line that is no event: a defect of the trainer. */
  *read(): Generator<TrainerEvent> {
    const buffer = Buffer.alloc(CHUNK);
    for (let count; (count = fs.readSync(this.descriptor, buffer, 0, CHUNK, null)) > 0;) {
      const lines = (this.rest + this.decoder.write(buffer.subarray(0, count))).split('\n');
      this.rest = lines.pop()!;
      for (const line of lines) yield trainerEventSchema.parse(JSON.parse(line));
    }
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}
