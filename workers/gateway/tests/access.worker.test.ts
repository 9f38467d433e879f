/** The security suite, written once over all operations of the OpenAPI document. */
import { listDurableObjectIds } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../../shared/adapters/crypto/api-keys.ts';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import { parseApiKey } from '../../../shared/domain/access/api-key.ts';
import { actions, isAllowed, roles, type Action, type Role } from '../../../shared/domain/access/policy.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import { createApi, openApiDocument } from '../api.ts';
import { fakeEffectId } from '../testing/fake-cast.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  operatorKey,
  pepper,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly action: Action | undefined;
  readonly hasBody: boolean;
}

interface DocumentedOperation {
  readonly 'x-aidevos-action'?: Action;
  readonly security?: unknown;
  readonly requestBody?: unknown;
}

// SAFETY: the shape of an OpenAPI document, as far as it is used here.
const paths = openApiDocument(createApi()).paths as unknown as Record<string, Record<string, DocumentedOperation>>;

const operations: readonly Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    action: operation['x-aidevos-action'],
    hasBody: operation.requestBody !== undefined,
  })),
);

const guarded = operations.filter(({ path }) => path.startsWith('/api/'));

const manifest = 'name: shop\nmembers: { a: { service: api } }\nroutes: [{ path: /, member: a }]';
const serviceEndpoints = [{ kind: 'http', url: 'https://search.example.com' }];

/** A good body for each operation that takes one. */
const bodies: Readonly<Record<string, object | ((values: Record<string, string>) => object)>> = {
  'POST /api/projects': { specification: '# x' },
  'POST /api/projects/{projectId}/cancel': {},
  'PUT /api/projects/{projectId}/pools': { pools: [{ role: 'backend', minimum: 1, maximum: 2 }] },
  'PUT /api/projects/{projectId}/budget': { project: { maxTokens: 1_000 } },
  'PUT /api/workspaces/{workspaceId}/budget': { maxTokens: 1_000 },
  'PUT /api/workspaces/{workspaceId}/quotas': { limits: { projects: 1_000 } },
  'POST /api/projects/{projectId}/messages': { recipient: '*', content: 'hello' },
  'POST /api/projects/{projectId}/fork': {},
  'POST /api/agents/{agentId}/messages': { content: 'hello' },
  'POST /api/projects/{projectId}/deployments/promote': { from: 'preview', to: 'production' },
  'POST /api/projects/{projectId}/deployments/rollback': { slot: 'production' },
  'POST /api/projects/{projectId}/effects/{effectId}/settle': { decision: 'abandon' },
  'POST /api/projects/{projectId}/quality/mutation': {},
  'POST /api/projects/{projectId}/quality/generation': {},
  'POST /api/projects/{projectId}/quality/measurements': {},
  'POST /api/projects/{projectId}/quality/performance': { kind: 'bench' },
  'PUT /api/projects/{projectId}/quality/gates': { gates: [] },
  'POST /api/projects/{projectId}/quality/criteria/verify': { slot: 'preview' },
  'PUT /api/projects/{projectId}/tool-rules': {},
  'POST /api/projects/{projectId}/tools/{tool}': {},
  'PUT /api/projects/{projectId}/tools/{tool}': {
    description: 'Books a room.',
    url: 'https://tools.example.com/book',
    effectClass: 'pure',
  },
  'POST /api/projects/{projectId}/quality/waivers': {
    gate: 'tests',
    reason: 'The suite is being moved.',
    endsAt: 9_000_000_000_000,
  },
  'POST /api/feedback': ({ projectId }) => ({ projectId, rating: 1 }),
  'POST /api/models/quality/alarms/{alarmId}/acknowledge': {},
  'PUT /api/credentials/{provider}/{name}': { apiKey: 'a-key-of-a-provider' },
  'POST /api/compositions': { manifest },
  'POST /api/compositions/validate': { manifest },
  'POST /api/compositions/plan': { manifest },
  'POST /api/services': { name: 'search', metadata: { version: '1.0.0' }, endpoints: serviceEndpoints },
  'POST /api/service-upgrades': { name: 'search', to: '1.0.0' },
  'PATCH /api/service-instances/{service}/{instance}': { metadata: { weight: 5 } },
  'POST /api/service-instances/{service}/{instance}/heartbeat': { leaseToken: 'none' },
  'PUT /api/topics/{topic}': {},
  'POST /api/topics/{topic}/events': { events: [{ type: 'placed', data: 1 }] },
  'POST /api/topics/{topic}/schemas': { type: 'placed', schema: true },
  'PUT /api/topics/{topic}/groups/{group}': {},
  'POST /api/topics/{topic}/groups/{group}/pull': {},
  'POST /api/topics/{topic}/groups/{group}/acknowledge': { leases: [{ sequence: 1, lease: 1 }] },
  'POST /api/topics/{topic}/groups/{group}/reject': { leases: [{ sequence: 1, lease: 1 }] },
  'POST /api/topics/{topic}/groups/{group}/extend': { leases: [{ sequence: 1, lease: 1 }], leaseMs: 1_000 },
  'POST /api/topics/{topic}/groups/{group}/seek': { after: 0 },
  'PUT /api/subscriptions/{subscription}': { pattern: 'orders.*' },
  'POST /api/workspaces': { name: 'x' },
  'POST /api/workspaces/{workspaceId}/keys': { name: 'x', role: 'viewer' },
  'POST /api/projects/{projectId}/questions/{questionId}/answer': { text: 'Do it so.' },
  'POST /api/objects/{kind}/{objectId}/restore': { version: 0, dryRun: true },
  'POST /api/objects/{kind}/{objectId}/deactivate': {},
  'POST /api/objects/service/{objectId}/call': { method: 'accounts' },
};

