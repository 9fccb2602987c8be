import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/**
 * `pid/start time`, so that a recycled pid is not taken for the process that had it. Windows tells start times only
 * slowly: there it is the pid alone. Undefined: no such process.
 */
export function processIdentity(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  const started = startTime(pid);
  return started === undefined ? undefined : `${pid}/${started}`;
}

/** Whether the process that had this identity still runs. */
export function isIdentityAlive(identity: string): boolean {
  return processIdentity(Number(identity.split('/')[0])) === identity;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startTime(pid: number): string | undefined {
  if (process.platform === 'win32') return '';
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the state is the first field after it, the start time the twentieth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
