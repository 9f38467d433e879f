import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { RetryPolicy } from '../../domain/model/retry.ts';
import type { ModelRequest } from '../../ports/model-client.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import type { FakeModelServer, FaultSchedule } from '../../testing/models/script.ts';
import { createModelClient, readModelAccounts } from './index.ts';

const policy: RetryPolicy = { maxAttempts: 3, baseDelayMs: 100, maxDelayMs: 1_000, maxRetryAfterMs: 60_000 };
const request: ModelRequest = {
  model: 'test-model',
  system: '',
  messages: [{ role: 'user', content: 'Say hello.' }],
  tools: [],
  maxOutputTokens: 100,
  idempotencyKey: 'key-1',
};

let server: FakeModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** The whole way from a configuration to an answer; the waits are noted instead of waited. */
const call = async (faults: FaultSchedule) => {
  server = await startFakeAnthropic(() => ({ text: 'hello' }), faults);
  const waits: number[] = [];
  const selected = createModelClient({
    model: 'anthropic/test-model',
    accounts: readModelAccounts({ ANTHROPIC_API_KEY: server.apiKey, ANTHROPIC_BASE_URL: server.url }),
    retry: {
      policy,
      dependencies: {
        sleep: async (ms) => {
          waits.push(ms);
        },
        random: () => 0.5,
      },
    },
  });
  if (!selected.ok) throw new Error(selected.error.detail);
  const answer = await collectAnswer(selected.value.client, { ...request, model: selected.value.model });
  return { answer, waitedMs: waits.reduce((sum, ms) => sum + ms, 0), requests: server.requests };
};

describe('withRetries', () => {
  it('comes back after failures that pass, with the same idempotency key', async () => {
    const { answer, requests } = await call([
      { type: 'status', status: 529 },
      { type: 'status', status: 500 },
    ]);
    expect(answer).toMatchObject({ ok: true, text: 'hello' });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1', 'key-1']);
  });

  it('waits as long as the provider asks for', async () => {
    const { answer, waitedMs } = await call([{ type: 'status', status: 429, retryAfter: '7' }]);
    expect(answer.ok).toBe(true);
    expect(waitedMs).toBeGreaterThanOrEqual(7_000);
  });

  it('gives the last failure after the last attempt', async () => {
    const overloaded = { type: 'status', status: 529 } as const;
    const { answer, requests } = await call([overloaded, overloaded, overloaded, overloaded]);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'overloaded' } });
    expect(requests).toHaveLength(3);
  });

  it('never says twice what it has already delivered', async () => {
    const { answer, requests } = await call([{ type: 'error_frame', frames: 5, code: 'overloaded_error' }]);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'overloaded' } });
    expect(requests).toHaveLength(1);
  });

  it('comes back when a stream breaks before anything was delivered', async () => {
    const { answer, requests } = await call([{ type: 'cut_after', bytes: 5 }]);
    expect(answer).toMatchObject({ ok: true, text: 'hello' });
    expect(requests).toHaveLength(2);
  });

  it('does not come back where it cannot help', async () => {
    const { answer, requests } = await call([{ type: 'status', status: 400 }]);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'invalid_request' } });
    expect(requests).toHaveLength(1);
  });
});

describe('createModelClient', () => {
  it('reaches OpenAI by its name and address from the variables', async () => {
    server = await startFakeOpenAi(() => ({ text: 'hello from there' }));
    const accounts = readModelAccounts({ OPENAI_API_KEY: server.apiKey, OPENAI_BASE_URL: `${server.url}/v1` });
    const selected = createModelClient({ model: 'openai/gpt-test', accounts });
    if (!selected.ok) throw new Error(selected.error.detail);
    const answer = await collectAnswer(selected.value.client, { ...request, model: selected.value.model });
    expect(answer).toMatchObject({ ok: true, text: 'hello from there' });
    expect(server.requests[0]?.body).toMatchObject({ model: 'gpt-test' });
  });

  it('takes an embedded client by its name', () => {
    const client = { stream: () => (async function* () {})() };
    const selected = createModelClient({
      model: 'offline/engineer?faults=1',
      accounts: {},
      embedded: { offline: client },
    });
    expect(selected).toEqual({ ok: true, value: { provider: 'offline', model: 'engineer?faults=1', client } });
  });

  it('names what is missing', () => {
    expect(
      createModelClient({ model: 'anthropic/claude', accounts: readModelAccounts({ ANTHROPIC_API_KEY: '' }) }),
    ).toMatchObject({
      ok: false,
      error: { type: 'configuration.invalid', issues: [{ field: 'ANTHROPIC_API_KEY' }] },
    });
    for (const model of ['mistral/large', 'constructor/x', 'no-slash']) {
      expect(createModelClient({ model, accounts: {} })).toMatchObject({
        ok: false,
        error: { issues: [{ field: 'model' }] },
      });
    }
  });
});
