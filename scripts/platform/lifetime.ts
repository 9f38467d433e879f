/** Ties a platform to the process that started it. */
import type { Platform } from './platform.ts';

const parentId = process.ppid;

const parentIsGone = (): boolean => {
  if (process.platform !== 'win32') return process.ppid !== parentId;
  try {
    process.kill(parentId, 0);
    return false;
  } catch {
    // There is no such process any more.
    return true;
  }
};

/**
 * Stops the platform in order at SIGINT, SIGTERM and SIGHUP and when the parent process is gone, then ends this
 * process. A signal while it starts waits for the start to end one way or the other. A second one a while later ends at
 * once, and the guards of the services end those; a terminal and a launcher may both deliver the same Ctrl-C, so one
 * that follows at once is the same signal.
 */
export const stopWithProcess = (starting: Promise<Platform>, exitCode: () => number = () => 0): void => {
  let stoppingSince: number | undefined;
  const stop = async (): Promise<void> => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > 1_500) process.exit(130);
      return;
    }
    stoppingSince = performance.now();
    try {
      await (await starting).stop();
    } catch {
      // It did not start: whoever awaits `starting` tells why, and nothing is left running.
    }
    process.exit(exitCode());
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  const watch = setInterval(() => {
    if (!parentIsGone()) return;
    clearInterval(watch);
    console.error('aidevos: the program that started this one has ended, so the platform stops.');
    void stop();
  }, 1_000);
  watch.unref();
};

/** A TCP port written by a person; absent stays absent. Throws a sentence for that person. */
export const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Error(`--port: "${text}" is not a port; give a number from 1 to 65535`);
};
