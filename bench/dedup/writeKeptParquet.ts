// Writes the rows of a corpus that stay as Parquet, as the node does: node writeKeptParquet.ts CORPUS KEPT PARQUET
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { writeTable } from '../../main/engine/data/tableFile.ts';
import type { Row } from '../../nodes/kit/index.ts';

const rowSchema = z.object({ id: z.int(), text: z.string() });
const [corpus, kept, parquet] = z.tuple([z.string(), z.string(), z.string()]).parse(process.argv.slice(2));

async function* keptRows(): AsyncGenerator<Row> {
  const bytes = readFileSync(kept);
  let next = 0;
  let position = 0;
  for await (const line of createInterface(createReadStream(corpus, 'utf8'))) {
    if (next < bytes.length && bytes.readUInt32LE(next) === position) {
      const { id, text } = rowSchema.parse(JSON.parse(line));
      yield { id: String(id), text };
      next += 4;
    }
    position += 1;
  }
}

await writeTable(
  parquet,
  [
    { name: 'id', type: 'string' },
    { name: 'text', type: 'string' },
  ],
  keptRows(),
);
