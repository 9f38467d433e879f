/** Provider keys of workspaces: who may see and change them, what they are used for, and that nobody gets them back. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectName } from '../../../durable-objects/stubs.ts';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { vaultCacheMs } from '../../../shared/adapters/vault/vaults.ts';
import {
  bindings,
  createGateway,
  createRoleKey,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';

const masterKey = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const vault = { AIDEVOS_VAULT_KEY: masterKey(1) };
const environment = readModelAccounts(bindings);
const goodKey = environment['openai']?.accounts[0]?.apiKey ?? '';
const badKey = 'sk-proj-wrong-key-0123456789-WXYZ';

let now = 1_700_000_000_000;
const clock = { now: () => now };
const gatewayWith = (variables: Record<string, string> = vault): Gateway => createGateway({ clock }, variables);

let gateway: Gateway;
let workspace: TestWorkspace;

beforeAll(prepareDirectory);
beforeEach(async () => {
  gateway = gatewayWith();
  workspace = await createWorkspace(gateway);
});

const send = (path: string, options: Parameters<Gateway['send']>[1] = {}, through = gateway): Promise<Response> =>
  through.send(path, { key: workspace.ownerKey, ...options });

const put = (name: string, apiKey: string, more: object = {}, through = gateway): Promise<Response> =>
  send(`/api/credentials/${name}`, { method: 'PUT', json: { apiKey, ...more } }, through);

const messages = [{ role: 'user', content: 'Hello' }];
const calls: readonly (readonly [wire: string, path: string, body: object])[] = [
  ['chat', '/v1/chat/completions', { model: 'openai/plain', messages, max_completion_tokens: 9 }],
  ['a stream', '/v1/chat/completions', { model: 'openai/plain', messages, stream: true, max_completion_tokens: 9 }],
  ['responses', '/v1/responses', { model: 'openai/plain', input: 'Hello', store: false }],
  ['messages', '/v1/messages', { model: 'openai/plain', messages, max_tokens: 9 }],
  ['embeddings', '/v1/embeddings', { model: 'openai/plain', input: 'Hello' }],
];

const chat = async (through = gateway): Promise<number> => {
  const answer = await send('/v1/chat/completions', { json: calls[0]?.[2] }, through);
  await answer.text();
  return answer.status;
};

interface Shown {
  readonly provider: string;
  readonly name: string;
  readonly lastFour?: string;
  readonly usedAt?: number;
  readonly result?: string;
}

const listed = async (): Promise<readonly Shown[]> => {
  const body: { credentials: readonly Shown[] } = await (await send('/api/credentials')).json();
  return body.credentials;
};

const eventTypes = async (): Promise<readonly string[]> => {
  const body: { events: readonly { type: string }[] } = await (await send('/api/credentials/events')).json();
  return body.events.map(({ type }) => type);
};

/** Everything that the workspace's object has on its disk, as text. */
const stored = async (): Promise<string> => {
  const { workspaceId } = workspace;
  const stub = bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));
  return await runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
    const own = tables.filter(({ name }) => !name.startsWith('sqlite_') && !name.startsWith('_cf'));
    return JSON.stringify(own.map(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray()));
  });
};

const change = async (sql: string): Promise<void> => {
  const { workspaceId } = workspace;
  const stub = bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));
  await runInDurableObject(stub, (_, { storage }) => void storage.sql.exec(sql));
};

