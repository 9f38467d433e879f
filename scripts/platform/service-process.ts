/**
 * One operating-system process of the platform with everything it starts, as one unit: started in a group of its
 * own, output to a log file, ended as a whole.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface ServiceCommand {
  readonly name: string;
  /** Path of a program, run by this Node. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** Files that a killed predecessor may have left behind and that would disturb its successor. */
  readonly staleFiles: readonly string[];
}

export interface ServiceProcess {
  readonly pid: number;
  /** Settles when the process has ended, with a sentence that says how. */
  readonly ended: Promise<string>;
  /** Asks to end, and kills what is left after the grace period. Settles when the whole group is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const maximumLogBytes = 10 * 1024 * 1024;
const windows = process.platform === 'win32';
/** As a URL, because `--import` takes a path with a drive letter for a scheme. */
const require = createRequire(import.meta.url);
const guardUrl = pathToFileURL(require.resolve('./guard.mjs')).href;

const openLog = (path: string): number => {
  if (existsSync(path) && statSync(path).size > maximumLogBytes) renameSync(path, `${path}.old`);
  return openSync(path, 'a', 0o600);
};

const signalGroup = (pid: number, signal: 'SIGKILL' | 0): boolean => {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: nobody of that group is left, which is what the caller wants to know.
    return false;
  }
};

/** Ends a process that leads a group of its own, with everything it started, at once. */
export const killTree = (pid: number): void => {
  if (windows) spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
  else signalGroup(pid, 'SIGKILL');
};

/** A killed process is gone only when the kernel has reaped it; a port or a database lock lives as long. */
const waitUntilGroupIsGone = async (pid: number): Promise<void> => {
  if (windows) return;
  for (let turn = 0; turn < 200 && signalGroup(pid, 0); turn += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
};

const whenEnded = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });

/** Starts the process; it is not ready yet when this returns. */
export const startService = (command: ServiceCommand): ServiceProcess => {
  for (const path of command.staleFiles) rmSync(path, { force: true });
  const log = openLog(command.logPath);
  const child = spawn(process.execPath, ['--no-warnings', '--import', guardUrl, command.program, ...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.environment },
    stdio: ['ignore', log, log, 'ipc'],
    detached: !windows,
    windowsHide: true,
  });
  closeSync(log);
  const pid = child.pid ?? -1;
  const ended = whenEnded(child).then((how) => {
    // The program may have died without its own children.
    if (pid > 0) killTree(pid);
    return how;
  });
  const stop = async (graceMs: number): Promise<void> => {
    if (pid < 0) return;
    if (graceMs > 0 && child.exitCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => killTree(pid), graceMs);
    await ended;
    clearTimeout(timer);
    await waitUntilGroupIsGone(pid);
  };
  return { pid, ended, stop };
};

/** The last lines of a log, for a message about a service that would not start. */
export const readLogTail = (path: string, lines = 20): string =>
  existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
