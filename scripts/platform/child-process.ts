/** Small things that every script with a child process needs. */
import { spawn, type ChildProcess } from 'node:child_process';

const signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** Hands signals on to the child, which decides when to end. */
export const forwardSignals = (child: ChildProcess): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
};

/** The exit code, as a shell would give it: 128 and the number of the signal when a signal ended the child. */
export const waitForExit = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : (signalNumbers[signal] ?? 0))));
  });

export interface Captured {
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** Runs a program to its end and keeps what it wrote. */
export const capture = async (
  program: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** By way of a shell, which programs that are scripts need on Windows. */
    readonly shell?: boolean;
  },
): Promise<Captured> => {
  const child = spawn(program, [...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: options.shell ?? false,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { exitCode: await waitForExit(child), output };
};
