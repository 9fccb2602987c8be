import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { KEY_NAME, UserError } from '../../nodes/kit/index.ts';

/** What encrypts keys: the system's own key ring, through Electron. */
export interface KeyCipher {
  /** False where keys would only be scrambled. */
  isSafe(): boolean;
  encrypt(key: string): Buffer;
  decrypt(bytes: Buffer): string;
}

const fileSchema = z.strictObject({
  /** By name in capitals; `key` is base64 of what the cipher gave. */
  keys: z.record(z.string().regex(KEY_NAME), z.strictObject({ origin: z.url(), key: z.base64() })),
});
type Keys = z.infer<typeof fileSchema>['keys'];

/**
 * API keys by name, each encrypted, in a file that only this person may read. Case does not tell names apart. A key is for one
 * server: a workflow from somebody else may name any key, and must not lead it to a server of its own.
 */
export class KeyStore {
  readonly #file: string;
  readonly #cipher: KeyCipher;

  constructor(file: string, cipher: KeyCipher) {
    this.#file = file;
    this.#cipher = cipher;
  }

  get canSave(): boolean {
    return this.#cipher.isSafe();
  }

  /** Names and the servers that they are for. */
  list(): { name: string; origin: string }[] {
    return Object.entries(this.#read())
      .map(([name, { origin }]) => ({ name, origin }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Undefined where there is none, or it was saved by another account of this machine. Throws UserError where it is for another server.
   *
   * @param origin of the server that it would be sent to
   */
  read(name: string, origin: string): string | undefined {
    const keys = this.#read();
    const upper = name.toUpperCase();
    const saved = Object.hasOwn(keys, upper) ? keys[upper]! : undefined;
    if (!saved || !this.canSave) return undefined;
    if (saved.origin !== origin) {
      throw new UserError(
        `The key ${name} is for ${saved.origin} and is not sent to ${origin}: save one for that server under another name, if it can be trusted.`,
      );
    }
    try {
      return this.#cipher.decrypt(Buffer.from(saved.key, 'base64'));
    } catch {
      return undefined;
    }
  }

  /** Throws UserError where the machine cannot keep a secret. */
  set(name: string, origin: string, key: string): void {
    const upper = name.toUpperCase();
    if (!this.canSave) {
      throw new UserError(
        `This machine has no key ring to keep keys in: set the environment variable NASAQ_KEY_${upper} instead, and start Nasaq again.`,
      );
    }
    this.#write({ ...this.#read(), [upper]: { origin, key: this.#cipher.encrypt(key).toString('base64') } });
  }

  delete(name: string): void {
    const { [name.toUpperCase()]: _, ...others } = this.#read();
    this.#write(others);
  }

  #read(): Keys {
    let source: string;
    try {
      source = fs.readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new UserError(`The saved keys in ${this.#file} cannot be read: change its permissions.`);
    }
    try {
      return fileSchema.parse(JSON.parse(source)).keys;
    } catch {
      throw new UserError(`The saved keys in ${this.#file} are damaged: delete the file and save the keys again.`);
    }
  }

  /** Whole or not at all. */
  #write(keys: Keys): void {
    const grown = path.join(path.dirname(this.#file), `.${path.basename(this.#file)}.${randomUUID()}.tmp`);
    try {
      fs.writeFileSync(grown, JSON.stringify({ keys }), { mode: 0o600, flush: true });
      fs.renameSync(grown, this.#file);
    } catch (error) {
      fs.rmSync(grown, { force: true });
      throw new UserError(
        `The keys cannot be saved in ${this.#file} (${(error as NodeJS.ErrnoException).code}): make room there, or change its permissions.`,
      );
    }
  }
}
