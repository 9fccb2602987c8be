import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron';
import path from 'node:path';
import { CHANNELS } from '../contract/channels.ts';
import { engineCalls, fromEngineSchema, type EngineCallName, type EngineReply, type EngineRequest } from '../contract/engineMessages.ts';
import { UserError } from '../../nodes/kit/index.ts';
import { shippedFolder } from './shippedFolder.ts';

/** The saved API key of a name, if it may be sent to the server of this origin; only the engine is told. */
type ReadSavedKey = (name: string, origin: string) => string | undefined;

const LOST = 'The engine ended unexpectedly and was started again; run the workflow again to go on from what was finished.';
const GIVEN_UP = 'The engine ends as soon as it starts; restart Nasaq, and reinstall it if that does not help.';
const CLOSE_MS = 5_000;
/** More ends than this within a minute of one another, and it is not started again. */
const MAX_RESTARTS = 5;

/**
 * Keeps the engine's process alive, asks it things, and leads its run events into the window over a MessagePort
 * that this process does not look into. A crash fails the open calls and tells the window in one sentence.
 */
export class EngineSupervisor {
  #child: UtilityProcess | undefined;
  #contents: WebContents | undefined;
  #closing = false;
  #nextId = 1;
  #restarts: number[] = [];
  readonly #waiting = new Map<number, { name: EngineCallName; settle: (reply: unknown) => void }>();
  readonly #readKey: ReadSavedKey;

  constructor(readKey: ReadSavedKey) {
    this.#readKey = readKey;
  }

  start(): void {
    const shipped = shippedFolder();
    const child = utilityProcess.fork(
      path.join(import.meta.dirname, 'engineProcess.js'),
      [path.join(shipped, 'resources'), path.join(shipped, 'nodes')],
      {
        serviceName: 'Nasaq engine',
        stdio: 'inherit',
        env: { OMP_WAIT_POLICY: 'PASSIVE', ...process.env } as Record<string, string>,
      },
    );
    this.#child = child;
    child.on('message', (message: unknown) => this.#receive(child, message));
    child.on('exit', (code) => this.#ended(child, code));
  }

  /** Sends run events to this window from now on, also after it reloads. */
  attach(contents: WebContents): void {
    this.#contents = contents;
    contents.on('did-finish-load', () => this.#connect(null));
    contents.on('destroyed', () => {
      if (this.#contents === contents) this.#contents = undefined;
    });
  }

  /** Resolves with a checked reply; `{error}` when the engine is lost meanwhile. */
  async call<N extends EngineCallName>(name: N, request: EngineRequest<N>): Promise<EngineReply<N>> {
    const child = this.#child;
    const reply = child
      ? await new Promise<unknown>((settle) => {
          const id = this.#nextId++;
          this.#waiting.set(id, { name, settle });
          child.postMessage({ id, name, request });
        })
      : { error: GIVEN_UP };
    return engineCalls[name].reply.parse(reply) as EngineReply<N>;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    void this.call('close', {}).catch(() => undefined);
    const timer = setTimeout(() => child.kill(), CLOSE_MS);
    await ended;
    clearTimeout(timer);
  }

  #receive(child: UtilityProcess, message: unknown): void {
    const parsed = fromEngineSchema.safeParse(message);
    if (!parsed.success) return;
    if ('asks' in parsed.data) {
      child.postMessage({ asked: parsed.data.asks, answer: this.#savedKey(parsed.data.keyName, parsed.data.origin) });
      return;
    }
    const waiting = this.#waiting.get(parsed.data.id);
    this.#waiting.delete(parsed.data.id);
    waiting?.settle(parsed.data.reply);
  }

  #savedKey(name: string, origin: string): { key: string | null } | { error: string } {
    try {
      return { key: this.#readKey(name, origin) ?? null };
    } catch (error) {
      if (error instanceof UserError) return { error: error.message };
      throw error;
    }
  }

  #ended(child: UtilityProcess, code: number): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { name, settle } of waiting) settle(name === 'cancel' || name === 'close' || name === 'artifact' ? null : { error: LOST });
    if (this.#closing) return;
    console.error(`The engine’s process ended with code ${code}.`);

    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((at) => now - at < 60_000), now];
    if (this.#restarts.length > MAX_RESTARTS) {
      this.#connect(GIVEN_UP);
      return;
    }
    this.start();
    this.#connect(LOST);
  }

  #connect(lost: string | null): void {
    const contents = this.#contents;
    if (!contents || contents.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#child?.postMessage({ events: true }, [port1]);
    contents.postMessage(CHANNELS.events, lost, [port2]);
  }
}
