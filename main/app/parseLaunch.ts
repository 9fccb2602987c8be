import path from 'node:path';

/** What a start of the app was asked to open. */
export interface Launch extends Record<string, unknown> {
  readonly sample: boolean;
  /** Absolute. */
  readonly path?: string;
}

/**
 * Reads `--sample` and the first argument that is no switch. A packaged app's own program takes one place in
 * `argv`, `electron FOLDER` two, with Electron's own switches anywhere between.
 */
export function parseLaunch(argv: readonly string[], packaged: boolean, folder: string): Launch {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const file = packaged ? words[0] : words[1];
  return { sample: argv.includes('--sample'), ...(file && { path: path.resolve(folder, file) }) };
}
