/** The single objects of the platform as services over HTTP. */
import { abortAllDurableObjects } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../../shared/adapters/crypto/random-ids.ts';
import type { DirectoryRecord } from '../../../shared/adapters/directory/schema.ts';
import { createDirectoryWriter } from '../../../shared/adapters/directory/writer.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const ids = createRandomIds(systemClock);
const writer = createDirectoryWriter(bindings.DIRECTORY);

let gateway: Gateway;
let workspace: TestWorkspace;

beforeAll(prepareDirectory);
beforeEach(async () => {
  gateway = createGateway();
  workspace = await createWorkspace(gateway);
});

const send = (path: string, options: Parameters<Gateway['send']>[1] = {}): Promise<Response> =>
  gateway.send(path, { key: workspace.ownerKey, ...options });

const projectId = ids.create('prj');

/** Agents of these statuses in the workspace, all backends of one project; answers their ids in order. */
const putAgents = async (...statuses: readonly string[]): Promise<readonly string[]> => {
  const records = statuses.map((status): DirectoryRecord & { readonly table: 'agent' } => ({
    table: 'agent',
    row: {
      id: ids.create('agt'),
      workspaceId: workspace.workspaceId,
      projectId,
      role: 'backend',
      name: 'backend-1',
      status,
      taskId: null,
      tasksDone: 0,
      projectEnded: 0,
      sourceSequence: 3,
    },
  }));
  await writer.write(records);
  return records.map(({ row }) => row.id).toSorted();
};

interface Answer {
  readonly services: readonly { readonly instance: string }[];
  readonly next?: string;
}

const read = async (path: string): Promise<{ readonly instances: readonly string[]; readonly next?: string }> => {
  const { services, next }: Answer = await (await send(path)).json();
  return { instances: services.map(({ instance }) => instance), ...(next === undefined ? {} : { next }) };
};

