import os from 'node:os';
import path from 'node:path';

/** Where the engine finds and keeps things; all absolute. */
export interface EnginePaths {
  /** What ships with Nasaq: samples, models, codes of conduct, the trainers' Python. */
  readonly resources: string;
  /** The node types' folders, for their `train.py`. */
  readonly nodes: string;
  /** The person's own: the Python environment, the default cache. */
  readonly home: string;
}

/** `NASAQ_HOME`, else the platform's folder for application data. `scripts/setup.mjs` follows the same rule. */
export function defaultHome(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env.NASAQ_HOME) return path.resolve(env.NASAQ_HOME);
  if (platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'), 'Nasaq');
  if (platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support', 'Nasaq');
  return path.join(env.XDG_DATA_HOME ?? path.join(os.homedir(), '.local', 'share'), 'nasaq');
}

/** Paths for a run from the source tree: the CLI and tests. */
export function sourcePaths(home: string = defaultHome()): EnginePaths {
  const root = path.resolve(import.meta.dirname, '..', '..');
  return { resources: path.join(root, 'resources'), nodes: path.join(root, 'nodes'), home };
}
