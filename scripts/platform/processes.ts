/** The processes of this machine: who belongs to whom, and which of them is the runtime that holds the objects. */
import { spawnSync } from 'node:child_process';

export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly command: string;
}

/** All processes, from `ps`, which Linux and macOS both have. */
export const listProcesses = (): readonly ProcessEntry[] => {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null
      ? []
      : [{ pid: Number(match[1]), parentPid: Number(match[2]), groupId: Number(match[3]), command: match[4] ?? '' }];
  });
};

/** The workerd that runs a Worker's code. */
export const findRuntime = (groupId: number): number | undefined =>
  listProcesses().find(({ groupId: group, command }) => group === groupId && command.includes('--debug-port'))?.pid;

/** A process and all that it started, however far down. */
export const findTree = (rootPid: number): readonly number[] => {
  const all = listProcesses();
  const found = new Set([rootPid]);
  for (let grown = true; grown;) {
    const size = found.size;
    for (const { pid, parentPid, groupId } of all) if (found.has(parentPid) || found.has(groupId)) found.add(pid);
    grown = found.size > size;
  }
  return [...found];
};

/** True when the process was there to be killed. */
export const killNow = (pid: number): boolean => {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    // ESRCH: it is gone already.
    return false;
  }
};

/** Resident memory of a process in MiB; null when it is not there. */
export const readResidentMib = (pid: number): number | null => {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const kibibytes = Number.parseInt(stdout, 10);
  return Number.isNaN(kibibytes) ? null : kibibytes / 1024;
};
