/** The State Manager and the Lifecycle Manager over HTTP. */
import { abortAllDurableObjects, listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import type { Problem } from '../../../shared/schemas/problem.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createTestProject,
  createWorkspace,
  operatorKey,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
const ids = createRandomIds(systemClock);
let mine: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  await prepareDirectory();
  [mine, other] = [await createWorkspace(gateway), await createWorkspace(gateway)];
});

const get = (path: string, key = mine.ownerKey) => gateway.send(`/api/objects/${path}`, { key });
const post = (path: string, json: unknown, headers = {}, key = mine.ownerKey) =>
  gateway.send(`/api/objects/${path}`, { key, json, headers });
const postFile = (path: string, body: string, key = mine.ownerKey) =>
  gateway.send(`/api/objects/${path}`, {
    key,
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-ndjson' },
  });
const read = async <Body>(answer: Response): Promise<Body> => {
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Body;
};
const refused = async (answer: Response): Promise<string> => {
  const { status, code, errors } = (await answer.json()) as Problem;
  return [status, code, ...(errors ?? []).map(({ field }) => field)].join(' ');
};

const pause = async (projectId: string): Promise<void> => {
  for (const what of ['pause', 'resume', 'pause']) {
    await gateway.send(`/api/projects/${projectId}/${what}`, { key: mine.ownerKey, method: 'POST' });
  }
};

interface State {
  readonly version: number;
  readonly newestVersion: number;
  readonly hash: string;
  readonly state: { readonly paused: boolean };
}

