/** Workers under a bare workerd, without wrangler's proxy before them. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback, reserveFreePort } from '../../scripts/platform/ports.ts';

const require = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'));

/** workerd's own package exports the path of the program for this system. */
const workerdProgram = (): string => {
  const exported: { readonly default: string } = require('workerd');
  return exported.default;
};

export interface Running {
  readonly origin: string;
  readonly pid: number;
  readonly stop: () => void;
}

export interface Service {
  readonly name: string;
  /** Path of the module, which must need no other. */
  readonly module: string;
  readonly compatibilityFlags?: readonly string[];
  /** Bindings in workerd's own notation. */
  readonly bindings: readonly string[];
  /** Classes with a SQLite of their own, each under its name as unique key. */
  readonly objects?: readonly string[];
}

/** The newest that both our Worker and the others are known to run with. */
const compatibilityDate = '2026-10-20';

export const quote = (text: string): string => JSON.stringify(text);

export const textBinding = (name: string, text: string): string => `(name = ${quote(name)}, text = ${quote(text)})`;

/** Modules are embedded by a path beside the configuration. */
const moduleFile = ({ name }: Service): string => `${name}.js`;

const describe = (service: Service): string => {
  const objects = service.objects ?? [];
  const namespaces = objects.map(
    (name) => `(className = ${quote(name)}, uniqueKey = ${quote(name)}, enableSql = true)`,
  );
  return `(name = ${quote(service.name)}, worker = (
      modules = [(name = "index.js", esModule = embed ${quote(moduleFile(service))})],
      compatibilityDate = ${quote(compatibilityDate)},
      compatibilityFlags = [${(service.compatibilityFlags ?? []).map(quote).join(', ')}],
      globalOutbound = "network",
      bindings = [${service.bindings.join(', ')}],
      durableObjectNamespaces = [${namespaces.join(', ')}]${objects.length > 0 ? ', durableObjectStorage = (localDisk = "disk")' : ''}
    ))`;
};

/** The address of loopback is private to workerd unless it is named. */
const configuration = (
  services: readonly Service[],
  port: number,
  disk: string,
): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.map(describe).join(',\n    ')},
    (name = "network", network = (allow = ["public", "private", "local"])),
    (name = "disk", disk = (path = ${quote(disk)}, writable = true))
  ],
  sockets = [(name = "http", address = "${loopback}:${port}", http = (), service = ${quote(services[0]?.name ?? '')})]
);
`;

const isListening = async (origin: string): Promise<boolean> => {
  try {
    const response = await fetch(`${origin}/health`);
    await response.body?.cancel();
    return true;
  } catch {
    // Not yet; whoever asks gives up in time.
    return false;
  }
};

const startPatienceMs = 30_000;

/** Runs the services; the first one is reached over HTTP. The folder keeps the configuration, the log and the objects. */
export const startWorkerd = async (services: readonly Service[], folder: string): Promise<Running> => {
  const disk = join(folder, 'disk');
  mkdirSync(disk, { recursive: true });
  const reserved = await reserveFreePort();
  const path = join(folder, 'config.capnp');
  const logPath = join(folder, 'workerd.log');
  for (const service of services) copyFileSync(service.module, join(folder, moduleFile(service)));
  writeFileSync(path, configuration(services, reserved.port, disk));
  const log = openSync(logPath, 'w');
  const child = spawn(workerdProgram(), ['serve', '--experimental', path], {
    cwd: folder,
    stdio: ['ignore', log, log],
  });
  const origin = `http://${loopback}:${reserved.port}`;
  const startedAt = performance.now();
  while (!(await isListening(origin))) {
    if (child.exitCode !== null || performance.now() - startedAt > startPatienceMs) {
      child.kill();
      reserved.release();
      throw new Error(`workerd did not start:\n${readFileSync(logPath, 'utf8').slice(-4_000)}`);
    }
    await sleep(50);
  }
  reserved.release();
  return {
    origin,
    pid: child.pid ?? 0,
    stop: () => {
      child.kill();
    },
  };
};
