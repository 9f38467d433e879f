/**
 * Every fault that a provider is known for, over the real wire, for each protocol: how the call ends, whether trying
 * again can help, and what of the answer was passed on before. One row is one fault, one column one protocol.
 */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { ModelClient, ModelEvent, ModelFailureKind, ModelRequest } from '../../ports/model-client.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import type { FakeModelServer, Fault, FaultSchedule, Script } from '../../testing/models/script.ts';
import { createAnthropicClient } from './anthropic.ts';
import { defaultCallLimits, type CallLimits } from './call-watch.ts';
import { createOpenAiClient } from './openai.ts';

/** Far beyond any test; a row that is about one limit makes that one small. */
const patient: CallLimits = { ...defaultCallLimits, firstByteMs: 30_000, idleMs: 30_000, totalMs: 30_000 };

const request: ModelRequest = {
  model: 'test-model',
  system: '',
  messages: [{ role: 'user', content: 'Go.' }],
  tools: [{ name: 'write_file', description: 'Writes a file.', parameters: { type: 'object', properties: {} } }],
  maxOutputTokens: 1_000,
  idempotencyKey: 'key',
};

type Name = 'anthropic' | 'openai';

interface Protocol {
  readonly name: Name;
  readonly start: (script: Script, faults?: FaultSchedule) => Promise<FakeModelServer>;
  readonly connect: (url: string, apiKey: string, limits: CallLimits) => ModelClient;
  /** Frames before the first one with text. */
  readonly head: number;
  readonly endMark: string;
  readonly textFrame: (text: string) => string;
}

