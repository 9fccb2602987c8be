import type { ParseArgsOptionsConfig } from 'node:util';

export const EXIT = { done: 0, nodeFailed: 1, wrong: 2, cancelled: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Terminal {
  /** What was asked for: tables, JSON. */
  out(text: string): void;
  /** What accompanies it: progress, problems. */
  err(text: string): void;
  /** The stream that progress bars may be painted on; absent when nobody is watching. */
  readonly screen?: { readonly columns: number; write(text: string): void };
}

export interface CommandInput {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly terminal: Terminal;
}

export interface Command {
  readonly summary: string;
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** Names of the positional arguments, all of them needed. */
  readonly arguments: readonly string[];
  run(input: CommandInput): Promise<ExitCode>;
}
