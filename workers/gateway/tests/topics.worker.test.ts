import { beforeAll, describe, expect, it } from 'vitest';
import {
  createGateway,
  createTestProject,
  createWorkspace,
  prepareDirectory,
  type TestWorkspace,
} from '../testing/harness.ts';

const gateway = createGateway();
let mine: TestWorkspace;

beforeAll(async () => {
  await prepareDirectory();
  mine = await createWorkspace(gateway);
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

const send = async (method: string, path: string, json?: unknown, headers = {}): Promise<Answer> => {
  const options = { method, key: mine.ownerKey, headers, ...(json === undefined ? {} : { json }) };
  const answer = await gateway.send(path, options);
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
};
const publish = (topic: string, events: readonly unknown[], headers = {}) =>
  send('POST', `/api/topics/${topic}/events`, { events }, headers);

describe('the topics of a workspace', () => {
  it('take events, hand them to a group, and show what is left', async () => {
    const topic = 'shop.orders';
    expect(await publish(topic, [{ type: 'placed', key: 'o-1', data: { total: 3 } }])).toMatchObject({
      status: 200,
      body: { first: 1, last: 1, duplicate: false },
    });
    const group = `/api/topics/${topic}/groups/billing`;
    expect(await send('PUT', group, { maxAttempts: 1 })).toMatchObject({ status: 200, body: { next: 1, lag: 1 } });
    const pulled = await send('POST', `${group}/pull`, { limit: 5 });
    expect(pulled).toMatchObject({ status: 200, body: { lag: 1, events: [{ sequence: 1, lease: 1, attempt: 1 }] } });
    const leases = [{ sequence: 1, lease: 1 }];
    expect(await send('POST', `${group}/extend`, { leases, leaseMs: 5_000 })).toMatchObject({ body: { settled: 1 } });
    expect(await send('POST', `${group}/reject`, { leases, cause: 'no paper' })).toMatchObject({
      body: { settled: 1 },
    });
    const letters = await send('GET', `${group}/dead-letters`);
    expect(letters).toMatchObject({ body: { deadLetters: [{ letterId: 1, cause: 'no paper' }], next: 1 } });
    expect(await send('POST', `${group}/dead-letters/1/replay`)).toMatchObject({ status: 202 });
    const again = await send('POST', `${group}/pull`, {});
    expect(again).toMatchObject({ body: { events: [{ sequence: 1, lease: 2 }] } });
    const settled = await send('POST', `${group}/acknowledge`, { leases: [{ sequence: 1, lease: 2 }] });
    expect(settled).toMatchObject({ body: { settled: 1, stale: [] } });
    expect(await send('POST', `${group}/seek`, { after: 0 })).toMatchObject({ body: { next: 1, lag: 1 } });
    expect(await send('GET', `/api/topics/${topic}`)).toMatchObject({ body: { sequence: 1, groups: [{ lag: 1 }] } });
    expect(await send('GET', '/api/topics?pattern=shop.*')).toMatchObject({ body: { topics: [{ topic }] } });
    expect(await send('DELETE', group)).toMatchObject({ status: 200 });
    expect(await send('DELETE', group)).toMatchObject({ status: 404 });
    expect(await send('DELETE', `/api/topics/${topic}`)).toMatchObject({ status: 200 });
    expect(await send('GET', `/api/topics/${topic}`)).toMatchObject({ status: 404 });
  });

  it('stamp who published, and take an idempotency key once', async () => {
    const headers = { 'idempotency-key': 'the-same' };
    const events = [{ type: 'placed', data: 1 }];
    expect((await publish('stamps', events, headers)).body).toMatchObject({ first: 1, duplicate: false });
    expect((await publish('stamps', events, headers)).body).toMatchObject({ first: 1, duplicate: true });
    expect(await publish('stamps', [{ type: 'placed', data: 2 }], headers)).toMatchObject({ status: 422 });
    const page = await send('GET', '/api/topics/stamps/events');
    expect(page.body).toMatchObject({ events: [{ event: { source: expect.stringMatching(/^key:key_/) } }], next: 1 });
    expect(await publish('stamps', [{ type: 'a', data: 1, source: 'somebody' }])).toMatchObject({ status: 400 });
  });

  it('are followed as server-sent events from a sequence on, live', async () => {
    await publish('live', [
      { type: 'a', data: 1 },
      { type: 'a', data: 2 },
    ]);
    const answer = await gateway.send('/api/topics/live/events?after=1', {
      key: mine.ownerKey,
      headers: { accept: 'text/event-stream' },
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader?.read())?.value ?? '';
    };
    await readUntil('caught_up');
    expect(text).toContain('id: 2\n');
    expect(text).not.toContain('id: 1\n');
    await publish('live', [{ type: 'a', data: 3 }]);
    await readUntil('id: 3\n');
    await reader?.cancel();
  });

  it('answer 429 with Retry-After beyond their rate, and 410 with the oldest sequence behind retention', async () => {
    expect(await send('PUT', '/api/topics/slow', { eventsPerSecond: 1, maxBytes: 65_536 })).toMatchObject({
      status: 200,
    });
    await publish('slow', [{ type: 'a', data: 1 }]);
    const refused = await publish('slow', [{ type: 'a', data: 2 }]);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate.limited', retryable: true } });
    expect(refused.headers.get('retry-after')).toBe('1');
    await send('PUT', '/api/topics/slow', { eventsPerSecond: 1_000 });
    for (let round = 0; round < 9; round += 1) await publish('slow', [{ type: 'a', data: 'x'.repeat(9_000) }]);
    const gone = await send('GET', '/api/topics/slow/events');
    expect(gone).toMatchObject({ status: 410, body: { code: 'cursor.gone', oldestSequence: expect.any(Number) } });
  });
});

describe('bad input', () => {
  it.each([
    ['a topic name of 10,000 characters', 'POST', `/api/topics/${'a'.repeat(10_000)}/events`, { events: [] }, 'topic'],
    [
      'a topic name with a wildcard',
      'POST',
      '/api/topics/orders.*/events',
      { events: [{ type: 'a', data: 1 }] },
      'topic',
    ],
    ['no events', 'POST', '/api/topics/bad/events', { events: [] }, 'events'],
    ['an unknown field', 'PUT', '/api/topics/bad', { maxAge: 5 }, 'body'],
    ['a retention below its bound', 'PUT', '/api/topics/bad', { maxBytes: 1 }, 'maxBytes'],
    ['a pattern that is none', 'PUT', '/api/subscriptions/s', { pattern: '>.a' }, 'pattern'],
    ['an empty list of leases', 'POST', '/api/topics/t/groups/g/acknowledge', { leases: [] }, 'leases'],
    ['a type that is two patterns', 'PUT', '/api/topics/t/groups/g', { types: ['a*b*'] }, 'types'],
    [
      'a message to nobody',
      'PUT',
      '/api/topics/t/groups/g',
      { target: { kind: 'message', projectId: 'prj_00000000000000000000000000', recipient: 'Bob' } },
      'recipient',
    ],
    ['a seek to nowhere', 'POST', '/api/topics/t/groups/g/seek', {}, 'body'],
  ])('%s is refused and named', async (_, method, path, json, field) => {
    const answer = await send(method, path, json);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body['errors'])).toContain(field);
  });

  it('an event larger than the limit is refused and named', async () => {
    const answer = await publish('bad', [{ type: 'a', data: 'x'.repeat(300_000) }]);
    expect(answer).toMatchObject({ status: 413, body: { errors: [{ field: 'events.0.data' }] } });
  });

  it('a target outside the workspace or outside the app is refused', async () => {
    await send('PUT', '/api/topics/targets', {});
    const other = await createWorkspace(gateway);
    const projectId = await createTestProject(gateway, other.ownerKey);
    const put = (target: object) => send('PUT', '/api/topics/targets/groups/g', { target });
    expect(await put({ kind: 'app', projectId, path: '/events' })).toMatchObject({ status: 404 });
    expect(await put({ kind: 'message', projectId, recipient: '*' })).toMatchObject({ status: 404 });
    const own = await createTestProject(gateway, mine.ownerKey);
    for (const path of ['/../x', '/a/../../b', '//evil', '/%2e%2e/x', 'x', '/a b', '/a?b', 'https://example.com']) {
      expect([path, (await put({ kind: 'app', projectId: own, path })).status]).toEqual([path, 400]);
    }
    expect(await put({ kind: 'app', projectId: own, path: '/events' })).toMatchObject({ status: 200 });
    expect(await put({ kind: 'topic', topic: 'targets' })).toMatchObject({ status: 400 });
    expect(await put({ kind: 'message', projectId: own, recipient: 'role:qa' })).toMatchObject({
      status: 200,
      body: { settings: { target: { kind: 'message', recipient: 'role:qa' }, types: [] } },
    });
    expect(await put({ kind: 'url', url: 'https://example.com' })).toMatchObject({ status: 400 });
  });

  it('whoever would speak for the platform is refused, in each way there is', async () => {
    const events = [{ type: 'gates.evaluated', data: {} }];
    await send('PUT', '/api/topics/platform.projects', {});
    const schema = { type: 'gates.evaluated', schema: true };
    for (const answer of [
      await publish('platform.projects', events),
      await publish('platform.anything', events),
      await send('POST', '/api/topics/platform.projects/schemas', schema),
      await send('PUT', '/api/topics/targets/groups/g', { target: { kind: 'topic', topic: 'platform.projects' } }),
      await send('PUT', '/api/subscriptions/s', {
        pattern: 'a',
        target: { kind: 'topic', topic: 'platform.projects' },
      }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    }
    const { body } = await send('GET', '/api/topics/platform.projects/schemas');
    expect(JSON.stringify(body)).toContain('gates.evaluated');
  });
});
