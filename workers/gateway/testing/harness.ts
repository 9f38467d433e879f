/** A gateway for tests: the real app over a real D1, a real workspace object and fakes of everything else. */
import {
  applyD1Migrations,
  createExecutionContext,
  env,
  waitOnExecutionContext,
  type D1Migration,
} from 'cloudflare:test';
import { createApiKey } from '../../../shared/adapters/crypto/api-keys.ts';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import type { Role } from '../../../shared/domain/access/policy.ts';
import type { WorkspaceId } from '../../../shared/domain/ids.ts';
import { createAnswer } from '../create-answer.ts';
import { parseConfig } from '../config.ts';
import type { LogEntry, LogWriter } from '../log.ts';
import { ModelCalls } from '../model-calls/model-calls.ts';
import { createServices, createVaults, type GatewayBindings } from '../create-services.ts';
import type { Fetching, Services } from '../services.ts';
import { fakeSandbox, fakeToolchain } from './fake-workers.ts';

export const pepper = 'a pepper for the tests, long enough';

// SAFETY: `wrangler.toml` beside this file has these bindings; those of other Workers are replaced below.
export const bindings = env as unknown as GatewayBindings & { readonly TEST_MIGRATIONS: D1Migration[] };

/** Brings the directory to the present shape; once per test file. */
export const prepareDirectory = async (): Promise<void> => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
};

const ids = createRandomIds(systemClock);
const bootstrap = await createApiKey('test', ids.create('key'), pepper);

/** The operator's key. */
export const operatorKey = bootstrap.key;

const echoApp: Fetching = {
  fetch: async (request) =>
    Response.json(
      {
        url: request.url,
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      },
      { headers: { 'set-cookie': 'app=1' } },
    ),
};

export interface Gateway {
  readonly log: LogEntry[];
  /** One request; `key` becomes the bearer token, `json` the body. */
  readonly send: (path: string, options?: SendOptions) => Promise<Response>;
  /** Waits for everything that requests left to be done after their answers. */
  readonly settle: () => Promise<void>;
}

interface SendOptions {
  readonly method?: string;
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborted: the client has hung up. */
  readonly signal?: AbortSignal;
}

/** A gateway whose services can be replaced one by one. */
export const createGateway = (replaced: Partial<Services> = {}, variables: Record<string, string> = {}): Gateway => {
  const config = parseConfig({
    AIDEVOS_ENVIRONMENT: 'test',
    AIDEVOS_KEY_PEPPER: pepper,
    AIDEVOS_BOOTSTRAP_KEY_HASH: bootstrap.hash,
    AIDEVOS_CORS_ORIGINS: 'https://dashboard.example.com',
    ...variables,
  });
  if (!config.ok) throw new Error(config.error.detail);
  const log: LogEntry[] = [];
  const writeLog: LogWriter = (entry) => void log.push(entry);
  const services = createServices(bindings, config.value);
  const objects = replaced.objects ?? services.objects;
  const clock = replaced.clock ?? services.clock;
  const workspace: Services['objects']['workspace'] = (workspaceId) => objects.workspace(workspaceId);
  const vault = createVaults({ ...bindings, ...variables }, config.value, { clock, log: writeLog, workspace });
  const answer = createAnswer({
    ...services,
    log: writeLog,
    ...vault,
    modelCalls: new ModelCalls({
      clock,
      log: writeLog,
      limits: config.value.rateLimits,
      vaults: vault.vaults,
      workspace,
    }),
    sandbox: fakeSandbox,
    sandboxHttp: echoApp,
    toolchain: fakeToolchain,
    assets: { fetch: async (request) => new Response(`file ${new URL(request.url).pathname}`) },
    ...replaced,
  });
  const executions: ExecutionContext[] = [];
  const send = async (path: string, options: SendOptions = {}): Promise<Response> => {
    const headers = new Headers(options.headers);
    if (options.key !== undefined) headers.set('authorization', `Bearer ${options.key}`);
    if (options.json !== undefined) headers.set('content-type', 'application/json');
    const body = options.json === undefined ? options.body : JSON.stringify(options.json);
    const method = options.method ?? (body === undefined ? 'GET' : 'POST');
    const execution = createExecutionContext();
    executions.push(execution);
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const { signal } = options;
    const request = new Request(`https://aidevos.test${path}`, signal === undefined ? init : { ...init, signal });
    return await answer(request, {}, execution);
  };
  const settle = async (): Promise<void> => {
    for (const execution of executions.splice(0)) await waitOnExecutionContext(execution);
  };
  return { log, send, settle };
};

export interface TestWorkspace {
  readonly workspaceId: WorkspaceId;
  readonly ownerKey: string;
}

/** A new workspace with its owner's key, made over the API. */
export const createWorkspace = async (gateway: Gateway): Promise<TestWorkspace> => {
  const answer = await gateway.send('/api/workspaces', { key: operatorKey, json: { name: 'team' } });
  const body: { workspaceId: WorkspaceId; ownerKey: { key: string } } = await answer.json();
  return { workspaceId: body.workspaceId, ownerKey: body.ownerKey.key };
};

/** A key of that role in the workspace. */
export const createRoleKey = async (gateway: Gateway, workspace: TestWorkspace, role: Role): Promise<string> => {
  const path = `/api/workspaces/${workspace.workspaceId}/keys`;
  const answer = await gateway.send(path, { key: operatorKey, json: { name: role, role } });
  const body: { key: string } = await answer.json();
  return body.key;
};

/** A project in the workspace, made over the API; answers its id. */
export const createTestProject = async (gateway: Gateway, key: string, specification = '# Spec'): Promise<string> => {
  const answer = await gateway.send('/api/projects', { key, json: { name: 'Shelf', specification } });
  const body: { projectId: string } = await answer.json();
  return body.projectId;
};
