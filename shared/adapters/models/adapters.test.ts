import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { ModelClient, ModelEvent, ModelFailureKind, ModelRequest } from '../../ports/model-client.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import type { FakeModelServer, Fault, FaultSchedule, Script } from '../../testing/models/script.ts';
import { createAnthropicClient } from './anthropic.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { createOpenAiClient } from './openai.ts';

/** Generous where a test expects an answer; a fault test of a clock shortens that clock alone. */
const patient: CallLimits = { ...defaultCallLimits, firstByteMs: 10_000, idleMs: 10_000, totalMs: 10_000 };

interface Provider {
  readonly name: string;
  readonly start: (script: Script, faults?: FaultSchedule) => Promise<FakeModelServer>;
  readonly connect: (server: FakeModelServer, limits?: CallLimits, apiKey?: string) => ModelClient;
}

const providers: readonly Provider[] = [
  {
    name: 'anthropic',
    start: startFakeAnthropic,
    connect: (server, limits = patient, apiKey = server.apiKey) =>
      createAnthropicClient({ apiKey, baseUrl: server.url }, limits),
  },
  {
    name: 'openai',
    start: startFakeOpenAi,
    connect: (server, limits = patient, apiKey = server.apiKey) =>
      createOpenAiClient({ apiKey, baseUrl: `${server.url}/v1` }, limits),
  },
];

const request: ModelRequest = {
  model: 'test-model',
  system: 'You are a backend engineer.',
  messages: [{ role: 'user', content: 'Write the first file.' }],
  tools: [{ name: 'write_file', description: 'Writes a file.', parameters: { type: 'object', properties: {} } }],
  maxOutputTokens: 1_000,
  idempotencyKey: 'run-1/model/1',
};

const hello: Script = () => ({ text: 'Hello, this is an answer of some length.', inputTokens: 20, outputTokens: 9 });

let server: FakeModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const readAll = async (client: ModelClient, signal?: AbortSignal): Promise<readonly ModelEvent[]> => {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request, signal)) events.push(event);
  return events;
};

