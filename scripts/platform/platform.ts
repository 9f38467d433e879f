/**
 * The whole platform on one machine, each Worker in a process of its own: a loop in agent code may take its runtime
 * down and nothing else, and a type check does not hold up the gateway.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../browser/find-browser.ts';
import { superviseBrowser, type BrowserService } from '../browser/supervise-browser.ts';
import { ensureLocalSecrets, secretVariables } from './local-secrets.ts';
import { applyMigrations } from './migrate.ts';
import { loopback, reserveFreePort, reservePort, type ReservedPort } from './ports.ts';
import { repositoryRoot, resolveStateFolder, lockStateFolder, type StateLock } from './state-folder.ts';
import { Supervisor, type ServiceStatus } from './supervisor.ts';
import { configOf, ensureWorkerBundles, type WorkerBundle, type WorkerName } from './worker-bundle.ts';
import { readAppSettings, type AppSettings } from './app-settings.ts';
import type { WorkerSettings } from './worker-process.ts';
import { readWorkerName, wranglerEnvironment, wranglerProgram } from './wrangler.ts';
import { providers } from '../../shared/domain/model/providers/index.ts';
import { parseCustomProviders } from '../../shared/schemas/custom-providers.ts';

export interface PlatformOptions {
  /** Default: `AIDEVOS_STATE`, or `.aidevos` in the repository. */
  readonly stateFolder?: string | undefined;
  /** Default: the port of the last run, then 8787, then any free one. A port that is asked for must be free. */
  readonly port?: number | undefined;
  /** The folder that holds `wrangler.toml` and `workers/`; default: this repository. */
  readonly root?: string | undefined;
  /** More variables for the gateway. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Called with a sentence when a service dies, hangs or comes back. */
  readonly report?: ((line: string) => void) | undefined;
}

export interface Platform {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  readonly stateFolder: string;
  readonly processes: () => readonly ServiceStatus[];
  /** Ends everything; may be called more than once. */
  readonly stop: () => Promise<void>;
}

const defaultPort = 8787;