const queries: Readonly<Record<string, string>> = {
  'GET /api/projects/{projectId}/file': '?path=README.md',
  'GET /api/projects/{projectId}/raw': '?path=README.md',
  'GET /api/projects/{projectId}/state-hash': '?sequence=1',
  'GET /api/agents/{agentId}/state-hash': '?sequence=1',
  'GET /api/projects/{projectId}/diff': '?from=main&to=main',
  'GET /api/objects/{kind}/{objectId}/diff': '?from=0',
  'GET /api/projects/{projectId}/code/symbols': '?text=a',
  'GET /api/projects/{projectId}/code/references': '?name=a',
  'GET /api/projects/{projectId}/code/impact': '?paths=a.ts',
  'GET /api/projects/{projectId}/code/completion': '?path=a.ts&line=1&column=1',
  'GET /api/projects/{projectId}/code/hover': '?path=a.ts&line=1&column=1',
  'GET /api/projects/{projectId}/code/definition': '?path=a.ts&line=1&column=1',
  'GET /api/projects/{projectId}/code/rename': '?path=a.ts&line=1&column=1&newName=b',
  'GET /api/projects/{projectId}/code/format': '?path=a.ts',
  'GET /api/projects/{projectId}/code/fixes': '?path=a.ts',
};

/** Bodies that are files; how they are taken is in `objects.worker.test.ts`. */
const takesFile = (path: string): boolean => path.endsWith('/import') || path.endsWith('/trial');

const putCredential = 'PUT /api/credentials/{provider}/{name}';

const ownNames: ReadonlySet<string> = new Set([
  putCredential,
  'PUT /api/topics/{topic}',
  'POST /api/topics/{topic}/events',
  'PUT /api/subscriptions/{subscription}',
]);

/** Of the caller's own, whatever others have: what is put under these names, and what each workspace has by number. */
const isOwn = ({ method, path }: Operation): boolean => ownNames.has(`${method} ${path}`) || path.includes('{shard}');

/** Nothing was measured, upgraded or deployed here yet, so for those who may ask there is nothing. */
const unmeasured: ReadonlySet<string> = new Set([
  'GET /api/models/{model}/quality',
  'GET /api/service-upgrades/{service}',
  'POST /api/service-upgrades/{service}/{action}',
  'POST /api/models/quality/alarms/{alarmId}/acknowledge',
  'POST /api/objects/service/{objectId}/call',
  'POST /api/topics/{topic}/groups/{group}/dead-letters/{deadLetter}/replay',
]);

const gateway = createGateway(
  {},
  {
    AIDEVOS_VAULT_KEY: Buffer.alloc(32, 7).toString('base64'),
    AIDEVOS_SERVICE_ORIGINS: 'https://search.example.com',
  },
);
const ids = createRandomIds(systemClock);
let mine: TestWorkspace;
let other: TestWorkspace;
let pathValues: Record<string, string>;
let roleKeys: Record<Role, string>;