describe.each(providers)('$name', ({ start, connect }) => {
  it('streams text and ends with usage and the reason', async () => {
    server = await start(() => ({
      text: 'Hello there, engineer.',
      inputTokens: 20,
      outputTokens: 9,
      cachedInputTokens: 4,
    }));
    const events = await readAll(connect(server));
    expect(events.filter(({ type }) => type === 'text_delta').length).toBeGreaterThan(1);
    expect(events.slice(-2)).toEqual([
      { type: 'usage', usage: { inputTokens: 20, outputTokens: 9, cachedInputTokens: 4 } },
      { type: 'finished', stopReason: 'end' },
    ]);
    expect(await collectAnswer(connect(server), request)).toMatchObject({ ok: true, text: 'Hello there, engineer.' });
  });

  it('streams several tool calls with their arguments kept apart', async () => {
    server = await start(() => ({
      text: 'I write two files.',
      toolCalls: [
        { id: 'one', name: 'write_file', arguments: { path: 'a.ts', content: 'export const a = 1;' } },
        { id: 'two', name: 'write_file', arguments: { path: 'b.ts', content: '' } },
      ],
    }));
    expect(await collectAnswer(connect(server), request)).toMatchObject({
      ok: true,
      text: 'I write two files.',
      stopReason: 'tool_calls',
      toolCalls: [
        { id: 'one', name: 'write_file', argumentsJson: '{"path":"a.ts","content":"export const a = 1;"}' },
        { id: 'two', name: 'write_file', argumentsJson: '{"path":"b.ts","content":""}' },
      ],
    });
  });

  it('passes on malformed arguments and unknown tools exactly as they came', async () => {
    server = await start(() => ({ toolCalls: [{ id: 'x', name: 'no_such_tool', arguments: '{"path": "a.ts", ' }] }));
    expect(await collectAnswer(connect(server), request)).toMatchObject({
      ok: true,
      toolCalls: [{ id: 'x', name: 'no_such_tool', argumentsJson: '{"path": "a.ts", ' }],
    });
  });

  it('sends model, system text, tools, limit and the idempotency key', async () => {
    server = await start(hello);
    await readAll(connect(server));
    expect(server.requests[0]?.headers['idempotency-key']).toBe('run-1/model/1');
    const sent = JSON.stringify(server.requests[0]?.body);
    for (const part of ['test-model', 'backend engineer', 'write_file', 'first file', '1000'])
      expect(sent).toContain(part);
  });

  it('sends a conversation with calls, results and errors so that the provider takes it', async () => {
    const seen: string[] = [];
    server = await start((parsed) => {
      seen.push(...parsed.messages.map(({ role }) => role));
      return { text: 'ok' };
    });
    const answer = await collectAnswer(connect(server), {
      ...request,
      messages: [
        { role: 'user', content: 'Start.' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [
            { id: 'a', name: 'write_file', argumentsJson: '{"path":"a"}' },
            { id: 'b', name: 'write_file', argumentsJson: 'not json' },
            { id: 'c', name: 'list_files', argumentsJson: '' },
          ],
        },
        { role: 'tool', toolCallId: 'a', toolName: 'write_file', content: 'written', isError: false },
        { role: 'tool', toolCallId: 'b', toolName: 'write_file', content: 'arguments are not JSON', isError: true },
        { role: 'tool', toolCallId: 'c', toolName: 'list_files', content: '', isError: false },
        { role: 'user', content: 'A colleague answered: yes.' },
      ],
    });
    expect(answer).toMatchObject({ ok: true, text: 'ok' });
    expect(seen.filter((role) => role === 'tool')).toHaveLength(3);
    expect(seen.at(-1)).toBe('user');
  });

  it('says why an answer stopped', async () => {
    server = await start(({ index }) => ({ text: 'x', stop: index === 0 ? 'length' : 'refusal' }));
    expect(await collectAnswer(connect(server), request)).toMatchObject({ ok: true, stopReason: 'length' });
    expect(await collectAnswer(connect(server), request)).toMatchObject({ ok: true, stopReason: 'refusal' });
  });

  it('tells an empty answer as an empty answer', async () => {
    server = await start(() => ({}));
    expect(await collectAnswer(connect(server), request)).toMatchObject({
      ok: true,
      text: '',
      toolCalls: [],
      stopReason: 'end',
    });
  });

  it('finishes without usage when the provider sends none', async () => {
    server = await start(hello, [{ type: 'without_usage' }]);
    const events = await readAll(connect(server));
    expect(events.some(({ type }) => type === 'usage')).toBe(false);
    expect(events.at(-1)).toEqual({ type: 'finished', stopReason: 'end' });
  });

  const failures: readonly {
    readonly name: string;
    readonly fault: Fault;
    readonly kind: ModelFailureKind;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly limits?: CallLimits;
  }[] = [
    {
      name: '429',
      fault: { type: 'status', status: 429, retryAfter: '7' },
      kind: 'rate_limited',
      retryable: true,
      retryAfterMs: 7_000,
    },
    { name: '429 without Retry-After', fault: { type: 'status', status: 429 }, kind: 'rate_limited', retryable: true },
    { name: '500', fault: { type: 'status', status: 500 }, kind: 'provider_error', retryable: true },
    { name: '503', fault: { type: 'status', status: 503 }, kind: 'overloaded', retryable: true },
    { name: '529', fault: { type: 'status', status: 529 }, kind: 'overloaded', retryable: true },
    {
      name: '400 that the context is too long',
      fault: { type: 'status', status: 400, code: 'context_length_exceeded' },
      kind: 'context_too_long',
      retryable: false,
    },
    { name: '404', fault: { type: 'status', status: 404 }, kind: 'invalid_request', retryable: false },
    { name: 'HTML with 200', fault: { type: 'html', status: 200 }, kind: 'malformed_response', retryable: true },
    { name: 'HTML with 502', fault: { type: 'html', status: 502 }, kind: 'provider_error', retryable: true },
    {
      name: 'silence before the headers',
      fault: { type: 'hang_before_headers' },
      kind: 'timeout',
      retryable: true,
      limits: { ...patient, firstByteMs: 500 },
    },
    {
      name: 'silence in the middle',
      fault: { type: 'hang_after', bytes: 700 },
      kind: 'timeout',
      retryable: true,
      limits: { ...patient, idleMs: 500 },
    },
    {
      name: 'an answer that takes too long in all',
      fault: { type: 'hang_after', bytes: 700 },
      kind: 'timeout',
      retryable: true,
      limits: { ...patient, totalMs: 500 },
    },
    { name: 'a cut connection', fault: { type: 'cut_after', bytes: 700 }, kind: 'connection_lost', retryable: true },
    {
      name: 'a connection cut before the first frame',
      fault: { type: 'cut_after', bytes: 5 },
      kind: 'connection_lost',
      retryable: true,
    },
    {
      name: 'a stream that closes early',
      fault: { type: 'close_after', frames: 4 },
      kind: 'connection_lost',
      retryable: true,
    },
    {
      name: 'a frame that is not JSON',
      fault: { type: 'malformed_frame', frames: 3 },
      kind: 'malformed_response',
      retryable: true,
    },
    {
      name: 'an overload in the stream',
      fault: { type: 'error_frame', frames: 3, code: 'overloaded_error' },
      kind: 'overloaded',
      retryable: true,
    },
    {
      name: 'an error of the server in the stream',
      fault: { type: 'error_frame', frames: 3, code: 'server_error' },
      kind: 'provider_error',
      retryable: true,
    },
  ];

  it.each(failures)(
    'ends with the failure $kind at $name',
    async ({ fault, kind, retryable, retryAfterMs, limits }) => {
      server = await start(hello, [fault]);
      const events = await readAll(connect(server, limits));
      expect(events.filter(({ type }) => type === 'failed' || type === 'finished')).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({
        type: 'failed',
        failure: { kind, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      });
      // One request: the SDK's own retries are off.
      expect(server.requests).toHaveLength(1);
    },
  );

  it('refuses a wrong key without repeating anything of it', async () => {
    server = await start(hello);
    const events = await readAll(connect(server, patient, 'sk-a-wrong-secret-key'));
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'failed', failure: { kind: 'authentication', retryable: false } });
    expect(JSON.stringify(last)).not.toMatch(/sk-|test-key/);
  });

  it('fails as a lost connection when nobody listens', async () => {
    server = await start(hello);
    await server.close();
    expect((await readAll(connect(server))).at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'connection_lost', retryable: true },
    });
  });

  it('stops at once when it is cancelled in the middle', async () => {
    server = await start(hello, [{ type: 'hang_after', bytes: 700 }]);
    const controller = new AbortController();
    const running = readAll(connect(server), controller.signal);
    await server.received(1);
    controller.abort();
    expect((await running).at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'cancelled', retryable: false } });
  });

  it('sends nothing when it is cancelled before', async () => {
    server = await start(hello);
    const events = await readAll(connect(server), AbortSignal.abort());
    expect(events).toMatchObject([{ type: 'failed', failure: { kind: 'cancelled' } }]);
    expect(server.requests).toHaveLength(0);
  });
});

describe('openai', () => {
  it('takes an answer that has its reason but no end mark for finished', async () => {
    server = await startFakeOpenAi(hello, [{ type: 'without_done' }]);
    const client = createOpenAiClient({ apiKey: server.apiKey, baseUrl: `${server.url}/v1` }, patient);
    expect((await readAll(client)).at(-1)).toEqual({ type: 'finished', stopReason: 'end' });
  });

  it('does not retry when the quota is used up', async () => {
    server = await startFakeOpenAi(hello, [{ type: 'status', status: 429, code: 'insufficient_quota' }]);
    const client = createOpenAiClient({ apiKey: server.apiKey, baseUrl: `${server.url}/v1` }, patient);
    expect((await readAll(client)).at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'rate_limited', retryable: false },
    });
  });
});

describe('anthropic', () => {
  it('takes an answer without its end mark for lost', async () => {
    server = await startFakeAnthropic(hello, [{ type: 'without_done' }]);
    const client = createAnthropicClient({ apiKey: server.apiKey, baseUrl: server.url }, patient);
    expect((await readAll(client)).at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'connection_lost' } });
  });
});
