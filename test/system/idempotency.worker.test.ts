import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../shared/adapters/crypto/api-keys.ts';
import { createApp } from '../../workers/gateway/app.ts';
import { parseConfig } from '../../workers/gateway/config.ts';
import { createServices, type GatewayBindings } from '../../workers/gateway/create-services.ts';
import { createWorld, newId, specification, valueOf } from './method-cases/world.ts';
import { withApp } from './method-cases/project-cases.ts';

const pepper = 'a pepper for the tests, long enough';
const operator = await createApiKey('test', newId('key'), pepper);
const config = valueOf(
  parseConfig({ AIDEVOS_ENVIRONMENT: 'test', AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_BOOTSTRAP_KEY_HASH: operator.hash }),
);
// SAFETY: the objects, the directory and the helpers are bound; what is not is not reached by these routes.
const app = createApp({ ...createServices(env as unknown as GatewayBindings, config), log: () => undefined });

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

const send = async (
  method: string,
  path: string,
  name: string,
  body: object | undefined,
  key: string,
): Promise<Answer> => {
  const answer = await app.request(`https://aidevos.test${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'idempotency-key': name,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // A request of its own has an id of its own; it stands in refusals.
  const text = (await answer.text()).replace(/"requestId":"[^"]*"/, '"requestId":""');
  return { status: answer.status, text, location: answer.headers.get('location') };
};

const json = (answer: Answer): Record<string, unknown> => JSON.parse(answer.text) as Record<string, unknown>;

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

let names = 0;
/** Gives the request twice, once more after a kill, and with another body. Answers the first answer. */
const repeat = async (
  method: string,
  path: string,
  body?: object,
  other?: object,
  key: string = operator.key,
): Promise<Answer> => {
  names += 1;
  const name = `order-${names}`;
  const first = await send(method, path, name, body, key);
  expect(await send(method, path, name, body, key)).toEqual(first);
  await kill();
  expect(await send(method, path, name, body, key)).toEqual(first);
  if (other !== undefined) {
    const refused = await send(method, path, name, other, key);
    expect([refused.status, json(refused)['code']]).toEqual([422, 'idempotency.mismatch']);
  }
  return first;
};

describe('a request with an Idempotency-Key', () => {
  it('is answered the first answer byte for byte: workspaces and keys, which are the same key', async () => {
    const made = await repeat('POST', '/api/workspaces', { name: 'team' }, { name: 'other team' });
    expect(made.status).toBe(201);
    const { workspaceId, ownerKey } = json(made) as { workspaceId: string; ownerKey: { key: string } };
    const keys = `/api/workspaces/${workspaceId}/keys`;
    const created = await repeat(
      'POST',
      keys,
      { name: 'ci', role: 'viewer' },
      { name: 'ci', role: 'owner' },
      ownerKey.key,
    );
    expect(created.status).toBe(201);
    const { key, keyId } = json(created) as { key: string; keyId: string };
    const caller = await send('GET', '/api/caller', 'look', undefined, key);
    expect(json(caller)).toMatchObject({ workspaceId, role: 'viewer' });
    expect((await repeat('DELETE', `${keys}/${keyId}`, undefined, undefined, ownerKey.key)).status).toBe(200);
    const listed = json(await send('GET', keys, 'list', undefined, ownerKey.key)) as { keys: unknown[] };
    expect(listed.keys).toHaveLength(2);
    const elsewhere = await send('POST', '/api/workspaces', 'order-other', { name: 'team' }, operator.key);
    expect(json(elsewhere)['workspaceId']).not.toBe(workspaceId);
  });

  it('is answered the first answer byte for byte: projects and what is done to them', async () => {
    const made = await repeat(
      'POST',
      '/api/projects',
      { specification },
      { specification: `${specification}\nMore.\n` },
    );
    expect(made.status).toBe(201);
    const path = `/api/projects/${String(json(made)['projectId'])}`;
    expect((await repeat('POST', `${path}/pause`)).status).toBe(200);
    const note = { recipient: '*', content: 'Hello' };
    expect((await repeat('POST', `${path}/messages`, note, { ...note, content: 'Bye' })).status).toBe(202);
    const promotion = { from: 'preview', to: 'production' };
    const promoted = await repeat('POST', `${path}/deployments/promote`, promotion, {
      from: 'staging',
      to: 'production',
    });
    expect(promoted.status).toBe(409);
    expect((await repeat('POST', `${path}/cancel`, { reason: 'enough' }, { reason: 'another' })).status).toBe(200);
  });
});

describe('a repeat while the first still runs', () => {
  it('is refused when it does not want to wait, and answered the first reply later', async () => {
    const world = await createWorld();
    await withApp(world);
    const project = world.project();
    const command = { commandId: 'slow', slot: 'preview' as const };
    const running = project.deploy(command);
    const refused = project.deploy({ ...command, whileRunning: 'refuse' });
    const waiting = project.deploy(command);
    expect(await refused).toMatchObject({ ok: false, error: { type: 'idempotency.running' } });
    const first = await running;
    expect(first).toMatchObject({ ok: true, value: { action: 'deployed' } });
    expect(await waiting).toEqual(first);
    expect(await project.deploy({ ...command, whileRunning: 'refuse' })).toEqual(first);
  });
});