beforeAll(async () => {
  await prepareDirectory();
  [mine, other] = [await createWorkspace(gateway), await createWorkspace(gateway)];
  const projectId = await createTestProject(gateway, mine.ownerKey);
  const body = projectId.slice('prj_'.length);
  const [operator, owner, member, viewer] = await Promise.all(
    roles.map(async (role) => await createRoleKey(gateway, mine, role)),
  );
  roleKeys = { operator: operator ?? '', owner: owner ?? '', member: member ?? '', viewer: viewer ?? '' };
  const spare = parseApiKey(await createRoleKey(gateway, mine, 'viewer'));
  pathValues = {
    projectId,
    agentId: `agt_${body}`,
    taskId: `tsk_${body}`,
    effectId: fakeEffectId,
    letterId: 'project-outbox-1',
    questionId: `qst_${body}`,
    waiverId: `wvr_${body}`,
    workspaceId: mine.workspaceId,
    keyId: spare?.keyId ?? '',
    provider: 'openai',
    name: 'main',
    tool: 'read_file',
    alarmId: `alm_${body}`,
    model: 'openai%2Fgpt-5',
    service: 'search',
    action: 'pause',
    composition: 'shop',
    instance: 'main',
    shard: '0',
    topic: 'orders.placed',
    group: 'billing',
    deadLetter: '1',
    subscription: 'gather',
    kind: 'project',
    objectId: projectId,
  };
});

const call = async (operation: Operation, key: string | undefined, values = pathValues): Promise<Response> => {
  const name = `${operation.method} ${operation.path}`;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => values[parameter] ?? parameter);
  const body = operation.hasBody ? bodies[name] : undefined;
  const json = typeof body === 'function' ? body(pathValues) : body;
  return await gateway.send(path + (queries[name] ?? ''), {
    method: operation.method,
    ...(key === undefined ? {} : { key }),
    ...(json === undefined ? {} : { json }),
  });
};

/** How an owner of another workspace is refused. */
const hidden = ({ path, action }: Operation): number => {
  if (action !== undefined && !isAllowed('owner', action)) return 403;
  // A heartbeat is refused by its token, alike whether the instance exists.
  return path.endsWith('/heartbeat') ? 409 : 404;
};

const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

describe('the inventory', () => {
  it('gives every operation under /api an action of the policy table, and no other', () => {
    expect(guarded.length).toBeGreaterThan(25);
    expect(guarded.filter(({ action }) => action === undefined || !actions.includes(action))).toEqual([]);
    expect(operations.filter(({ path }) => !path.startsWith('/api/')).map(({ path }) => path)).toEqual(['/health']);
  });

  it('has a body here for every operation that takes one', () => {
    const missing = guarded.filter(
      ({ method, path, hasBody }) => hasBody && !takesFile(path) && bodies[`${method} ${path}`] === undefined,
    );
    expect(missing).toEqual([]);
  });
});

describe.each(guarded)('$method $path', (operation) => {
  it('refuses a caller without a key', async () => {
    const answer = await call(operation, undefined);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="aidevos"');
    expect(await codeOf(answer)).toBe('auth.missing');
  });

  it('refuses a key that nobody has', async () => {
    const { key } = await createApiKey('test', ids.create('key'), pepper);
    const answer = await call(operation, key);
    expect(answer.status).toBe(401);
    expect(await codeOf(answer)).toBe('auth.invalid');
  });

  it('hides what belongs to another workspace exactly as what does not exist', async () => {
    // A file is looked at before the object it would become, which nobody needs to have.
    if (!operation.path.includes('{') || isOwn(operation) || takesFile(operation.path)) return;
    // The tools of the platform are everybody's.
    if (operation.path === '/api/tools/{tool}') return;
    const foreign = await call(operation, other.ownerKey);
    const unknown = await call(operation, other.ownerKey, {
      projectId: ids.create('prj'),
      agentId: ids.create('agt'),
      taskId: ids.create('tsk'),
      effectId: fakeEffectId,
      letterId: 'project-outbox-2',
      questionId: ids.create('qst'),
      waiverId: ids.create('wvr'),
      workspaceId: ids.create('wsp'),
      keyId: ids.create('key'),
      provider: 'openai',
      name: 'nobody',
      tool: 'read_nothing',
      alarmId: ids.create('alm'),
      model: 'openai%2Fgpt-5',
      service: 'search',
      action: 'pause',
      composition: 'nobody',
      instance: 'main',
      topic: 'nobody.is.here',
      group: 'nobody',
      deadLetter: '2',
      subscription: 'nobody',
      kind: 'project',
      objectId: ids.create('prj'),
    });
    expect([foreign.status, unknown.status]).toEqual([hidden(operation), hidden(operation)]);
    const [left, right] = [(await foreign.json()) as Problem, (await unknown.json()) as Problem];
    expect(left.detail).toBe(right.detail);
  });

  it('lets each role do what the table says and no more', async () => {
    for (const role of roles) {
      if (operation.path.includes('{provider}')) {
        const json = bodies[putCredential];
        await gateway.send('/api/credentials/openai/main', { method: 'PUT', key: mine.ownerKey, json });
      }
      if (operation.path.includes('{service}') || operation.path.startsWith('/api/service-upgrades')) {
        await gateway.send('/api/services', { key: mine.ownerKey, json: bodies['POST /api/services'] });
      }
      if (operation.path.includes('{composition}')) {
        await gateway.send('/api/compositions', { key: mine.ownerKey, json: { manifest } });
      }
      if (operation.path.includes('{topic}') || operation.path.includes('{subscription}')) {
        const own = { method: 'PUT', key: mine.ownerKey };
        await gateway.send('/api/topics/orders.placed', { ...own, json: {} });
        await gateway.send('/api/topics/orders.placed/groups/billing', { ...own, json: {} });
        await gateway.send('/api/subscriptions/gather', { ...own, json: { pattern: 'orders.*' } });
      }
      const answer = await call(operation, roleKeys[role]);
      const allowed = operation.action !== undefined && isAllowed(role, operation.action);
      const status = allowed ? 'not 401, 403 or 404' : 403;
      const isThere = answer.status !== 404 || unmeasured.has(`${operation.method} ${operation.path}`);
      const seen = allowed && isThere && ![401, 403].includes(answer.status) ? 'not 401, 403 or 404' : answer.status;
      expect(`${role}: ${seen}`).toBe(`${role}: ${status}`);
      await answer.body?.cancel();
    }
  });
});

