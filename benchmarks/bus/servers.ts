/** Starting the servers that the bus is compared with: found on the path, on a folder of the same disk, ended by us. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback, reserveFreePort } from '../../scripts/platform/ports.ts';

/** The program's path; folders where Debian puts servers are searched besides PATH. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

export interface RunningServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A connection to a server on this machine. */
export const connectTo = async (port: number): Promise<Socket> => {
  const socket = connect({ host: loopback, port, noDelay: true });
  await once(socket, 'connect');
  return socket;
};

const untilReady = async (child: ChildProcess, port: number): Promise<boolean> => {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt += 1) {
    try {
      (await connectTo(port)).destroy();
      return true;
    } catch {
      // Not listening yet.
      await sleep(50);
    }
  }
  return false;
};

/** Undefined when the server does not come up with these arguments. */
const start = async (
  program: string,
  args: (port: number) => readonly string[],
): Promise<RunningServer | undefined> => {
  const reserved = await reserveFreePort();
  const { port } = reserved;
  reserved.release();
  const child = spawn(program, [...args(port)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  if (await untilReady(child, port)) return { port, stop };
  if (child.exitCode === null) await stop();
  return undefined;
};

/** `always`: every message is forced to disk before it is acknowledged; nats-server knows that from 2.10 on. */
export const startNats = (program: string, folder: string, sync: 'default' | 'always') => {
  const store = join(folder, `nats-${sync}`);
  mkdirSync(store, { recursive: true });
  const configPath = join(folder, `nats-${sync}.conf`);
  const interval = sync === 'always' ? ', sync_interval: always' : '';
  writeFileSync(configPath, `jetstream { store_dir: "${store}"${interval} }\n`);
  return start(program, (port) => ['-a', loopback, '-p', String(port), '-c', configPath]);
};

/** With an append-only file that is forced to disk before each answer. */
export const startRedis = (program: string, folder: string) => {
  const store = join(folder, 'redis');
  mkdirSync(store, { recursive: true });
  const words = `--bind ${loopback} --appendonly yes --appendfsync always`.split(' ');
  return start(program, (port) => [...words, '--port', String(port), '--dir', store, '--save', '']);
};
