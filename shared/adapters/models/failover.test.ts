/**
 * The failover cases of the public catalogue at github.com/failoverbench/failoverbench, over the real adapters and real
 * HTTP: a first model that fails in one way each, a healthy one behind it, and one answer of sixty words.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer, type CollectedAnswer } from '../../domain/model/collect.ts';
import { createFailure } from '../../domain/model/failure.ts';
import { chainRetryPolicy } from '../../domain/model/retry.ts';
import type { ModelClient, ModelRequest } from '../../ports/model-client.ts';
import { createFakeTime } from '../../testing/fake-time.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import type { FakeModelServer, Fault, FaultSchedule, Script } from '../../testing/models/script.ts';
import { createAnthropicClient } from './anthropic.ts';
import { defaultCallLimits } from './call-watch.ts';
import { withFallback, type FallbackTarget } from './fallback.ts';
import { createOpenAiClient } from './openai.ts';
import { ProviderGuard } from './provider-guard.ts';
import { withRetries } from './retries.ts';

const answer = Array.from({ length: 60 }, (_, index) => `word${index + 1}`).join(' ');
const usage = { inputTokens: 20, outputTokens: 60 };
const limits = { ...defaultCallLimits, firstByteMs: 300, idleMs: 300 };

const request: ModelRequest = {
  model: 'chain',
  system: '',
  messages: [{ role: 'user', content: 'Say the sixty words.' }],
  tools: [],
  maxOutputTokens: 500,
  idempotencyKey: 'call-1',
};

let servers: readonly FakeModelServer[] = [];

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

interface Course {
  readonly result: CollectedAnswer;
  /** How often each was asked. */
  readonly asked: { readonly first: number; readonly second: number };
  readonly waits: readonly number[];
  /** What was passed on of the answer. */
  readonly text: string;
}

/** Repeats the whole answer, or goes on where the conversation stops in the middle of it. */
const healthy: Script = ({ messages }) => {
  const last = messages.at(-1);
  const said = last?.role === 'assistant' ? last.text : '';
  return { text: answer.slice(said.length), ...usage };
};

const refusesToContinue: Script = (turn) =>
  turn.messages.at(-1)?.role === 'assistant'
    ? { fault: { type: 'status', status: 400 }, text: '' }
    : { text: answer, ...usage };

const run = async (faults: FaultSchedule, second: Script, more: Partial<FallbackTarget> = {}): Promise<Course> => {
  const [openAi, anthropic] = await Promise.all([
    startFakeOpenAi(() => ({ text: answer, ...usage }), faults),
    startFakeAnthropic(second),
  ]);
  servers = [openAi, anthropic];
  const waits: number[] = [];
  const dependencies = { sleep: async (ms: number) => void waits.push(ms), random: () => 0 };
  const retrying = (client: ModelClient): ModelClient => withRetries(client, chainRetryPolicy, dependencies);
  const account = { apiKey: openAi.apiKey, baseUrl: `${openAi.url}/v1` };
  const chain = withFallback(
    [
      {
        client: retrying(createOpenAiClient(account, limits)),
        model: 'first',
        name: 'openai/first',
        contextTokens: 8_000,
      },
      {
        client: retrying(createAnthropicClient({ apiKey: anthropic.apiKey, baseUrl: anthropic.url }, limits)),
        model: 'second',
        name: 'anthropic/second',
        contextTokens: 200_000,
        ...more,
      },
    ],
    { resumes: true },
  );
  let text = '';
  const result = await collectAnswer(chain, request, undefined, (event) => {
    if (event.type === 'text_delta') text += event.text;
  });
  return { result, asked: { first: openAi.requests.length, second: anthropic.requests.length }, waits, text };
};

const forEver = (fault: Fault): FaultSchedule => Array.from({ length: 20 }, () => fault);

const whole = (servedBy: string) => ({ ok: true, text: answer, stopReason: 'end', servedBy });

interface Case {
  readonly name: string;
  readonly faults: FaultSchedule;
  readonly second?: Script;
  readonly target?: Partial<FallbackTarget>;
  readonly result: object;
  readonly asked: readonly [number, number];
  /** The sum of the waits in milliseconds. */
  readonly waited?: number;
}