describe('the state of an object', () => {
  it('is shown with a tag, at a version, at a time, with its history and its differences', async () => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    await pause(projectId);
    const answer = await get(`project/${projectId}`);
    const now = await read<State>(answer);
    expect(answer.headers.get('etag')).toBe(`"${now.version}"`);
    expect(now.state.paused).toBe(true);
    const before = await read<State>(await get(`project/${projectId}?version=${now.version - 1}`));
    expect(before).toMatchObject({ version: now.version - 1, newestVersion: now.version, state: { paused: false } });
    const past = await read<State>(await get(`project/${projectId}?time=2020-01-01T00:00:00Z`));
    expect(past.version).toBe(0);
    const page = await read<{ events: { type: string }[]; next?: number }>(
      await get(`project/${projectId}/history?limit=1`),
    );
    expect([page.events.length, page.next]).toEqual([1, 1]);
    const diff = await read<{ lines: string[] }>(await get(`project/${projectId}/diff?from=${now.version - 1}`));
    expect(diff.lines).toEqual(['~ /paused: false → true']);
    const { migrations } = await read<{ migrations: { name: string; appliedAt?: number }[] }>(
      await get(`project/${projectId}/migrations`),
    );
    expect(migrations.find(({ name }) => name === 'event_store')?.appliedAt).toBeGreaterThan(0);
  });

  it('of a workspace and a conversation is that of their tables, without a secret', async () => {
    const text = await (await get(`workspace/${mine.workspaceId}`)).text();
    const { source, state } = JSON.parse(text) as {
      source: string;
      state: { workspace: Record<string, { name: string }> };
    };
    expect([source, state.workspace[mine.workspaceId]?.name]).toEqual(['tables', 'team']);
    const hashes = await runInDurableObject(
      bindings.WORKSPACE.getByName(`${mine.workspaceId}/workspace/${mine.workspaceId}`),
      (_instance, { storage }) => storage.sql.exec<{ hash: string }>('SELECT hash FROM api_key').toArray(),
    );
    expect(hashes.length).toBeGreaterThan(0);
    for (const { hash } of hashes) expect(text).not.toContain(hash);
    expect(await refused(await get(`workspace/${mine.workspaceId}/export`))).toBe('409 resource.conflict');
    const { events } = await read<{ events: { type: string; event: { table: string } }[] }>(
      await get(`workspace/${mine.workspaceId}/history`),
    );
    expect(events[0]).toMatchObject({ type: 'row.added', event: { table: 'workspace' } });
    expect(await refused(await post(`workspace/${mine.workspaceId}/restore`, { version: 0 }))).toBe(
      '409 state.irreversible',
    );
    const response = await gateway.send('/v1/responses', {
      key: mine.ownerKey,
      json: { model: 'offline/engineer', input: 'Hello' },
    });
    const { id } = (await response.json()) as { id: string };
    const conversation = await read<{ state: { response: object } }>(await get(`conversation/${id}`));
    expect(Object.keys(conversation.state.response)).toEqual([id]);
    expect(await refused(await get(`conversation/${id}`, other.ownerKey))).toBe('404 resource.not_found');
    const named = await gateway.send('/v1/conversations', {
      key: mine.ownerKey,
      json: { metadata: { topic: 'secret-topic' }, items: [{ role: 'user', content: 'secret-words' }] },
    });
    const { id: name } = (await named.json()) as { id: string };
    const shown = await (await get(`conversation/${name}`)).text();
    expect(shown).not.toMatch(/secret-(?:topic|words)/);
    const rows = JSON.parse(shown) as { state: { conversation: object; item: object } };
    expect([Object.keys(rows.state.conversation), Object.keys(rows.state.item).length]).toEqual([[name], 1]);
    const file = await (await get(`conversation/${name}/export`)).text();
    expect(file).toContain('secret-words');
    expect(await read<object>(await postFile('conversation/trial', file))).toMatchObject({ version: 2 });
    expect(await refused(await get(`conversation/${name}/export`, other.ownerKey))).toBe('404 resource.not_found');
  });

  it('of topics, their catalogue, the registry and the composer is there for their workspace alone', async () => {
    await gateway.send('/api/topics/orders.placed/events', {
      key: mine.ownerKey,
      json: { events: [{ type: 'placed', data: 1 }] },
    });
    const topic = await read<State & { state: { topic: unknown } }>(await get('topic/orders.placed'));
    expect(topic).toMatchObject({ version: 1, state: { topic: { 1: { is_declared: 1 } } } });
    expect(Object.keys((await read<State>(await get(`topic-catalog/${mine.workspaceId}`))).state)).toEqual([
      'known_topic',
      'subscription',
    ]);
    expect(await read<object>(await get('service-registry/0'))).toMatchObject({ source: 'events' });
    expect(await refused(await get('service-registry/0/export'))).toBe('409 resource.conflict');
    expect(await read<object>(await get(`composer/${mine.workspaceId}/lifecycle`))).toMatchObject({ phase: 'idle' });
    const file = await (await get('topic/orders.placed/export')).text();
    expect(await read<object>(await postFile('topic/trial', file))).toMatchObject({ version: 1, hash: topic.hash });
    expect(await refused(await postFile('service-registry/trial', file))).toBe('409 resource.conflict');
    for (const path of [
      'topic/orders.placed',
      'topic/never.made',
      'topic/..%2Fx',
      `topic-catalog/${mine.workspaceId}`,
      `composer/${mine.workspaceId}`,
      'service-registry/4',
      'service-registry/00',
    ]) {
      expect(await refused(await get(path, other.ownerKey)), path).toBe('404 resource.not_found');
    }
  });

  it.each([
    ['?version=x', 'query.version'],
    ['?version=-1', 'query.version'],
    ['?version=1e3', 'query.version'],
    ['?time=yesterday', 'query.time'],
    ['?what=1', 'query'],
    ['/history?limit=0', 'query.limit'],
    ['/history?limit=501', 'query.limit'],
    ['/diff', 'query.from'],
  ])('is not asked for with %s', async (query, field) => {
    expect(await refused(await get(`project/${ids.create('prj')}${query}`))).toContain(`400 request.invalid ${field}`);
  });

  it('is not found under another kind, another workspace, or an id that is none, and wakes nothing', async () => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    const count = async () =>
      (
        await Promise.all(
          [bindings.PROJECT, bindings.AGENT, bindings.WORKSPACE, bindings.CONVERSATION].map(listDurableObjectIds),
        )
      ).map(({ length }) => length);
    const before = await count();
    for (const path of [
      `agent/${projectId}`,
      `conversation/${projectId}`,
      `workspace/${other.workspaceId}`,
      `project/${ids.create('prj')}`,
      `agent/${ids.create('agt')}`,
      `conversation/resp_${'0'.repeat(58)}`,
      `project/..%2F..%2Fworkspace`,
    ]) {
      expect(await refused(await get(path)), path).toBe('404 resource.not_found');
    }
    expect(await refused(await get(`project/${projectId}`, other.ownerKey))).toBe('404 resource.not_found');
    expect(await refused(await get(`workspace/${mine.workspaceId}`, operatorKey))).toBe('404 resource.not_found');
    expect(await refused(await get(`database/${projectId}`))).toContain('404 resource.not_found');
    expect(await count()).toEqual(before);
  });

  it('is not restored by one who saw another version: 412, and nothing is changed', async () => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    await pause(projectId);
    const { version } = await read<State>(await get(`project/${projectId}`));
    const path = `project/${projectId}/restore`;
    const command = { version: version - 1 };
    expect(await refused(await post(path, command, { 'if-match': `"${version - 1}"` }))).toBe(
      '412 precondition.failed',
    );
    expect(await refused(await post(path, command, { 'if-match': 'W/"1"' }))).toBe(
      '400 request.invalid header.if-match',
    );
    // The stand-in of these tests has no rule for restoring, so the right tag leads to the next question.
    expect(await refused(await post(path, command, { 'if-match': `"${version}"` }))).toBe('409 state.irreversible');
    expect((await read<State>(await get(`project/${projectId}`))).version).toBe(version);
    const viewer = await createRoleKey(gateway, mine, 'viewer');
    expect(await refused(await post(path, command, {}, viewer))).toBe('403 auth.forbidden');
    expect(await refused(await post(path, { version: 'x' }))).toBe('400 request.invalid body.version');
  });
});

