/**
 * Our own gateway as it is deployed: the bundle that `wrangler deploy` would send, run by a bare workerd with its
 * objects on disk and its directory in a SQLite behind the runtime's own D1 binding. The sandbox and the toolchain,
 * which a chat request never reaches, are absent.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApiKey } from '../../shared/adapters/crypto/api-keys.ts';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { localWorkspaceId } from '../../shared/domain/access/workspaces.ts';
import { secretVariables } from '../../scripts/platform/local-secrets.ts';
import { repositoryRoot } from '../../scripts/platform/state-folder.ts';
import { runWrangler, workerProjects } from '../../scripts/workers.ts';
import { quote, startWorkerd, textBinding, type Running, type Service } from './workerd.ts';

export interface OurGateway extends Running {
  readonly apiKey: string;
}

const workersFolder = join(import.meta.dirname, 'workers');

const bundle = async (folder: string): Promise<string> => {
  const gateway = workerProjects.find(({ name }) => name === 'gateway');
  if (gateway === undefined) throw new Error('there is no gateway among the Workers');
  mkdirSync(join(repositoryRoot, 'dist', 'assets'), { recursive: true });
  const output = join(folder, 'bundle');
  const built = await runWrangler(gateway, ['deploy', '--dry-run', '--outdir', output, '--env', '']);
  if (built.exitCode !== 0) throw new Error(`the gateway does not bundle:\n${built.output}`);
  return join(output, 'index.js');
};

const objects = { PROJECT: 'ProjectObject', AGENT: 'AgentObject', REPOSITORY: 'RepositoryObject' } as const;

const serviceBinding = (name: string, service: string, entrypoint?: string): string =>
  `(name = ${quote(name)}, service = (name = ${quote(service)}${entrypoint === undefined ? '' : `, entrypoint = ${quote(entrypoint)}`}))`;

export const objectBinding = (name: string, className: string): string =>
  `(name = ${quote(name)}, durableObjectNamespace = ${quote(className)})`;

/** The directory for a Worker beside `directoryService`: D1's own client over a SQLite object. */
export const directoryBinding =
  '(name = "DIRECTORY", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "directory")]))';

/** A database with the tables of the directory. */
export const directoryService = (): Service => ({
  name: 'directory',
  module: join(workersFolder, 'directory.js'),
  objects: ['Directory'],
  bindings: [objectBinding('DIRECTORY', 'Directory'), textBinding('MIGRATIONS', readMigrations())],
});

/** As in `wrangler.toml`. */
export const gatewayFlags = ['nodejs_compat', 'enable_request_signal', 'no_nodejs_global_timers'];

const servicesOf = (module: string, variables: Readonly<Record<string, string>>): readonly Service[] => [
  {
    name: 'gateway',
    module,
    compatibilityFlags: gatewayFlags,
    objects: [...Object.values(objects), 'WorkspaceObject'],
    bindings: [
      ...Object.entries(variables).map(([name, text]) => textBinding(name, text)),
      ...Object.entries(objects).map(([name, className]) => objectBinding(name, className)),
      objectBinding('WORKSPACE', 'WorkspaceObject'),
      serviceBinding('SANDBOX', 'absent', 'Sandbox'),
      serviceBinding('SANDBOX_HTTP', 'absent'),
      serviceBinding('TOOLCHAIN', 'absent', 'Toolchain'),
      serviceBinding('ASSETS', 'absent'),
      directoryBinding,
    ],
  },
  directoryService(),
  { name: 'absent', module: join(workersFolder, 'absent.js'), bindings: [] },
];

const readMigrations = (): string => {
  const folder = join(repositoryRoot, 'migrations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return files
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
};

/** A key of a workspace's own, which is looked up in the directory, as every key but the first one is. */
const createKey = async (origin: string, operatorKey: string): Promise<string> => {
  const answer = await fetch(`${origin}/api/workspaces/${localWorkspaceId}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench', role: 'member' }),
  });
  const body: unknown = await answer.json();
  const key = typeof body === 'object' && body !== null && 'key' in body ? body.key : undefined;
  if (typeof key !== 'string') throw new Error(`no key was made: ${answer.status} ${JSON.stringify(body)}`);
  return key;
};

/** Limits that no run reaches, so that every call is held against them. */
const limitWorkspace = async (origin: string, operatorKey: string): Promise<void> => {
  const answer = await fetch(`${origin}/api/workspaces/${localWorkspaceId}/budget`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ maxTokens: 1_000_000_000_000, maxSteps: 1_000_000_000 }),
  });
  if (!answer.ok) throw new Error(`the workspace was not limited: ${answer.status} ${await answer.text()}`);
};

/** Starts it before an upstream, with the guards of calls at once and of starts as wide as they can be set. */
export const startOurGateway = async (upstream: string, folder: string): Promise<OurGateway> => {
  const module = await bundle(folder);
  const keyPepper = randomBytes(32).toString('base64url');
  const vaultKey = randomBytes(32).toString('base64url');
  const { key } = await createApiKey('local', createRandomIds(systemClock).create('key'), keyPepper);
  const running = await startWorkerd(
    servicesOf(module, {
      ...(await secretVariables({ keyPepper, apiKey: key, vaultKey })),
      OPENAI_API_KEY: 'bench-key-0123456789abcdef',
      OPENAI_BASE_URL: `${upstream}/v1`,
      AIDEVOS_MODEL_CONCURRENCY: '1000',
      AIDEVOS_MODEL_STARTS_PER_SECOND: '10000',
      AIDEVOS_RATE_LIMITS: 'key.requests=100000000,workspace.requests=100000000,model.tokens=100000000000',
    }),
    folder,
  );
  await limitWorkspace(running.origin, key);
  return { ...running, apiKey: await createKey(running.origin, key) };
};