const cases: readonly Case[] = [
  {
    name: 's01 one 429 with Retry-After, then fine: retried after the stated wait',
    faults: [{ type: 'status', status: 429, retryAfter: '2' }],
    result: whole('openai/first'),
    asked: [2, 0],
    waited: 2_000,
  },
  {
    name: 's02 429 for ever: bounded tries, then the fallback',
    faults: forEver({ type: 'status', status: 429, retryAfter: '0' }),
    result: whole('anthropic/second'),
    asked: [2, 1],
  },
  {
    name: 's02 429 that asks for a longer wait than anybody has: the fallback at once',
    faults: forEver({ type: 'status', status: 429, retryAfter: '60' }),
    result: whole('anthropic/second'),
    asked: [1, 1],
    waited: 0,
  },
  {
    name: 's03 one 500, then fine: retried',
    faults: [{ type: 'status', status: 500 }],
    result: whole('openai/first'),
    asked: [2, 0],
  },
  {
    name: 's04 503 for ever: bounded tries, then the fallback',
    faults: forEver({ type: 'status', status: 503 }),
    result: whole('anthropic/second'),
    asked: [2, 1],
  },
  {
    name: 's05 one connection reset: retried',
    faults: [{ type: 'reset' }],
    result: whole('openai/first'),
    asked: [2, 0],
  },
  {
    name: 's06 never answers: gives up in time, not asked again, the fallback',
    faults: forEver({ type: 'hang_before_headers' }),
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's07 no first token: the limit of the first byte, the fallback',
    faults: forEver({ type: 'hang_after', bytes: 0 }),
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's08 cut in the middle: the next model goes on',
    faults: forEver({ type: 'cut_after', bytes: 7_000 }),
    target: { continues: true },
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's08 cut in the middle: the next model begins anew, and only what follows is passed on',
    faults: forEver({ type: 'cut_after', bytes: 7_000 }),
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's09 stalls in the middle: the same, within the limit of silence',
    faults: forEver({ type: 'hang_after', bytes: 3_500 }),
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's10 one malformed frame: the next model completes the answer',
    faults: [{ type: 'malformed_frame', frames: 20 }],
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's11 no [DONE]: the answer is whole all the same',
    faults: [{ type: 'without_done' }],
    result: whole('openai/first'),
    asked: [1, 0],
  },
  {
    name: 's12 too long for the first model: not asked again, a larger one',
    faults: forEver({ type: 'status', status: 400, code: 'context_length_exceeded' }),
    result: whole('anthropic/second'),
    asked: [1, 1],
  },
  {
    name: 's12 too long for the first model: never a smaller one',
    faults: forEver({ type: 'status', status: 400, code: 'context_length_exceeded' }),
    target: { contextTokens: 4_000 },
    result: { ok: false, failure: { kind: 'context_too_long' } },
    asked: [1, 0],
  },
  {
    name: 's13 content policy: passed on as it is',
    faults: forEver({ type: 'status', status: 400, code: 'content_policy_violation' }),
    result: { ok: false, failure: { kind: 'invalid_request', status: 400 } },
    asked: [1, 0],
  },
  {
    name: 's14 cut, and the fallback refuses to continue: it begins anew',
    faults: forEver({ type: 'cut_after', bytes: 7_000 }),
    second: refusesToContinue,
    target: { continues: true },
    result: whole('anthropic/second'),
    asked: [1, 2],
  },
  {
    name: 's14 cut, and the fallback says something else: an error, never a part as the whole',
    faults: forEver({ type: 'cut_after', bytes: 7_000 }),
    second: () => ({ text: `Certainly! ${answer}`, ...usage }),
    result: { ok: false, failure: { kind: 'connection_lost' } },
    asked: [1, 1],
  },
  {
    name: 's16 503 for ever: the answer names who answered, and the usage is of that call alone',
    faults: forEver({ type: 'status', status: 503 }),
    result: { ...whole('anthropic/second'), usage: { ...usage, cachedInputTokens: 0 } },
    asked: [2, 1],
  },
];

describe('a chain of models', () => {
  it.each(cases)('$name', async ({ faults, second = healthy, target = {}, result, asked, waited }) => {
    const course = await run(faults, second, target);
    expect(course.result).toMatchObject(result);
    expect([course.asked.first, course.asked.second]).toEqual(asked);
    if (course.result.ok) expect(course.text).toBe(answer);
    else expect(answer.startsWith(course.text)).toBe(true);
    if (waited !== undefined) expect(course.waits.reduce((sum, wait) => sum + wait, 0)).toBe(waited);
  });

  it('s08 really passes on a part of the answer before it breaks', async () => {
    const course = await run(forEver({ type: 'cut_after', bytes: 7_000 }), () => ({ text: 'Something else.' }));
    expect(course.text.length).toBeGreaterThan(100);
    expect(course.text.length).toBeLessThan(answer.length);
  });

  it('s15 down for a minute, then back: served meanwhile, not hammered, back within half a minute', async () => {
    const time = createFakeTime();
    let calls = 0;
    const primary: ModelClient = {
      async *stream() {
        calls += 1;
        if (time.now() < 60_000) yield { type: 'failed', failure: createFailure('overloaded', 'down') };
        else yield { type: 'finished', stopReason: 'end' };
      },
    };
    const second: ModelClient = {
      async *stream() {
        yield { type: 'finished', stopReason: 'end' };
      },
    };
    const guard = new ProviderGuard(undefined, time);
    const retrying = withRetries(guard.protect(primary, 'first'), chainRetryPolicy, {
      sleep: time.sleep,
      random: () => 0.5,
    });
    const chain = withFallback([
      { client: retrying, model: 'first' },
      { client: second, model: 'second' },
    ]);
    const servedBy: (string | undefined)[] = [];
    for (let at = 0; at < 100_000; at += 500) {
      await time.runUntil(at);
      const result = collectAnswer(chain, request);
      await time.runUntil(at + 499);
      const done = await result;
      servedBy.push(done.ok ? done.servedBy : 'nobody');
    }
    expect(servedBy).not.toContain('nobody');
    expect(servedBy.slice(0, 120).every((name) => name === 'second')).toBe(true);
    const back = servedBy.indexOf('first') / 2;
    expect(back).toBeGreaterThanOrEqual(60);
    expect(back).toBeLessThanOrEqual(90);
    expect(servedBy.slice(servedBy.indexOf('first')).every((name) => name === 'first')).toBe(true);
    const whileDown = calls - servedBy.filter((name) => name === 'first').length;
    expect(whileDown).toBeLessThan(25);
  });
});