describe('keeping keys', () => {
  it('shows the end of a key and who added it, and has the key itself nowhere', async () => {
    const answer = await put('openai/main', badKey);
    expect(answer.status).toBe(200);
    const answers = [
      await answer.text(),
      await (await send('/api/credentials')).text(),
      await (await send('/api/credentials/events')).text(),
      await (await send('/api/credentials/openai/main/test', { method: 'POST' })).text(),
      await (await put('openai/main', badKey, { colour: 'red' })).text(),
      await stored(),
      JSON.stringify(gateway.log),
    ];
    expect(answers[1]).toContain('"lastFour":"WXYZ"');
    for (const text of answers) expect(text).not.toContain('wrong-key');
  });

  it('is for owners, each in their own workspace', async () => {
    await put('openai/main', badKey);
    for (const role of ['member', 'viewer'] as const) {
      const key = await createRoleKey(gateway, workspace, role);
      expect((await gateway.send('/api/credentials', { key })).status).toBe(403);
      const json = { apiKey: goodKey };
      expect((await gateway.send('/api/credentials/openai/main', { key, method: 'PUT', json })).status).toBe(403);
    }
    const other = await createWorkspace(gateway);
    const theirs = await gateway.send('/api/credentials', { key: other.ownerKey });
    expect(await theirs.json()).toEqual({ available: true, credentials: [] });
    const removed = await gateway.send('/api/credentials/openai/main', { key: other.ownerKey, method: 'DELETE' });
    expect(removed.status).toBe(404);
    expect(await listed()).toHaveLength(1);
  });

  it('answers a repeat as the first, and notes every change', async () => {
    const headers = { 'idempotency-key': 'once' };
    const request = { method: 'PUT', json: { apiKey: badKey }, headers };
    const first = await (await send('/api/credentials/openai/main', request)).json();
    expect(await (await send('/api/credentials/openai/main', request)).json()).toEqual(first);
    await put('openai/main', goodKey);
    expect((await send('/api/credentials/openai/main', { method: 'DELETE' })).status).toBe(200);
    expect((await send('/api/credentials/openai/main', { method: 'DELETE' })).status).toBe(404);
    expect(await eventTypes()).toEqual(['credential.added', 'credential.replaced', 'credential.removed']);
  });

  it.each([
    ['a key with a space', 'openai/main', { apiKey: 'sk-0123 456789' }, 'apiKey'],
    ['a short key', 'openai/main', { apiKey: 'short' }, 'apiKey'],
    ['an unknown provider', 'nobody/main', { apiKey: badKey }, 'path.provider'],
    ['a provider without keys', 'workers-ai/main', { apiKey: badKey }, 'path.provider'],
    ['a provider without an address', 'custom/main', { apiKey: badKey }, 'body.baseUrl'],
    [
      'an address inside',
      'custom/main',
      { apiKey: badKey, baseUrl: 'http://169.254.169.254/v1' },
      'AIDEVOS_MODEL_ORIGINS',
    ],
    ['an address with a password', 'custom/main', { apiKey: badKey, baseUrl: 'http://a:b@127.0.0.1' }, 'credentials'],
  ])('refuses %s', async (_name, place, json, told) => {
    const answer = await send(`/api/credentials/${place}`, { method: 'PUT', json });
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain(told);
    expect(text).not.toContain(json.apiKey);
  });

  it('has bounds, and needs a key of the operator', async () => {
    for (let index = 0; index < 20; index += 1) expect((await put(`openai/k${index}`, badKey)).status).toBe(200);
    expect((await put('openai/one-more', badKey)).status).toBe(409);
    expect((await put('openai/k0', badKey)).status).toBe(200);
    const without = gatewayWith({});
    const refused = await put('openai/main', badKey, {}, without);
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain('AIDEVOS_VAULT_KEY');
    expect(await (await send('/api/credentials', {}, without)).json()).toMatchObject({ available: false });
  });
});

describe('using keys', () => {
  it.each(calls)('a wrong one is a bad gateway that repeats nothing of it: %s', async (_wire, path, json) => {
    const other = await createWorkspace(gateway);
    expect((await send(path, { json })).status).toBe(200);
    await put('openai/main', badKey);
    const answer = await send(path, { json });
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([502, 'false']);
    const text = await answer.text();
    expect(text).toContain('workspace’s key openai/main');
    expect(text + JSON.stringify(gateway.log)).not.toContain('wrong-key');
    // The platform's own key is still everybody else's.
    const theirs = await gateway.send(path, { key: other.ownerKey, json });
    expect(theirs.status).toBe(200);
  });

  it('several are a pool: a refused one is passed over', async () => {
    await put('openai/a', badKey);
    await put('openai/b', goodKey);
    const translated = { model: 'openai/plain', input: 'Hello', store: false };
    for (let count = 0; count < 3; count += 1) {
      expect((await send('/v1/responses', { json: translated })).status).toBe(200);
    }
    await gateway.settle();
    expect((await listed()).map(({ name, result }) => [name, result])).toEqual([
      ['a', 'authentication'],
      ['b', 'answered'],
    ]);
    expect(await eventTypes()).toEqual(['credential.added', 'credential.added', 'credential.refused']);
  });

  it('brings the models of a provider that the platform has none of', async () => {
    const { origin } = new URL(environment['openai']?.accounts[0]?.baseUrl ?? '');
    gateway = gatewayWith({ ...vault, AIDEVOS_MODEL_ORIGINS: origin });
    const json = { model: 'custom/plain', messages, max_completion_tokens: 9 };
    expect((await send('/v1/chat/completions', { json })).status).toBe(404);
    expect((await put('custom/main', goodKey, { baseUrl: `${origin}/v1` })).status).toBe(200);
    // The fake wants a limit by its newer name, which this server is not sent.
    expect((await send('/v1/chat/completions', { json })).status).not.toBe(404);
    // The operator thinks better of it.
    const stricter = gatewayWith();
    const refused = await send('/v1/chat/completions', { json }, stricter);
    expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining('provider_authentication')]);
  });

  it('is tried by a call that costs nothing', async () => {
    const test = async (name: string): Promise<unknown> =>
      await (await send(`/api/credentials/${name}/test`, { method: 'POST' })).json();
    for (const provider of ['openai', 'anthropic']) {
      await put(`${provider}/good`, goodKey);
      await put(`${provider}/bad`, badKey);
      expect(await test(`${provider}/good`)).toMatchObject({ accepted: true, result: 'answered', models: 1 });
      expect(await test(`${provider}/bad`)).toMatchObject({
        accepted: false,
        result: 'authentication',
        message: expect.stringContaining('refused the API key'),
      });
    }
    expect((await send('/api/credentials/openai/none/test', { method: 'POST' })).status).toBe(404);
    expect((await listed()).map(({ result }) => result)).toEqual([
      'authentication',
      'answered',
      'authentication',
      'answered',
    ]);
  });
});