/** Some ports belong to other protocols, and neither browsers nor `fetch` go there: 22, 6000, 6667. */
const isWebPort = async (port: number): Promise<boolean> => {
  try {
    await fetch(`http://${loopback}:${port}/`, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch (error) {
    return !(error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port');
  }
};

const reserveGatewayPort = async (folder: string, asked: number | undefined): Promise<ReservedPort> => {
  if (asked !== undefined) {
    if (!(await isWebPort(asked))) throw new Error(`port ${asked} is not one that browsers go to. Choose another one.`);
    const reserved = await reservePort(asked);
    if (reserved !== undefined) return reserved;
    throw new Error(`port ${asked} is in use on ${loopback}. Choose another one with --port, or leave it out.`);
  }
  const remembered = join(folder, 'port');
  const last = existsSync(remembered) ? Number(readFileSync(remembered, 'utf8')) : defaultPort;
  for (const port of [last, defaultPort]) {
    const usable = Number.isInteger(port) && port > 0 && port < 65_536;
    const reserved = usable ? await reservePort(port) : undefined;
    if (reserved !== undefined) return reserved;
  }
  return reserveFreePort();
};

/** The variables of all providers of models, those included that `AIDEVOS_PROVIDERS` names. */
const providerVariables = (): ReadonlySet<string> => {
  const own = parseCustomProviders(process.env['AIDEVOS_PROVIDERS'] ?? '');
  const all = [...providers, ...(own.ok ? own.value : [])];
  return new Set(all.flatMap(({ variables: { key, keys, baseUrl } }) => [key ?? '', keys ?? '', baseUrl ?? '']));
};

/** Meant for this program or for the command line. */
const ownVariables: ReadonlySet<string> = new Set([
  'AIDEVOS_STATE',
  'AIDEVOS_URL',
  'AIDEVOS_KEY',
  'AIDEVOS_BROWSER',
  'AIDEVOS_BROWSER_SANDBOX',
]);

/** Settings of the person's shell that are meant for the platform, model keys among them. */
const inheritedVariables = (): Record<string, string> => {
  const variables: Record<string, string> = {};
  const ofProviders = providerVariables();
  for (const [name, value] of Object.entries(process.env)) {
    const isOurs = name.startsWith('AIDEVOS_') && !ownVariables.has(name);
    const wanted = isOurs || ofProviders.has(name);
    if (wanted && value !== undefined) variables[name] = value;
  }
  return variables;
};

interface Layout {
  readonly folder: string;
  readonly root: string;
  readonly report: (line: string) => void;
}

const registryOf = (folder: string): string => join(folder, 'registry');

/** Workers with a process of their own: a loop or a long check over there must not hold up the gateway. */
const helperWorkers = ['sandbox', 'toolchain'] as const;

interface WorkerService {
  readonly name: WorkerName;
  readonly bundle: WorkerBundle;
  readonly port: number;
  readonly settings: Pick<WorkerSettings, 'variables'> & Partial<AppSettings>;
  readonly readyNeedsOk: boolean;
  readonly watch: boolean;
}

const workerProgram = join(import.meta.dirname, 'worker-process.ts');

/** Only its owner can read the file, since secrets may be among the variables. */
const writeSettings = (layout: Layout, service: WorkerService, workerName: string): string => {
  const path = join(layout.folder, `${service.name}.json`);
  const settings: WorkerSettings = {
    ...service.bundle,
    workerName,
    host: loopback,
    port: service.port,
    stateFolder: join(layout.folder, service.name),
    registryFolder: registryOf(layout.folder),
    ...service.settings,
  };
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  return path;
};

const superviseWorker = (layout: Layout, service: WorkerService): Supervisor => {
  const workerName = readWorkerName(join(layout.root, configOf(service.name)));
  return new Supervisor(
    {
      command: {
        name: service.name,
        program: workerProgram,
        args: [writeSettings(layout, service, workerName)],
        cwd: layout.root,
        environment: wranglerEnvironment(layout.folder),
        logPath: join(layout.folder, 'logs', `${service.name}.log`),
        // Without this the registry refuses a restarted Worker for as long as the killed one's entry looks alive.
        staleFiles: [join(registryOf(layout.folder), workerName)],
      },
      port: service.port,
      pingUrl: `http://${loopback}:${service.port}/health`,
      readyNeedsOk: service.readyNeedsOk,
      watch: service.watch,
    },
    layout.report,
  );
};

const prepareRegistry = (folder: string): void => {
  const registry = registryOf(folder);
  rmSync(registry, { recursive: true, force: true });
  mkdirSync(registry, { recursive: true });
};

const migrateDirectory = async (layout: Layout): Promise<void> => {
  await applyMigrations({
    wranglerProgram,
    config: join(layout.root, 'wrangler.toml'),
    persistTo: join(layout.folder, 'gateway'),
    recordPath: join(layout.folder, 'migrations.applied'),
    environment: wranglerEnvironment(layout.folder),
  });
};

/** Starts all processes; on a failure the ones that were started are in `started`, for the caller to stop. */
const startServices = async (
  layout: Layout,
  ports: readonly number[],
  gatewayVariables: Readonly<Record<string, string>>,
  started: Supervisor[],
): Promise<void> => {
  const [gatewayPort = 0, ...helperPorts] = ports;
  const bundles = await ensureWorkerBundles(layout.root);
  const workers: Supervisor[] = [];
  prepareRegistry(layout.folder);
  for (const [index, name] of helperWorkers.entries()) {
    const helper = superviseWorker(layout, {
      name,
      bundle: bundles[name],
      port: helperPorts[index] ?? 0,
      // The Workers that handle agent code are given nothing of this machine but what is named for apps.
      settings: name === 'sandbox' ? readAppSettings(process.env) : { variables: {} },
      readyNeedsOk: false,
      // Only agent code hangs; a long type check is to be waited for.
      watch: name === 'sandbox',
    });
    started.push(helper);
    workers.push(helper);
  }
  await migrateDirectory(layout);
  const gateway = superviseWorker(layout, {
    name: 'gateway',
    bundle: bundles.gateway,
    port: gatewayPort,
    settings: { variables: gatewayVariables },
    readyNeedsOk: true,
    watch: false,
  });
  started.push(gateway);
  await Promise.all([...workers, gateway].map((supervisor) => supervisor.ready()));
};

/** Without a browser apps are driven over HTTP, so the platform starts in any case. */
const offerBrowser = (layout: Layout, port: number, sandboxPort: number): BrowserService | undefined => {
  const browser = findBrowser();
  if (browser.kind === 'none' && browser.isUnexpected) layout.report(`apps are driven over HTTP: ${browser.reason}`);
  return browser.kind === 'none' ? undefined : superviseBrowser({ ...layout, port, sandboxPort, browser });
};

const launch = async (layout: Layout, options: PlatformOptions, lock: StateLock): Promise<Platform> => {
  const { folder } = layout;
  const secrets = await ensureLocalSecrets(folder);
  const ports = [await reserveGatewayPort(folder, options.port)];
  for (let count = 0; count <= helperWorkers.length; count += 1) ports.push(await reserveFreePort());
  const started: Supervisor[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((supervisor) => supervisor.stop()));
    lock.release();
  };
  const ownSecrets = await secretVariables(secrets);
  try {
    const [, sandboxPort = 0, , browserPort = 0] = ports.map(({ port }) => port);
    const browser = offerBrowser(layout, browserPort, sandboxPort);
    if (browser !== undefined) started.push(browser.supervisor);
    const variables = { ...inheritedVariables(), ...browser?.variables, ...options.variables, ...ownSecrets };
    await startServices(
      layout,
      ports.map(({ port }) => port),
      variables,
      started,
    );
    await browser?.ready;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const reserved of ports) reserved.release();
  }
  const port = ports[0]?.port ?? 0;
  const url = `http://${loopback}:${port}`;
  writeFileSync(join(folder, 'port'), `${port}\n`);
  lock.announce(url);
  let stopped: Promise<void> | undefined;
  return {
    url,
    apiKey: secrets.apiKey,
    stateFolder: folder,
    processes: () => started.map((supervisor) => supervisor.status()),
    stop: () => (stopped ??= stop()),
  };
};

/**
 * Starts the platform and answers when it is ready to serve. Rejects with a sentence for a person when the state
 * folder or the port is taken, or when a part does not start; then nothing is left running.
 */
export const startPlatform = async (options: PlatformOptions = {}): Promise<Platform> => {
  const folder = resolveStateFolder(options.stateFolder);
  const lock = await lockStateFolder(folder);
  try {
    return await launch(
      { folder, root: options.root ?? repositoryRoot, report: options.report ?? (() => undefined) },
      options,
      lock,
    );
  } catch (error) {
    lock.release();
    throw error;
  }
};
