/**
 * The one folder that holds everything a local platform remembers: databases, logs, local secrets, the dev registry
 * of its processes. It belongs to one running platform at a time.
 */
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback } from './ports.ts';
import { tryMakeFolder } from './try-make-folder.ts';

export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** The state folder asked for, or that of `AIDEVOS_STATE`, or `.aidevos` in the repository. */
export const resolveStateFolder = (asked?: string): string =>
  resolve(asked ?? process.env['AIDEVOS_STATE'] ?? join(repositoryRoot, '.aidevos'));

/** What a running platform tells other programs of this machine, the CLI for one. */
export interface RunningPlatform {
  readonly pid: number;
  /** Answers `token`; a process number alone may belong to somebody else after a restart of the machine. */
  readonly controlPort: number;
  readonly token: string;
  readonly url: string;
}

export interface StateLock {
  readonly announce: (url: string) => void;
  readonly release: () => void;
}

export class StateFolderInUse extends Error {
  override readonly name = 'StateFolderInUse';
}

const lockPath = (folder: string): string => join(folder, 'platform.lock');

const readLock = (folder: string): RunningPlatform | undefined => {
  try {
    // SAFETY: only this module writes the file; a damaged one fails the control request and counts as stale.
    return JSON.parse(readFileSync(lockPath(folder), 'utf8')) as RunningPlatform;
  } catch {
    // Missing or damaged: nobody can be reached through it.
    return undefined;
  }
};

const answers = async (lock: RunningPlatform): Promise<boolean> => {
  try {
    const response = await fetch(`http://${loopback}:${lock.controlPort}/`, { signal: AbortSignal.timeout(2_000) });
    return (await response.text()) === lock.token;
  } catch {
    // Refused, or somebody else's port that does not speak HTTP: not our platform.
    return false;
  }
};

/** The platform that runs on this state folder, if one does. */
export const findRunningPlatform = async (folder: string): Promise<RunningPlatform | undefined> => {
  const lock = readLock(folder);
  return lock !== undefined && (await answers(lock)) ? lock : undefined;
};

const startControl = (token: string): Promise<{ server: Server; port: number }> =>
  new Promise((resolveStarted, reject) => {
    const server = createServer((_request, response) => response.end(token));
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.unref();
      resolveStarted({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** Where the file system knows links, the lock appears with its content or not at all. */
const createWhole = (draft: string, path: string): void => {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
};

const tryCreate = (folder: string, lock: RunningPlatform): boolean => {
  const draft = join(folder, `platform.lock.${lock.token}`);
  writeFileSync(draft, JSON.stringify(lock), { mode: 0o600 });
  try {
    createWhole(draft, lockPath(folder));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
};

const takeoverMs = 10_000;

/**
 * Removes the lock of a killed platform. Only one process at a time may, and it looks again when it may: between
 * seeing a stale lock and removing it, somebody else may have put a live one there.
 */
const removeStaleLock = async (folder: string): Promise<void> => {
  const takeover = join(folder, 'platform.takeover');
  if (!tryMakeFolder(takeover)) {
    const madeAt = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > takeoverMs) rmSync(takeover, { recursive: true, force: true });
    await sleep(20);
    return;
  }
  try {
    if ((await findRunningPlatform(folder)) === undefined) rmSync(lockPath(folder), { force: true });
  } finally {
    rmSync(takeover, { recursive: true, force: true });
  }
};

const acquire = async (folder: string, lock: RunningPlatform): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (tryCreate(folder, lock)) return;
    const holder = await findRunningPlatform(folder);
    if (holder !== undefined) {
      throw new StateFolderInUse(
        `a platform is already running on ${folder} (process ${holder.pid}${holder.url ? `, ${holder.url}` : ''}). ` +
          'Stop it first, or choose another state folder with --state.',
      );
    }
    await removeStaleLock(folder);
  }
  throw new Error(`the lock in ${folder} could not be taken`);
};

/** Makes the folder and takes it for this process; throws `StateFolderInUse` with a sentence for the person. */
export const lockStateFolder = async (folder: string): Promise<StateLock> => {
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const token = randomUUID();
  const { server, port } = await startControl(token);
  const lock = { pid: process.pid, controlPort: port, token, url: '' };
  try {
    await acquire(folder, lock);
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    announce: (url) => {
      const draft = join(folder, `platform.lock.${token}`);
      writeFileSync(draft, JSON.stringify({ ...lock, url }), { mode: 0o600 });
      renameSync(draft, lockPath(folder));
    },
    release: () => {
      if (readLock(folder)?.token === token) rmSync(lockPath(folder), { force: true });
      server.close();
      server.closeAllConnections();
    },
  };
};