describe('an export', () => {
  it('makes the object again where it was lost, and is tried without leaving anything', async () => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    await pause(projectId);
    const before = await read<State>(await get(`project/${projectId}`));
    const answer = await get(`project/${projectId}/export`);
    expect(answer.headers.get('content-disposition')).toContain(`project-${projectId}.jsonl`);
    const file = await answer.text();
    expect(await refused(await postFile(`project/${projectId}/import`, file))).toBe('409 resource.conflict');
    const trial = await read<{ hash: string; migrated: string[] }>(await postFile('project/trial', file));
    expect(trial).toMatchObject({ hash: before.hash, migrated: [] });
    // Another workspace may try the file, and cannot import it.
    await read(await postFile('project/trial', file, other.ownerKey));
    expect(await refused(await postFile(`project/${projectId}/import`, file, other.ownerKey))).toBe(
      '400 request.invalid signature',
    );
    const stub = bindings.PROJECT.getByName(`${mine.workspaceId}/project/${projectId}`);
    await runInDurableObject(stub, (_instance, { storage }) => storage.deleteAll());
    await scheduler.wait(0);
    await abortAllDurableObjects();
    expect(await read(await postFile(`project/${projectId}/import`, file))).toMatchObject({ hash: before.hash });
    expect((await read<State>(await get(`project/${projectId}`))).hash).toBe(before.hash);
  });

  it.each([
    ['without its last line', (file: string) => file.split('\n').slice(0, -2).join('\n')],
    ['with one letter changed', (file: string) => file.replace('Shelf', 'Shelg')],
    [
      'with a signature of zeros',
      (file: string) => file.replace(/"signature":"[^"]*"/, `"signature":"${'0'.repeat(64)}"`),
    ],
    ['that is empty', () => ''],
    ['that is 5 MB of one letter', () => 'x'.repeat(5_000_000)],
  ])('%s is refused before anything is woken', async (_what, spoil) => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    const file = await (await get(`project/${projectId}/export`)).text();
    expect(await refused(await postFile(`project/${ids.create('prj')}/import`, spoil(file)))).toBe(
      '400 request.invalid signature',
    );
  });

  it('above what is taken is too large', async () => {
    expect(await refused(await postFile('project/trial', 'x'.repeat(33 * 1_048_576)))).toBe(
      '413 request.too_large body',
    );
  });
});

