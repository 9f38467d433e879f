/** What processes have used of the processors, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessTimes {
  readonly parent: number;
  readonly group: number;
  readonly milliseconds: number;
}

/** A hundredth of a second, on every system that Node runs on. */
const tickMs = 10;

const timesOf = (pid: number): ProcessTimes | undefined => {
  try {
    // The name, which may have spaces in it, stands in brackets before everything else.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const [parent, group, user, system] = [fields[1], fields[2], fields[11], fields[12]].map(Number);
    if (parent === undefined || group === undefined || user === undefined || system === undefined) return undefined;
    return { parent, group, milliseconds: (user + system) * tickMs };
  } catch {
    // It has ended meanwhile, or this is not Linux.
    return undefined;
  }
};

/** Milliseconds of one process alone; undefined where the system does not tell, or when it has ended. */
export const ownProcessorMs = (pid: number): number | undefined => timesOf(pid)?.milliseconds;

/**
 * Milliseconds of a process, its group and all they started, as far as they run; less than before when one has ended.
 * Undefined where the system does not tell.
 */
export const processorMs = (root: number): number | undefined => {
  if (process.platform !== 'linux') return undefined;
  const all = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (times !== undefined) all.set(Number(name), times);
  }
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = all.get(at)?.parent)
      if (at === root || all.get(at)?.group === root) return true;
    return false;
  };
  return [...all].reduce((sum, [pid, { milliseconds }]) => (isOurs(pid) ? sum + milliseconds : sum), 0);
};
