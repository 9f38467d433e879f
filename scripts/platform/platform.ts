/**
 * The whole platform on one machine, each Worker in a process of its own: a loop in agent code may take its runtime
 * down and nothing else, and a type check does not hold up the gateway.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAssets } from './assets.ts';
import { ensureLocalSecrets, secretVariables, writeEnvironmentFile } from './local-secrets.ts';
import { applyMigrations } from './migrate.ts';
import { loopback, reserveFreePort, reservePort, type ReservedPort } from './ports.ts';
import { repositoryRoot, resolveStateFolder, lockStateFolder, type StateLock } from './state-folder.ts';
import { Supervisor, type ServiceStatus } from './supervisor.ts';
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

/** Settings of the person's shell that are meant for the platform, model keys among them. */
const inheritedVariables = (): Record<string, string> => {
  const variables: Record<string, string> = {};
  const ofProviders = providerVariables();
  for (const [name, value] of Object.entries(process.env)) {
    const isOurs = name.startsWith('AIDEVOS_') && !['AIDEVOS_STATE', 'AIDEVOS_URL', 'AIDEVOS_KEY'].includes(name);
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

/** Workers with a process of their own: a loop or a long check over there must not hold up the gateway. */
const helperWorkers = ['sandbox', 'toolchain'] as const;

interface WorkerGroup {
  readonly name: 'gateway' | (typeof helperWorkers)[number];
  readonly config: string;
  readonly port: number;
  readonly inspectorPort: number;
  readonly environmentFile: string;
  readonly readyNeedsOk: boolean;
  readonly watch: boolean;
  readonly brokenWhen?: RegExp;
}

/**
 * wrangler starts a runtime that died again by itself, but then loses the way to the other Workers for good: it
 * replaces each binding to another process by a proxy in place, and at the second assembly takes the proxy for the
 * other Worker (miniflare 5, `getExternalServiceEntrypoints`). So the gateway's wrangler goes with its runtime.
 */
const runtimeDied = /The Workers runtime crashed unexpectedly/;

const devArguments = (layout: Layout, group: WorkerGroup): readonly string[] => {
  const mode = ['dev', '--local', '--show-interactive-dev-session=false', '--log-level', 'log'];
  const address = ['--ip', loopback, '--port', String(group.port), '--inspector-port', String(group.inspectorPort)];
  const state = ['--env-file', group.environmentFile, '--persist-to', join(layout.folder, group.name)];
  return [...mode, '--config', join(layout.root, group.config), ...address, ...state];
};

const superviseWorkers = (layout: Layout, group: WorkerGroup): Supervisor =>
  new Supervisor(
    {
      command: {
        name: group.name,
        program: wranglerProgram,
        args: devArguments(layout, group),
        cwd: layout.root,
        environment: wranglerEnvironment(layout.folder),
        logPath: join(layout.folder, 'logs', `${group.name}.log`),
        // Without this the registry refuses a restarted Worker for as long as the killed one's entry looks alive.
        staleFiles: [join(layout.folder, 'registry', readWorkerName(join(layout.root, group.config)))],
      },
      port: group.port,
      pingUrl: `http://${loopback}:${group.port}/health`,
      readyNeedsOk: group.readyNeedsOk,
      watch: group.watch,
      brokenWhen: group.brokenWhen,
    },
    layout.report,
  );

const prepareRegistry = (folder: string): void => {
  const registry = join(folder, 'registry');
  rmSync(registry, { recursive: true, force: true });
  mkdirSync(registry, { recursive: true });
};

const prepareGateway = async (layout: Layout): Promise<void> => {
  const built = await buildAssets(layout.root);
  if (built.exitCode !== 0) throw new Error(`the static assets could not be built:\n${built.output}`);
  await applyMigrations({
    wranglerProgram,
    config: join(layout.root, 'wrangler.toml'),
    persistTo: join(layout.folder, 'gateway'),
    recordPath: join(layout.folder, 'migrations.applied'),
    environment: wranglerEnvironment(layout.folder),
  });
};

/** Starts all processes; on a failure the ones that were started are in `started`, for the caller to stop. */
const startGroups = async (
  layout: Layout,
  ports: readonly number[],
  gatewayVariables: Readonly<Record<string, string>>,
  started: Supervisor[],
): Promise<void> => {
  const [gatewayPort = 0, gatewayInspector = 0, ...helperPorts] = ports;
  prepareRegistry(layout.folder);
  for (const [index, name] of helperWorkers.entries()) {
    const helper = superviseWorkers(layout, {
      name,
      config: `workers/${name}/wrangler.toml`,
      port: helperPorts[index * 2] ?? 0,
      inspectorPort: helperPorts[index * 2 + 1] ?? 0,
      // Written empty: the Workers that handle agent code are given nothing of this machine.
      environmentFile: writeEnvironmentFile(join(layout.folder, `${name}.env`), {}),
      readyNeedsOk: false,
      // Only agent code hangs; a long type check is to be waited for.
      watch: name === 'sandbox',
    });
    started.push(helper);
  }
  await prepareGateway(layout);
  const gateway = superviseWorkers(layout, {
    name: 'gateway',
    config: 'wrangler.toml',
    port: gatewayPort,
    inspectorPort: gatewayInspector,
    environmentFile: writeEnvironmentFile(join(layout.folder, 'gateway.env'), gatewayVariables),
    readyNeedsOk: true,
    watch: false,
    brokenWhen: runtimeDied,
  });
  started.push(gateway);
  await Promise.all(started.map((supervisor) => supervisor.ready()));
};

const launch = async (layout: Layout, options: PlatformOptions, lock: StateLock): Promise<Platform> => {
  const { folder } = layout;
  const secrets = await ensureLocalSecrets(folder);
  const ports = [await reserveGatewayPort(folder, options.port)];
  for (let count = 0; count <= helperWorkers.length * 2; count += 1) ports.push(await reserveFreePort());
  const started: Supervisor[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((supervisor) => supervisor.stop()));
    lock.release();
  };
  const variables = { ...inheritedVariables(), ...options.variables, ...(await secretVariables(secrets)) };
  try {
    await startGroups(
      layout,
      ports.map(({ port }) => port),
      variables,
      started,
    );
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
