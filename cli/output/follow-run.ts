import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 500;

/**
 * Reads a run of the platform until it does not go on any longer, and says on a terminal how far it is whenever that
 * has changed. Standard output stays free for the result.
 *
 * @param describe how far the run is, on one line; empty to say nothing
 */
export const followRun = async <Run extends { readonly status: string }>(
  read: () => Promise<Run>,
  describe: (run: Run) => string,
): Promise<Run> => {
  let run = await read();
  for (let told = ''; run.status === 'running'; run = await read()) {
    const line = describe(run);
    if (line !== told && line !== '' && process.stderr.isTTY) process.stderr.write(`${line}\n`);
    told = line;
    await sleep(pollMs);
  }
  return run;
};
