/** The repository object in a local runtime of its own, on a free port, with its state in a temporary folder. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface GitServer {
  /** Without a slash at the end; `<url>/<repository>` is what git clones. */
  readonly url: string;
  /** Calls a method of a repository's object. Rejects when the runtime answers with an error. */
  readonly call: (repository: string, method: string, body: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../..');
const startTimeoutMs = 60_000;

export const startGitServer = async (): Promise<GitServer> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'repository-object-'));
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const runtime = spawn(
    process.execPath,
    [
      path.join(root, 'node_modules/wrangler/bin/wrangler.js'),
      'dev',
      '--local',
      '--ip=127.0.0.1',
      `--port=${port}`,
      `--inspector-port=${inspectorPort}`,
      `--config=${await localConfiguration(folder)}`,
      `--persist-to=${path.join(folder, 'state')}`,
      '--show-interactive-dev-session=false',
    ],
    {
      // A process group of its own, so that the runtime under wrangler ends with it.
      detached: true,
      env: {
        ...process.env,
        CI: '1',
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_REGISTRY_PATH: path.join(folder, 'registry'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await stopGroup(runtime);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(runtime);
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const call = async (repository: string, method: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/${repository}/rpc/${method}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return { url, call, stop };
};

/** The object's test configuration, moved to the temporary folder, because wrangler keeps its bundles beside it. */
const localConfiguration = async (folder: string): Promise<string> => {
  const source = path.join(root, 'durable-objects/repository/testing');
  const text = await readFile(path.join(source, 'wrangler.toml'), 'utf8');
  const moved = text.replace('main = "worker.ts"', `main = ${JSON.stringify(path.join(source, 'worker.ts'))}`);
  const target = path.join(folder, 'wrangler.toml');
  await writeFile(target, moved);
  return target;
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
};

/** Resolves when the runtime says that it listens. */
const ready = (runtime: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    const give = (reason: string): void => reject(new Error(`The runtime ${reason}:\n${output}`));
    const timer = setTimeout(() => give('did not start in time'), startTimeoutMs);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!output.includes('Ready on')) return;
      clearTimeout(timer);
      resolve();
    };
    runtime.stdout?.on('data', read);
    runtime.stderr?.on('data', read);
    runtime.once('error', (error) => give(`could not be started (${error.message})`));
    runtime.once('exit', (code) => {
      clearTimeout(timer);
      give(`ended with ${code}`);
    });
  });

const stopGroup = async (runtime: ChildProcess): Promise<void> => {
  if (runtime.pid === undefined || runtime.exitCode !== null || runtime.signalCode !== null) return;
  const ended = once(runtime, 'exit');
  process.kill(-runtime.pid, 'SIGKILL');
  await ended;
};