describe('the life of an object', () => {
  it('is steered: deactivated, seen, revived', async () => {
    const projectId = await createTestProject(gateway, mine.ownerKey);
    const life = async () => (await read<{ phase: string }>(await get(`project/${projectId}/lifecycle`))).phase;
    const order = await post(`project/${projectId}/deactivate`, { reason: 'maintenance' });
    expect(await read(order)).toMatchObject({ phase: 'deactivating', reason: 'maintenance' });
    while ((await life()) === 'deactivating') await scheduler.wait(1);
    expect(await life()).toBe('inactive');
    await read(await get(`project/${projectId}`));
    expect(await life()).toBe('inactive');
    await gateway.send(`/api/projects/${projectId}/pause`, { key: mine.ownerKey, method: 'POST' });
    expect(await life()).not.toBe('inactive');
    await read(await post(`project/${projectId}/deactivate`, {}));
    while ((await life()) === 'deactivating') await scheduler.wait(1);
    const revived = await gateway.send(`/api/objects/project/${projectId}/revive`, {
      key: mine.ownerKey,
      method: 'POST',
    });
    expect((await read<{ phase: string }>(revived)).phase).not.toBe('inactive');
  });
});

describe('the health of every component', () => {
  it('is one page: parts, the workspace, projects with their agents, each with its phase', async () => {
    const workspace = await createWorkspace(gateway);
    const projectId = await createTestProject(gateway, workspace.ownerKey);
    interface Health {
      readonly status: string;
      readonly parts: Record<string, { readonly status: string }>;
      readonly components: readonly {
        readonly kind: string;
        readonly objectId: string;
        readonly phase?: string;
        readonly status: string;
      }[];
      readonly next?: string;
      readonly nextTopic?: string;
    }
    const page = async (query = ''): Promise<Health> =>
      await read(await gateway.send(`/api/health/components${query}`, { key: workspace.ownerKey }));
    const health = await page();
    expect(Object.keys(health.parts)).toEqual(['directory', 'sandbox', 'toolchain']);
    const found = health.components.map(({ kind, objectId, status }) => `${kind} ${objectId} ${status}`);
    expect(found).toEqual(
      expect.arrayContaining([
        `workspace ${workspace.workspaceId} up`,
        `topic-catalog ${workspace.workspaceId} up`,
        `composer ${workspace.workspaceId} up`,
        'service-registry 3 up',
        `project ${projectId} up`,
        `agent agt_${projectId.slice(4)} up`,
      ]),
    );
    // The stand-in for repositories of these tests is no managed object: it cannot say how it is, and is told as down.
    expect(health.components.find(({ kind }) => kind === 'repository')?.status).toBe('down');
    expect(health.status).toBe('degraded');
    await createTestProject(gateway, workspace.ownerKey);
    const first = await page('?limit=1');
    const second = await page(`?limit=1&after=${first.next}`);
    const projects = (given: Health) =>
      given.components.filter(({ kind }) => kind === 'project').map(({ objectId }) => objectId);
    expect([...projects(first), ...projects(second)]).toContain(projectId);
    expect(second.components.some(({ kind }) => kind === 'workspace')).toBe(false);
    for (const topic of ['a', 'b']) {
      await gateway.send(`/api/topics/${topic}`, { key: workspace.ownerKey, method: 'PUT', json: {} });
    }
    const topics = (given: Health) =>
      given.components.filter(({ kind }) => kind === 'topic').map(({ objectId }) => objectId);
    const withTopics = await page('?limit=1');
    expect([topics(withTopics), withTopics.nextTopic]).toEqual([['a'], 'a']);
    const rest = await page('?limit=1&afterTopic=a');
    expect(rest.components.map(({ kind, objectId }) => `${kind} ${objectId}`)).toEqual(['topic b']);
    expect((await page('?limit=1&after=prj_x').catch(() => undefined)) ?? 'refused').toBe('refused');
  });
});
