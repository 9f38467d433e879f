/** The real Postgres of this machine in a folder of its own, when there is one: nothing speaks its wire more truly. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PostgresServer {
  close(): Promise<void>;
}

const installations = '/usr/lib/postgresql';

const programFolder = (): string | undefined => {
  const versions = existsSync(installations) ? readdirSync(installations) : [];
  const folders = versions.map((version) => join(installations, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
};

/** A port that nobody listens on now. */
export const freePort = async (): Promise<number> =>
  await new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      // SAFETY: a server that listens on a port has an address of this form.
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

/** Postgres refuses to run as root: there it runs as its own user. */
const asUser = (program: string, args: readonly string[]): readonly [string, readonly string[]] =>
  process.getuid?.() === 0 ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args];

/** Whether there is a Postgres to start. */
export const hasPostgres = (): boolean => programFolder() !== undefined;

/** Starts it, empty, on 127.0.0.1; anybody may come in as `app`. */
export const startPostgres = async (port: number): Promise<PostgresServer> => {
  const folder = programFolder();
  if (folder === undefined) throw new Error('No Postgres is installed here.');
  const data = mkdtempSync(join(tmpdir(), 'services-postgres-'));
  if (process.getuid?.() === 0) spawnSync('chown', ['postgres', data]);
  const made = spawnSync(
    ...asUser(join(folder, 'initdb'), ['-D', data, '-U', 'app', '-A', 'trust', '--no-sync', '-E', 'UTF8']),
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const args = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-k', data];
  const server = spawn(...asUser(join(folder, 'postgres'), args), { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (text: Buffer) => {
      if (text.toString().includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => {
      reject(new Error('Postgres ended before it was ready.'));
    });
  });
  const end = (): void => {
    // What runs it as another user passes this on.
    server.kill('SIGTERM');
  };
  process.once('exit', end);
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        server.once('exit', () => {
          resolve();
        });
        end();
      });
      rmSync(data, { recursive: true, force: true });
    },
  };
};
