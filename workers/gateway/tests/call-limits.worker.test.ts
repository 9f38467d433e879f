/** Rates, kept answers and what browsers may send, on `/v1`. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { testCreateClock } from '../../../shared/ports/clock.ts';
import type { ApiUsage } from '../../../shared/rpc/workspace-calls.ts';
import { createChatModels } from '../chat-models.ts';
import { parseConfig } from '../config.ts';
import { cacheKeyOf } from '../model-calls/cache-key.ts';
import type { Services } from '../services.ts';
import {
  bindings,
  createGateway,
  createWorkspace,
  pepper,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';
import { readError, readStream, textOf } from '../testing/openai-answers.ts';

const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: [],
});

const newGateway = (replaced: Partial<Services> = {}, variables: Record<string, string> = {}): Gateway =>
  createGateway({ chatModels, ...replaced }, variables);

const operator = newGateway();
let workspace: TestWorkspace;
let stranger: TestWorkspace;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(operator);
  stranger = await createWorkspace(operator);
});

const messages = [{ role: 'user', content: 'Hello' }];

const ask = (
  gateway: Gateway,
  { ownerKey }: TestWorkspace,
  model: string,
  {
    headers = {},
    ...more
  }: { readonly headers?: Readonly<Record<string, string>>; readonly [field: string]: unknown } = {},
): Promise<Response> =>
  gateway.send('/v1/chat/completions', {
    key: ownerKey,
    headers,
    json: { model, messages, max_completion_tokens: 100, ...more },
  });

const rates = { AIDEVOS_RATE_LIMITS: 'key.requests=3,workspace.tokens=1000,openai/slow.requests=1' };

describe('rates', () => {
  it('are told with every answer, and refuse what is beyond them until it is paid for', async () => {
    const clock = testCreateClock(Date.now());
    const gateway = newGateway({ clock }, rates);
    const first = await ask(gateway, workspace, 'openai/gpt-4o');
    expect(first.status).toBe(200);
    const header = (answer: Response, name: string): string | null => answer.headers.get(`x-ratelimit-${name}`);
    expect(['limit-requests', 'remaining-requests', 'reset-requests'].map((name) => header(first, name))).toEqual([
      '3',
      '2',
      '20s',
    ]);
    expect(header(first, 'limit-tokens')).toBe('1000');
    const broken = await ask(gateway, workspace, 'anthropic/broken');
    expect([broken.status, header(broken, 'remaining-requests')]).toEqual([502, '1']);
    const stream = await ask(gateway, workspace, 'openai/gpt-4o', { stream: true });
    expect(header(stream, 'remaining-requests')).toBe('0');
    await stream.text();
    const refused = await ask(gateway, workspace, 'openai/gpt-4o');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after-ms')).toBe('20000');
    expect([refused.headers.get('retry-after'), header(refused, 'remaining-requests')]).toEqual(['20', '0']);
    expect(await readError(refused)).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' });
    clock.advance(20_000);
    expect((await ask(gateway, workspace, 'openai/gpt-4o')).status).toBe(200);
    await gateway.settle();
  });

  it('count what was really used, hold for a named model, and say nothing of other workspaces', async () => {
    const gateway = newGateway({}, rates);
    const large = 'x'.repeat(4_000);
    const answer = await ask(gateway, workspace, 'openai/gpt-4o', { messages: [{ role: 'user', content: large }] });
    expect(answer.headers.get('x-ratelimit-remaining-tokens')).toBe('0');
    // It was charged with about 1,000 tokens, and the provider said 22.
    const next = await ask(gateway, workspace, 'openai/slow');
    expect(Number(next.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(900);
    const slow = await ask(gateway, workspace, 'openai/slow');
    expect((await readError(slow)).message).toContain('this model: 1 requests per minute');
    expect((await ask(gateway, stranger, 'openai/slow')).headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect((await ask(gateway, stranger, 'openai/other')).headers.get('x-ratelimit-remaining-requests')).toBe('1');
    await gateway.settle();
  });

  it('are refused as a variable with the entry at fault', () => {
    const parsed = parseConfig({ AIDEVOS_KEY_PEPPER: pepper, AIDEVOS_RATE_LIMITS: 'key.requests=3,team.requests=9' });
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.error.issues?.[0]?.field).toBe('AIDEVOS_RATE_LIMITS');
    expect(parsed.error.issues?.[0]?.reason).toContain('"team.requests=9"');
  });
});

describe('a kept answer', () => {
  const headers = { 'x-aidevos-cache': '60' };
  const usageOf = async ({ workspaceId, ownerKey }: TestWorkspace): Promise<ApiUsage> =>
    await (await operator.send(`/api/workspaces/${workspaceId}/usage`, { key: ownerKey })).json();

  it.each([
    ['openai/gpt-4o', false],
    ['openai/gpt-4o', true],
    ['anthropic/plain', true],
  ])(
    'of %s (streamed: %s) is given again with its age, costs nothing, and is the workspace’s own',
    async (model, stream) => {
      const own = await createWorkspace(operator);
      const clock = testCreateClock(Date.now());
      const gateway = newGateway({ clock });
      const plain = await ask(gateway, own, model, { stream });
      expect([plain.headers.get('x-aidevos-cache'), plain.headers.get('age')]).toEqual([null, null]);
      await plain.text();
      const first = await ask(gateway, own, model, { stream, headers });
      expect(first.headers.get('x-aidevos-cache')).toBe('miss');
      const text = await first.text();
      clock.advance(7_000);
      const again = await ask(gateway, own, model, { stream, headers });
      expect([again.headers.get('x-aidevos-cache'), again.headers.get('age')]).toEqual(['hit', '7']);
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
      expect(await again.text()).toBe(text);
      const other = await ask(gateway, stranger, model, { stream, headers });
      expect(other.headers.get('x-aidevos-cache')).toBe('miss');
      await other.text();
      clock.advance(60_000);
      const late = await ask(gateway, own, model, { stream, headers });
      expect(late.headers.get('x-aidevos-cache')).toBe('miss');
      await late.text();
      await gateway.settle();
      expect((await usageOf(own)).totals).toMatchObject({ requests: 4, cacheHits: 1, inputTokens: 36 });
    },
  );

  it('is made once for requests that come at once', async () => {
    const own = await createWorkspace(operator);
    const gateway = newGateway();
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const answer = await ask(gateway, own, 'openai/gpt-4o', { stream: true, headers });
        return [answer.headers.get('x-aidevos-cache'), textOf(await readStream(answer))];
      }),
    );
    expect(answers.filter(([state]) => state === 'miss')).toHaveLength(1);
    expect(new Set(answers.map(([, text]) => text)).size).toBe(1);
    await gateway.settle();
    expect((await usageOf(own)).totals).toMatchObject({ requests: 8, cacheHits: 7, outputTokens: 10 });
  });

  it.each(['broken', 'cut', 'error-frame'])('is never one that is %s', async (fault) => {
    const gateway = newGateway();
    for (const stream of [false, true, true]) {
      const answer = await ask(gateway, workspace, `openai/${fault}`, { stream, headers });
      expect(answer.headers.get('x-aidevos-cache')).not.toBe('hit');
      await answer.text();
    }
    await gateway.settle();
  });

  it('is not waited for when the first client leaves', async () => {
    const gateway = newGateway();
    const first = await ask(gateway, workspace, 'openai/silent', { stream: true, headers });
    const reader = first.body?.getReader();
    await reader?.read();
    const second = ask(gateway, workspace, 'openai/silent', { stream: true, headers });
    await reader?.cancel();
    const answer = await second;
    expect(answer.headers.get('x-aidevos-cache')).toBe('miss');
    await answer.body?.cancel();
    await gateway.settle();
  });

  it.each(['0', '-1', '1.5', 'yes', '100000'])('cannot be asked for with %s', async (seconds) => {
    const answer = await ask(operator, workspace, 'openai/gpt-4o', { headers: { 'x-aidevos-cache': seconds } });
    expect(answer.status).toBe(400);
    expect((await readError(answer)).param).toBe('x-aidevos-cache');
  });

  it('has a key of every field, whatever their order, and of numbers that JavaScript cannot hold', async () => {
    const keyOf = (text: string, workspaceId = 'w', model = 'm'): Promise<string> =>
      cacheKeyOf(workspaceId, { wire: 'chat', model }, { text, value: JSON.parse(text) });
    const base = await keyOf('{"a":1,"b":{"c":2,"d":[1,2]}}');
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf('{ "b": {"d":[1,2],"c":2.0}, "a":1 }')).toBe(base);
    const others = [
      await keyOf('{"a":1,"b":{"c":2,"d":[2,1]}}'),
      await keyOf('{"a":1,"b":{"c":2,"d":[1,2]},"e":null}'),
      await keyOf('{"a":1,"b":{"c":2,"d":[1,2]}}', 'v'),
      await keyOf('{"a":1,"b":{"c":2,"d":[1,2]}}', 'w', 'n'),
      await keyOf('{"seed":9223372036854775807}'),
      await keyOf('{"seed":9223372036854775806}'),
      await keyOf('{"seed":1e400}'),
      await keyOf('{"seed":null}'),
      base,
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});

describe('browsers', () => {
  it('may send what the SDKs send, and read what they read', async () => {
    const origin = 'https://dashboard.example.com';
    const asked = 'authorization,content-type,x-stainless-lang,x-stainless-retry-count,x-aidevos-cache';
    const preflight = await operator.send('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
    });
    const allowed = preflight.headers.get('access-control-allow-headers')?.split(',') ?? [];
    expect(allowed).toEqual(expect.arrayContaining(asked.split(',')));
    const answer = await operator.send('/v1/models', { key: workspace.ownerKey, headers: { origin } });
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-ratelimit-remaining-tokens');
  });
});
