import { type ChildProcess, spawn } from 'node:child_process';

/** Signals a process that was spawned `detached`, and all that it spawned; no error when they are gone already. */
export function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows has neither groups nor SIGTERM; trainers were asked on standard input before.
    if (child.exitCode === null) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // macOS says EPERM of a group that has only a zombie left.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  }
}