describe('guessing', () => {
  it('wakes no object for ids that nobody has', async () => {
    const spaces = [
      bindings.PROJECT,
      bindings.AGENT,
      bindings.REPOSITORY,
      bindings.WORKSPACE,
      bindings.CONVERSATION,
      bindings.TOPIC,
    ];
    const count = async (): Promise<number[]> =>
      await Promise.all(spaces.map(async (space) => (await listDurableObjectIds(space)).length));
    const before = await count();
    for (let turn = 0; turn < 20; turn += 1) {
      const [projectId, agentId, workspaceId] = [ids.create('prj'), ids.create('agt'), ids.create('wsp')];
      const password = btoa(`git:${mine.ownerKey}`);
      await gateway.send(`/api/projects/${projectId}`, { key: mine.ownerKey });
      await gateway.send(`/api/projects/${projectId}/files`, { key: mine.ownerKey });
      await gateway.send(`/api/agents/${agentId}`, { key: mine.ownerKey });
      await gateway.send(`/api/topics/${projectId}`, { key: mine.ownerKey });
      const responseId = `resp_${projectId.slice(4)}${agentId.slice(14)}${'0'.repeat(16)}`;
      await gateway.send(`/v1/responses/${responseId}`, { key: mine.ownerKey });
      await gateway.send('/v1/responses', {
        key: mine.ownerKey,
        json: { model: 'offline/engineer', input: 'x', previous_response_id: responseId },
      });
      const conversationId = `conv_${projectId.slice(4)}${'0'.repeat(16)}`;
      for (const more of ['', '/items', '/items/msg_1']) {
        await gateway.send(`/v1/conversations/${conversationId}${more}`, { key: mine.ownerKey });
      }
      await gateway.send('/v1/responses', {
        key: mine.ownerKey,
        json: { model: 'offline/engineer', input: 'x', conversation: conversationId },
      });
      await gateway.send(`/api/workspaces/${workspaceId}`, { key: operatorKey });
      await gateway.send(`/apps/${projectId}/`);
      await gateway.send(`/git/${projectId}.git/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Basic ${password}` },
      });
    }
    expect(await count()).toEqual(before);
  });
});

describe('keys', () => {
  it.each([
    ['another word than Bearer', 'Token x'],
    ['no key', 'Bearer '],
    ['a key that is too long to be one', `Bearer ados_${'x'.repeat(5_000)}`],
    ['two keys', 'Bearer a b'],
    ['Basic', 'Basic YTpi'],
  ])('refuses %s', async (_, authorization) => {
    const answer = await gateway.send('/api/caller', { headers: { authorization } });
    expect(answer.status).toBe(401);
  });

  it('refuses a key of another environment, and one with the right form and a wrong secret', async () => {
    const { key } = await createApiKey('production', ids.create('key'), pepper);
    expect((await gateway.send('/api/caller', { key })).status).toBe(401);
    const [prefix, environment, keyId] = mine.ownerKey.split('_');
    const forged = await createApiKey('test', `key_${keyId}` as ReturnType<typeof ids.create<'key'>>, pepper);
    expect(forged.key.startsWith(`${prefix}_${environment}_${keyId}_`)).toBe(true);
    expect((await gateway.send('/api/caller', { key: forged.key })).status).toBe(401);
  });

  it('takes no key from the address', async () => {
    expect((await gateway.send(`/api/caller?ticket=${mine.ownerKey}`)).status).toBe(401);
    expect((await gateway.send(`/api/caller?key=${mine.ownerKey}`)).status).toBe(401);
  });
});
