import fs from 'node:fs';
import path from 'node:path';
import {
  type ArtifactKind,
  type Column,
  type NodeSpec,
  type Report,
  REQUIRED_COLUMNS,
  type Row,
  type TableKind,
  UserError,
} from '../../../nodes/kit/index.ts';
import { ArtifactStore, type StagedArtifact } from '../store/ArtifactStore.ts';
import { canonicalJson } from '../store/canonicalJson.ts';
import { folderDigest, sha256 } from '../store/contentDigest.ts';
import { storageError } from './storageError.ts';

/** Outputs of one action while it runs, each in a folder of its own until all are published together. */
export class ActionOutputs {
  readonly #spec: NodeSpec;
  readonly #folder: string;
  readonly #cacheFolder: string;
  readonly #staged = new Map<string, StagedArtifact>();
  readonly #claimed = new Set<string>();

  constructor(spec: NodeSpec, folder: string, cacheFolder: string) {
    this.#spec = spec;
    this.#folder = folder;
    this.#cacheFolder = cacheFolder;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }

  async table(
    port: string,
    columns: readonly Column[],
    rows: Iterable<Row> | AsyncIterable<Row>,
    signal: AbortSignal,
  ): Promise<{ rowCount: number }> {
    const kind = this.#claim(port, (each) => each in REQUIRED_COLUMNS) as TableKind;
    for (const [at, required] of REQUIRED_COLUMNS[kind].entries()) {
      if (columns[at]?.name !== required.name || columns[at].type !== required.type) {
        throw new RangeError(`output \`${port}\`: column ${at + 1} of a ${kind} table must be \`${required.name}\` (${required.type})`);
      }
    }
    return this.#write(port, async (folder) => {
      const { writeTable } = await import('../data/tableFile.ts');
      const { rowCount, digest } = await writeTable(path.join(folder, ArtifactStore.contentName(kind)), columns, rows, { signal });
      this.#staged.set(port, { digest, kind, rows: rowCount, columns, folder });
      return { rowCount };
    });
  }

  async report(port: string, report: Report): Promise<void> {
    const kind = this.#claim(port, (each) => each === 'report');
    const json = canonicalJson(report);
    await this.#write(port, async (folder) => {
      await fs.promises.writeFile(path.join(folder, ArtifactStore.contentName(kind)), json);
      this.#staged.set(port, { digest: sha256(json), kind, folder });
    });
  }

  /** @param workFolder the model must be in it, because it is moved */
  async model(port: string, source: string, workFolder: string): Promise<void> {
    const kind = this.#claim(port, (each) => each === 'model');
    const inside = path.relative(workFolder, source);
    if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) {
      throw new RangeError(`output \`${port}\`: a folder is published from inside the work folder, not from ${source}`);
    }
    if (!fs.existsSync(source)) throw new UserError(`The trainer left no model for output \`${port}\`; see its log and run again.`);
    await this.#write(port, async (folder) => {
      const digest = await folderDigest(source);
      fs.renameSync(source, path.join(folder, ArtifactStore.contentName(kind)));
      this.#staged.set(port, { digest, kind, folder });
    });
  }

  /** All outputs; throws when the node left one out. */
  complete(): ReadonlyMap<string, StagedArtifact> {
    const missing = Object.keys(this.#spec.outputs).find((port) => !this.#staged.has(port));
    if (missing !== undefined) throw new Error(`node type \`${this.#spec.type}\` returned without writing its output \`${missing}\``);
    return this.#staged;
  }

  discard(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #claim(port: string, isRight: (kind: ArtifactKind) => boolean): ArtifactKind {
    const output = this.#spec.outputs[port];
    if (!output) throw new RangeError(`node type \`${this.#spec.type}\` has no output \`${port}\``);
    if (!isRight(output.kind)) throw new RangeError(`output \`${port}\` is a ${output.kind} and was written as something else`);
    if (this.#claimed.has(port)) throw new RangeError(`output \`${port}\` was written twice`);
    this.#claimed.add(port);
    return output.kind;
  }

  async #write<T>(port: string, write: (folder: string) => Promise<T>): Promise<T> {
    const folder = path.join(this.#folder, port);
    try {
      fs.mkdirSync(folder, { recursive: true });
      return await write(folder);
    } catch (error) {
      throw storageError(error, this.#cacheFolder, `publishing \`${port}\``);
    }
  }
}
