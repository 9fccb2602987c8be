import { readdirSync, readFileSync } from 'node:fs';

/**
 * Resident memory of a process and all below it, in bytes; undefined where there is no /proc.
 * Pages that processes share count for each of them, so this is an upper bound.
 */
export function treeMemory(root: number): number | undefined {
  let processes: string[];
  try {
    processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const name of processes) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      resident.set(Number(name), Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  const belongs = (pid: number): boolean => pid === root || (parents.has(pid) && belongs(parents.get(pid)!));
  return [...resident].reduce((sum, [pid, bytes]) => sum + (belongs(pid) ? bytes : 0), 0);
}
