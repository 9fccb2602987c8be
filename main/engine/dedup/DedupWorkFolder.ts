import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const STAGES = ['blocks', 'candidates', 'groups', 'compared', 'pieces', 'repeated'] as const;
type Stage = (typeof STAGES)[number];

/** Where finished parts are kept, by stage. What was made from other files or options is thrown away. */
export class DedupWorkFolder {
  readonly #folder: string;

  constructor(folder: string, madeFrom: unknown) {
    this.#folder = folder;
    const digest = createHash('sha256').update(JSON.stringify(madeFrom)).digest('hex');
    const seal = path.join(folder, 'made-from');
    fs.mkdirSync(folder, { recursive: true });
    if (read(seal) !== digest) {
      for (const stage of STAGES) fs.rmSync(path.join(folder, stage), { recursive: true, force: true });
      fs.writeFileSync(seal, digest);
    }
  }

  file(stage: Stage, name: number | string): string {
    const folder = path.join(this.#folder, stage);
    fs.mkdirSync(folder, { recursive: true });
    return path.join(folder, String(name));
  }

  has(stage: Stage, name: number): boolean {
    return fs.existsSync(this.file(stage, name));
  }
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