const protocols: readonly Protocol[] = [
  {
    name: 'anthropic',
    start: startFakeAnthropic,
    connect: (url, apiKey, limits) => createAnthropicClient({ apiKey, baseUrl: url }, limits),
    head: 3,
    endMark: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    textFrame: (text) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`,
  },
  {
    name: 'openai',
    start: startFakeOpenAi,
    connect: (url, apiKey, limits) => createOpenAiClient({ apiKey, baseUrl: `${url}/v1` }, limits),
    head: 1,
    endMark: 'data: [DONE]\n\n',
    textFrame: (text) => `data: {"choices":[{"index":0,"delta":{"content":"${text}"},"finish_reason":null}]}\n\n`,
  },
];

interface Outcome {
  /** Undefined: the answer is finished. */
  readonly kind?: ModelFailureKind;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** The text that was passed on before the end. */
  readonly delivered: 'nothing' | 'at most a part' | 'a part' | 'everything';
}

interface Row {
  readonly name: string;
  readonly fault: Fault | ((protocol: Protocol) => Fault);
  readonly outcome: Outcome | Readonly<Record<Name, Outcome>>;
  readonly limits?: Partial<CallLimits>;
}

const answerText = 'Hello, this is an answer of some length.';
const hello: Script = () => ({ text: answerText });

const fails = (kind: ModelFailureKind, delivered: Outcome['delivered'], retryAfterMs?: number): Outcome => ({
  kind,
  retryable: !['authentication', 'invalid_request', 'context_too_long'].includes(kind),
  delivered,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const finished: Outcome = { delivered: 'everything' };

const inject =
  (bytes: string | Uint8Array | ((protocol: Protocol) => string), where?: number) =>
  (protocol: Protocol): Fault => ({
    type: 'inject',
    frames: where ?? protocol.head + 2,
    bytes: typeof bytes === 'function' ? bytes(protocol) : bytes,
  });

/** A frame of JSON that is not what the protocol says; named as the event it pretends to be. */
const misshapen = (forAnthropic: object, forOpenAi: unknown) =>
  inject(({ name }) =>
    name === 'anthropic'
      ? `event: content_block_delta\ndata: ${JSON.stringify(forAnthropic)}\n\n`
      : `data: ${JSON.stringify(forOpenAi)}\n\n`,
  );

const date = (ms: number): string => new Date(ms).toUTCString();
const whole = Date.UTC(2030, 0, 1);

const rows: readonly Row[] = [
  // Refusals
  {
    name: '429 without Retry-After',
    fault: { type: 'status', status: 429 },
    outcome: fails('rate_limited', 'nothing'),
  },
  {
    name: '429 with seconds',
    fault: { type: 'status', status: 429, retryAfter: '7' },
    outcome: fails('rate_limited', 'nothing', 7_000),
  },
  {
    name: '429 with a date',
    fault: { type: 'status', status: 429, retryAfter: date(whole + 20_000), date: date(whole) },
    outcome: fails('rate_limited', 'nothing', 20_000),
  },
  {
    name: '429 with a date of a clock that is years behind ours',
    fault: { type: 'status', status: 429, retryAfter: date(1e12 + 20_000), date: date(1e12) },
    outcome: fails('rate_limited', 'nothing', 20_000),
  },
  {
    name: '429 with a date that is over',
    fault: { type: 'status', status: 429, retryAfter: date(whole - 20_000), date: date(whole) },
    outcome: fails('rate_limited', 'nothing', 0),
  },
  {
    name: '429 with nonsense',
    fault: { type: 'status', status: 429, retryAfter: 'soon' },
    outcome: fails('rate_limited', 'nothing'),
  },
  { name: '500', fault: { type: 'status', status: 500 }, outcome: fails('provider_error', 'nothing') },
  {
    name: '503 with seconds',
    fault: { type: 'status', status: 503, retryAfter: '3' },
    outcome: fails('overloaded', 'nothing', 3_000),
  },
  { name: '529', fault: { type: 'status', status: 529 }, outcome: fails('overloaded', 'nothing') },
  { name: '401', fault: { type: 'status', status: 401 }, outcome: fails('authentication', 'nothing') },
  { name: '400', fault: { type: 'status', status: 400 }, outcome: fails('invalid_request', 'nothing') },
  {
    name: 'an HTML page with 200',
    fault: { type: 'html', status: 200 },
    outcome: fails('malformed_response', 'nothing'),
  },
  { name: 'an HTML page with 502', fault: { type: 'html', status: 502 }, outcome: fails('provider_error', 'nothing') },
  ...[301, 302, 307, 308].map((status): Row => ({
    name: `a redirect (${status})`,
    fault: { type: 'redirect', status, location: 'http://127.0.0.1:9/elsewhere' },
    outcome: fails('invalid_request', 'nothing'),
  })),
  // Connections and clocks
  { name: 'a reset before the headers', fault: { type: 'reset' }, outcome: fails('connection_lost', 'nothing') },
  {
    name: 'silence before the headers',
    fault: { type: 'hang_before_headers' },
    outcome: fails('timeout', 'nothing'),
    limits: { firstByteMs: 50 },
  },
  {
    name: 'silence in the middle',
    fault: { type: 'hang_after', bytes: 700 },
    outcome: fails('timeout', 'a part'),
    limits: { idleMs: 150 },
  },
  {
    name: 'one byte after another, each within the idle time',
    fault: { type: 'drip', everyMs: 5 },
    outcome: fails('timeout', 'nothing'),
    limits: { firstByteMs: 10_000, idleMs: 10_000, totalMs: 200 },
  },
  // Broken streams
  {
    name: 'garbage after valid pieces',
    fault: inject('data: }{ not json\n\n'),
    outcome: { openai: fails('malformed_response', 'a part'), anthropic: finished },
  },
  {
    name: 'garbage within a named piece',
    fault: (protocol) => ({ type: 'malformed_frame', frames: protocol.head + 2 }),
    outcome: fails('malformed_response', 'a part'),
  },
  {
    name: 'binary garbage instead of a frame',
    fault: inject(Uint8Array.of(0x16, 0x03, 0x01, 0xff, 0xfe, 0x0a, 0x0a)),
    outcome: fails('malformed_response', 'at most a part'),
  },
  {
    name: 'invalid UTF-8 within a text',
    fault: ({ head, textFrame }) => {
      const [before, after] = textFrame('|').split('|');
      const bytes = Buffer.concat([Buffer.from(before ?? ''), Buffer.of(0xc3, 0x28), Buffer.from(after ?? '')]);
      return { type: 'inject', frames: head + 2, bytes };
    },
    outcome: fails('malformed_response', 'at most a part'),
  },
  {
    name: 'a piece that is no object',
    fault: misshapen([], 42),
    outcome: fails('malformed_response', 'a part'),
  },
  {
    name: 'a text that is a number',
    fault: misshapen(
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 7 } },
      { choices: [{ index: 0, delta: { content: 7 } }] },
    ),
    outcome: fails('malformed_response', 'a part'),
  },
  {
    name: 'a list that is a text',
    fault: misshapen(
      { type: 'content_block_delta', index: 0, delta: 'text' },
      { choices: [{ index: 0, delta: { tool_calls: 'many' } }] },
    ),
    outcome: fails('malformed_response', 'a part'),
  },
  {
    name: 'a piece of a kind that is not known',
    fault: misshapen({ type: 'content_block_glow', index: 0 }, { object: 'glow' }),
    outcome: finished,
  },
  {
    name: "the provider's own error in the stream",
    fault: (protocol) => ({ type: 'error_frame', frames: protocol.head + 2, code: 'overloaded_error' }),
    outcome: fails('overloaded', 'a part'),
  },
  {
    name: 'a proper end too early',
    fault: (protocol) => ({ type: 'close_after', frames: protocol.head + 2 }),
    outcome: fails('connection_lost', 'a part'),
  },
  // End marks and figures
  {
    name: 'no end mark',
    fault: { type: 'without_done' },
    // OpenAI says the reason before the mark, so that nothing is missing.
    outcome: { openai: finished, anthropic: fails('connection_lost', 'everything') },
  },
  { name: 'two end marks', fault: inject(({ endMark }) => endMark, -1), outcome: finished },
  {
    name: 'an early end mark, and nothing after it',
    fault: ({ head, endMark }) => ({ type: 'inject', frames: head + 2, bytes: endMark, endsThere: true }),
    outcome: {
      openai: fails('connection_lost', 'a part'),
      anthropic: fails('malformed_response', 'a part'),
    },
  },
  {
    name: 'an early end mark, and the rest after it',
    fault: inject(({ endMark }) => endMark),
    // OpenAI's mark says nothing by itself; Anthropic's says that the answer is complete, which it is not.
    outcome: {
      openai: fails('connection_lost', 'a part'),
      anthropic: fails('malformed_response', 'a part'),
    },
  },
  { name: 'no usage', fault: { type: 'without_usage' }, outcome: finished },
  {
    name: 'a usage that is no figure',
    fault: misshapen(
      { type: 'message_delta', delta: {}, usage: { output_tokens: 'many' } },
      { choices: [], usage: { prompt_tokens: -1, completion_tokens: 'many' } },
    ),
    outcome: finished,
  },
];

let server: FakeModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const readAll = async (client: ModelClient): Promise<readonly ModelEvent[]> => {
  const events: ModelEvent[] = [];
  for await (const event of client.stream(request)) events.push(event);
  return events;
};

const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');

const check = (events: readonly ModelEvent[], outcome: Outcome): void => {
  const ends = events.filter(({ type }) => type === 'failed' || type === 'finished');
  expect(ends).toHaveLength(1);
  const { kind, retryable, retryAfterMs, delivered } = outcome;
  const last = events.at(-1);
  if (kind === undefined) expect(last).toEqual({ type: 'finished', stopReason: 'end' });
  else expect(last).toMatchObject({ type: 'failed', failure: { kind, retryable } });
  if (last?.type === 'failed') expect(last.failure.retryAfterMs).toBe(retryAfterMs);
  const text = textOf(events);
  if (delivered === 'everything') expect(text).toBe(answerText);
  if (delivered === 'nothing') expect(text).toBe('');
  if (!delivered.endsWith('a part')) return;
  // A part is a beginning: never anything that the model did not say.
  expect(answerText.startsWith(text)).toBe(true);
  expect(text).not.toBe(answerText);
  if (delivered === 'a part') expect(text).not.toBe('');
};

describe.each(protocols)('$name', (protocol) => {
  const { name, start, connect } = protocol;

  it.each(rows)('$name', async ({ fault, outcome, limits }) => {
    server = await start(hello, [typeof fault === 'function' ? fault(protocol) : fault]);
    const events = await readAll(connect(server.url, server.apiKey, { ...patient, ...limits }));
    check(events, 'delivered' in outcome ? outcome : outcome[name]);
    // One request: no retry of the SDK's own, no redirect followed.
    expect(server.requests).toHaveLength(1);
  });

  it('a connection that is refused', async () => {
    server = await start(hello);
    await server.close();
    check(await readAll(connect(server.url, server.apiKey, patient)), fails('connection_lost', 'nothing'));
  });

  it('a TLS connection that cannot be made', async () => {
    server = await start(hello);
    const url = server.url.replace('http:', 'https:');
    check(await readAll(connect(url, server.apiKey, patient)), fails('connection_lost', 'nothing'));
  });

  it('a TLS connection that is reset', async () => {
    const listener = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', () => resolve());
    });
    const address = listener.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      check(await readAll(connect(`https://127.0.0.1:${port}`, 'key', patient)), fails('connection_lost', 'nothing'));
    } finally {
      listener.close();
    }
  });

  it('a cut after each byte of an answer', async () => {
    const script: Script = () => ({ text: 'Hi, ä.' });
    server = await start(script);
    const good = await readAll(connect(server.url, server.apiKey, patient));
    const [recorded] = server.requests;
    const whole = await fetch(server.url + (recorded?.path ?? ''), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}` },
      body: JSON.stringify(recorded?.body),
    });
    const { byteLength } = await whole.arrayBuffer();
    await server.close();
    // The last ones are cut after everything.
    const schedule = Array.from({ length: (Math.ceil(byteLength / 25) + 1) * 25 }, (_, bytes): Fault => ({
      type: 'cut_after',
      bytes,
    }));
    server = await start(script, schedule);
    const client = connect(server.url, server.apiKey, patient);
    const withoutUsage = (events: readonly ModelEvent[]) => events.filter(({ type }) => type !== 'usage');
    let lost = 0;
    for (let from = 0; from < schedule.length; from += 25) {
      for (const events of await Promise.all(Array.from({ length: 25 }, () => readAll(client)))) {
        const last = events.at(-1);
        if (last?.type === 'failed') {
          lost += 1;
          expect(last.failure).toMatchObject({ kind: 'connection_lost', retryable: true });
          expect(events.slice(0, -1)).toEqual(good.slice(0, events.length - 1));
          // Nothing of the answer was missing, only what follows its last piece.
        } else expect(withoutUsage(events)).toEqual(withoutUsage(good));
      }
    }
    expect(server.requests).toHaveLength(schedule.length);
    expect(lost).toBeGreaterThan(500);
    expect(lost).toBeLessThan(schedule.length);
  }, 60_000);

  it('tool calls that are wrong are passed on as they are, with ids that differ', async () => {
    server = await start(() => ({
      toolCalls: [
        { id: 'same', name: 'write_file', arguments: '{"path": "a' },
        { id: 'same', name: 'launch_rocket', arguments: {} },
        { id: 'other', name: 'write_file', arguments: '[1]' },
      ],
    }));
    const answer = await collectAnswer(connect(server.url, server.apiKey, patient), request);
    expect(answer).toMatchObject({
      ok: true,
      stopReason: 'tool_calls',
      toolCalls: [
        { name: 'write_file', argumentsJson: '{"path": "a' },
        { name: 'launch_rocket', argumentsJson: '{}' },
        { name: 'write_file', argumentsJson: '[1]' },
      ],
    });
    expect(answer.ok && new Set(answer.toolCalls.map(({ id }) => id)).size).toBe(3);
  });

  const flood = (bytes: number, before: string, chunk: string, after: string): Fault => ({
    type: 'flood',
    frames: protocol.head,
    before,
    chunk,
    bytes,
    after,
  });
  const [before = '', after = ''] = protocol.textFrame('|').split('|');

  it.each([
    ['one token of 10 MB', flood(10_000_000, before, 'x', after)],
    ['one token without end', flood(1_000_000_000, before, 'x', after)],
    ['one event of many short lines', flood(1_000_000_000, '', 'data: x\n', '\n')],
  ])('%s is cut off before it eats the memory', async (_, fault) => {
    server = await start(hello, [fault]);
    const before = process.memoryUsage();
    const events = await readAll(connect(server.url, server.apiKey, patient));
    const after = process.memoryUsage();
    check(events, fails('malformed_response', 'nothing'));
    // What was taken off the wire, with what the sockets of both sides hold.
    expect(server.floodedBytes).toBeLessThan(10_000_000 + 65_536);
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64_000_000);
  });

  it.each([
    ['on the wire', { maxAnswerBytes: 300_000 }, 300_000],
    ['in what it says', {}, 500_000],
  ])('an answer without end is cut off, %s', async (_, limits, most) => {
    server = await start(hello, [flood(1_000_000_000, '', protocol.textFrame('more and more '), '')]);
    const events = await readAll(connect(server.url, server.apiKey, { ...patient, ...limits }));
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'malformed_response', retryable: true } });
    expect(textOf(events)).toMatch(/^(more and more )+$/);
    expect(textOf(events).length).toBeLessThanOrEqual(most);
    expect(server.floodedBytes).toBeLessThan(50_000_000);
  });
});