describe('other isolates', () => {
  it('use a replaced key for at most five seconds', async () => {
    await put('openai/main', goodKey);
    const other = gatewayWith();
    expect([await chat(), await chat(other)]).toEqual([200, 200]);
    await other.settle();
    await put('openai/main', badKey);
    expect(await chat()).toBe(502);
    now += vaultCacheMs - 1;
    expect(await chat(other)).toBe(200);
    now += 1;
    expect(await chat(other)).toBe(502);
  });

  it('hear of it sooner, where they tell the workspace of their calls', async () => {
    await put('openai/main', goodKey);
    const other = gatewayWith();
    expect(await chat(other)).toBe(200);
    await put('openai/main', badKey);
    expect(await chat(other)).toBe(200);
    await other.settle();
    expect(await chat(other)).toBe(502);
  });
});

describe('sealing', () => {
  it('changes to another master key without a gap', async () => {
    await put('openai/main', goodKey);
    const both = gatewayWith({ AIDEVOS_VAULT_KEY: `${masterKey(2)}, ${masterKey(1)}` });
    expect(await chat(both)).toBe(200);
    const newer = gatewayWith({ AIDEVOS_VAULT_KEY: masterKey(2) });
    expect(await chat(newer)).toBe(200);
    expect(await eventTypes()).toEqual(['credential.added', 'vault.rewrapped']);
  });

  it('that does not open is told, and the platform’s key does not step in', async () => {
    await put('openai/main', goodKey);
    const foreign = gatewayWith({ AIDEVOS_VAULT_KEY: masterKey(9) });
    for (const [, path, json] of calls) {
      const answer = await send(path, { json }, foreign);
      expect([path, answer.status]).toEqual([path, 502]);
      expect(await answer.text()).toContain('No key of the workspace for openai can be used');
    }
    expect(JSON.stringify(foreign.log)).toContain('does not open');
    expect((await put('openai/more', goodKey, {}, foreign)).status).toBe(500);
    // Nothing of it can be opened any more: it is removed, and a new key begins.
    await send('/api/credentials/openai/main', { method: 'DELETE' }, foreign);
    expect((await put('openai/main', goodKey, {}, foreign)).status).toBe(200);
    expect(await chat(foreign)).toBe(200);
  });

  it.each([
    ['to another name', "UPDATE credential SET name = 'moved'"],
    ['to another provider', "UPDATE credential SET provider = 'openrouter'"],
    ['to another address', "UPDATE credential SET base_url = 'http://127.0.0.1:9/v1'"],
  ])('does not open when it was moved %s', async (_name, sql) => {
    await put('openai/main', goodKey);
    await change(sql);
    const fresh = gatewayWith({ ...vault, AIDEVOS_MODEL_ORIGINS: 'http://127.0.0.1:9' });
    const model = sql.includes('openrouter') ? 'openrouter/plain' : 'openai/plain';
    const answer = await send('/v1/chat/completions', { json: { ...calls[0]?.[2], model } }, fresh);
    expect(answer.status).toBe(502);
    expect(JSON.stringify(fresh.log)).toContain('does not open');
  });
});