describe('single objects over HTTP', () => {
  it('are listed in pages after their kind, and each is one instance', async () => {
    const agents = await putAgents('idle', 'working', 'resting');
    const path = '/api/services/aidevos-agent';
    expect(await read(`${path}?limit=2`)).toEqual({
      instances: ['platform', ...agents.slice(0, 2)],
      next: `aidevos-agent/${agents[1]}`,
    });
    expect(await read(`${path}?limit=2&after=aidevos-agent/${agents[1]}`)).toEqual({ instances: agents.slice(2) });
    expect(await read(`/api/services?name=aidevos-agent&limit=2&after=aidevos-agent/${agents[1]}`)).toEqual({
      instances: agents.slice(2),
    });
    expect(await read(`${path}?after=aidevos-agent/${agents[2]}`)).toEqual({ instances: [] });
    expect(await read(`${path}?attribute=role:backend&attribute=projectId:${projectId}`)).toEqual({
      instances: agents,
    });
    expect(await read(`${path}?search=nobody`)).toEqual({ instances: [] });
    const one = await send(`/api/service-instances/aidevos-agent/${agents[0]}`);
    expect([one.status, await one.json()]).toMatchObject([
      200,
      {
        instance: agents[0],
        kind: 'platform',
        owner: 'platform',
        metadata: {
          title: 'backend-1',
          attributes: { role: 'backend', projectId },
          capabilities: ['engineering', 'mailbox', 'tools'],
        },
        endpoints: [{ kind: 'object', objectKind: 'agent', objectId: agents[0] }],
      },
    ]);
    expect((await read('/api/services?limit=500')).instances.filter((instance) => instance.startsWith('agt_'))).toEqual(
      [],
    );
  });

  it('are discovered by their attributes, idle ones first; without a name the kinds are, as ever', async () => {
    await putAgents('working', 'idle', 'resting');
    const path = '/api/service-discovery?name=aidevos-agent&attribute=role:backend';
    const { services }: { services: { metadata: { weight: number; attributes: { status: string } } }[] } = await (
      await send(path)
    ).json();
    expect(services.map(({ metadata }) => [metadata.attributes.status, metadata.weight])).toEqual([
      ['idle', 100],
      ['working', 100],
      ['resting', 0],
    ]);
    expect((await read(`${path}&limit=1`)).instances).toHaveLength(1);
    expect(await read(`${path}&attribute=status:asleep`)).toEqual({ instances: [] });
    expect(await read(`${path}&version=^9`)).toEqual({ instances: [] });
    expect(await read(`${path}&capability=git`)).toEqual({ instances: [] });
    expect(await read('/api/service-discovery?capability=engineering')).toEqual({ instances: ['platform'] });
    expect(await read('/api/service-discovery?name=aidevos-service-registry&limit=3')).toEqual({
      instances: ['platform', '0', '1'],
    });
  });

  it('are topics too, as the catalogue has them', async () => {
    await send('/api/topics/Shop.orders', { method: 'PUT', json: {} });
    expect((await read('/api/services/aidevos-topic?attribute=publisher:workspace')).instances).toEqual([
      'Shop.orders',
    ]);
    expect((await send('/api/service-instances/aidevos-topic/Shop.orders')).status).toBe(200);
    expect((await send('/api/service-instances/aidevos-topic/shop.orders')).status).toBe(404);
  });

  it('are found while every object is aborted, the registry’s among them', async () => {
    const [agent] = await putAgents('idle');
    await abortAllDurableObjects();
    expect((await read('/api/service-discovery?name=aidevos-agent')).instances).toContain(agent);
  });

  it('of one workspace are nobody else’s, and a viewer may see them', async () => {
    const [agent] = await putAgents('idle');
    const other = await createWorkspace(gateway);
    const asOther = (path: string) => gateway.send(path, { key: other.ownerKey });
    expect((await asOther(`/api/service-instances/aidevos-agent/${agent}`)).status).toBe(404);
    const listed: Answer = await (await asOther('/api/services/aidevos-agent')).json();
    expect(listed.services.map(({ instance }) => instance)).toEqual(['platform']);
    const found: Answer = await (
      await asOther('/api/service-discovery?name=aidevos-agent&attribute=role:backend')
    ).json();
    expect(found.services).toEqual([]);
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await gateway.send(`/api/service-instances/aidevos-agent/${agent}`, { key: viewer })).status).toBe(200);
  });

  it('cannot be changed, beaten for or deregistered, whether they are there or not', async () => {
    const [agent = ''] = await putAgents('idle');
    for (const id of [agent, ids.create('agt')]) {
      const path = `/api/service-instances/aidevos-agent/${id}`;
      for (const answer of [
        await send(path, { method: 'PATCH', json: { metadata: { weight: 1 } } }),
        await send(path, { method: 'DELETE' }),
        await send(`${path}/heartbeat`, { json: { leaseToken: 'guessed' } }),
      ]) {
        const detail = expect.stringContaining('single object of the platform');
        expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'auth.forbidden', detail }]);
      }
    }
    const kind = await send('/api/service-instances/aidevos-agent/platform', { method: 'DELETE' });
    expect([kind.status, await kind.json()]).toMatchObject([
      403,
      { detail: expect.stringContaining('belongs to platform') },
    ]);
  });

  it.each([
    ['/api/services/aidevos-agent?attribute=role', 'query.attribute'],
    ['/api/services/aidevos-agent?attribute=:backend', 'query.attribute'],
    ['/api/services/aidevos-agent?attribute=role:a&attribute=role:b', 'query.attribute'],
    ['/api/services/aidevos-agent?after=aidevos-project/prj_1', 'query.after'],
    ['/api/services/aidevos-agent?after=nonsense', 'query.after'],
    ['/api/services/aidevos-agent?limit=501', 'query.limit'],
    ['/api/service-discovery?limit=0', 'query.limit'],
    [`/api/service-discovery?attribute=${'x'.repeat(100)}:1`, 'query.attribute'],
  ])('refuse %s by the field', async (path, field) => {
    const refused = await send(path);
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { errors: [{ field: expect.stringContaining(field) }] },
    ]);
  });
});
