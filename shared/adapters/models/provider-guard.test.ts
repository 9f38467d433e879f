import { describe, expect, it } from 'vitest';
import { collectAnswer, type CollectedAnswer } from '../../domain/model/collect.ts';
import { createFailure } from '../../domain/model/failure.ts';
import { Turnstile } from '../../domain/model/turnstile.ts';
import type { ModelClient, ModelFailure, ModelRequest } from '../../ports/model-client.ts';
import { createFakeTime, type FakeTime } from '../../testing/fake-time.ts';
import { withAdmission } from './admission.ts';
import { Breakers, withBreaker } from './breaker.ts';
import { withFallback } from './fallback.ts';
import { defaultGuardPolicies, ProviderGuard, readGuardPolicies } from './provider-guard.ts';

const request: ModelRequest = {
  model: 'm',
  system: '',
  messages: [{ role: 'user', content: 'Hello.' }],
  tools: [],
  maxOutputTokens: 10,
  idempotencyKey: 'key',
};

/** A provider in this process: what each call meets is decided when it comes; it notes when calls come and how many run. */
class Provider implements ModelClient {
  readonly startedAt: number[] = [];
  readonly keys: string[] = [];
  running = 0;
  mostRunning = 0;
  readonly #time: FakeTime;
  readonly #meet: (call: number, request: ModelRequest) => { failure?: ModelFailure; takesMs?: number };

  constructor(
    time: FakeTime,
    meet: (call: number, request: ModelRequest) => { failure?: ModelFailure; takesMs?: number },
  ) {
    this.#time = time;
    this.#meet = meet;
  }

  async *stream(asked: ModelRequest): ReturnType<ModelClient['stream']> & AsyncGenerator {
    const { failure, takesMs = 0 } = this.#meet(this.startedAt.length, asked);
    this.startedAt.push(this.#time.now());
    this.keys.push(asked.idempotencyKey);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (takesMs > 0) await this.#time.sleep(takesMs);
      if (failure !== undefined) {
        yield { type: 'failed' as const, failure };
        return;
      }
      yield { type: 'text_delta' as const, text: 'Hello.' };
      yield { type: 'finished' as const, stopReason: 'end' as const };
    } finally {
      this.running -= 1;
    }
  }
}

const mostInAnySecond = (times: readonly number[]): number => {
  let most = 0;
  let from = 0;
  for (const [index, at] of times.entries()) {
    while ((times[from] ?? at) <= at - 1_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
};

const down = createFailure('overloaded', 'down');

describe('5,000 agents that come back at once', () => {
  it('start at most 50 calls in any second, and all get through in order', async () => {
    const time = createFakeTime(1_000_000);
    const provider = new Provider(time, () => ({ takesMs: 900 }));
    const client = new ProviderGuard(defaultGuardPolicies, time).protect(provider, 'openai');
    const keys = Array.from({ length: 5_000 }, (_, index) => `run-${index}`);
    const answers = keys.map((idempotencyKey) => collectAnswer(client, { ...request, idempotencyKey }));
    await time.runUntil(1_000_000 + 102_000);
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
    expect(provider.keys).toEqual(keys);
    expect(mostInAnySecond(provider.startedAt)).toBe(50);
    expect(provider.mostRunning).toBeLessThanOrEqual(64);
  });

  it('never run more calls at once than they may', async () => {
    const time = createFakeTime();
    const provider = new Provider(time, () => ({ takesMs: 7_000 }));
    const client = new ProviderGuard(readGuardPolicies({ AIDEVOS_MODEL_CONCURRENCY: '16' }), time).protect(
      provider,
      'p',
    );
    const answers = Array.from({ length: 200 }, () => collectAnswer(client, request));
    await time.runUntil(120_000);
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
    expect(provider.mostRunning).toBe(16);
  });

  it('add at most a tenth and the floor to the load of a provider that is down for ten minutes', async () => {
    const time = createFakeTime();
    const outageMs = 600_000;
    const provider = new Provider(time, () => (time.now() < outageMs ? { failure: down } : {}));
    const client = new ProviderGuard(defaultGuardPolicies, time).protect(provider, 'openai');
    const run = async (): Promise<number> => {
      // As a run does: its own failures make the next call a retry, withheld calls do not count.
      for (let failures = 0; ;) {
        const answer = await collectAnswer(client, { ...request, attempt: failures + 1 });
        if (answer.ok) return failures;
        if (answer.failure.withheld !== true) failures += 1;
        await time.sleep(answer.failure.retryAfterMs ?? 500 * 2 ** (failures - 1));
      }
    };
    const runs = Array.from({ length: 300 }, run);
    await time.runUntil(outageMs - 1);
    // Ten calls open the breaker; from then on there is one probe in each wait, which doubles up to a minute.
    expect(provider.startedAt.length).toBeGreaterThan(10);
    expect(provider.startedAt.length).toBeLessThan(30);
    await time.runUntil(outageMs + 200_000);
    await Promise.all(runs);
    expect(mostInAnySecond(provider.startedAt)).toBeLessThanOrEqual(50);
  }, 20_000);
});

describe('withBreaker', () => {
  const openBreaker = async (): Promise<{ client: ModelClient; provider: Provider; time: FakeTime }> => {
    const time = createFakeTime(Date.UTC(2026, 0, 1));
    let isDown = true;
    const provider = new Provider(time, (call) => (isDown && call < 10 ? { failure: down } : {}));
    const client = withBreaker(provider, new Breakers(), 'anthropic', time.now);
    for (let call = 0; call < 10; call += 1) await collectAnswer(client, request);
    isDown = false;
    return { client, provider, time };
  };

  it('answers at once while it is open: which provider, and when it is tried again', async () => {
    const { client, provider } = await openBreaker();
    expect(await collectAnswer(client, request)).toEqual({
      ok: false,
      failure: {
        kind: 'overloaded',
        message:
          'The provider anthropic failed too often; it is called again at 2026-01-01T00:00:05.000Z at the earliest.',
        retryable: true,
        retryAfterMs: 5_000,
        withheld: true,
      },
    });
    expect(provider.startedAt).toHaveLength(10);
  });

  it('sends one probe and then everything again', async () => {
    const { client, provider, time } = await openBreaker();
    await time.runUntil(time.now() + 5_000);
    const probe = client.stream(request)[Symbol.asyncIterator]();
    await probe.next();
    expect(await collectAnswer(client, request)).toMatchObject({ failure: { withheld: true } });
    await probe.next();
    await probe.next();
    expect(await collectAnswer(client, request)).toMatchObject({ ok: true });
    expect(provider.startedAt).toHaveLength(12);
  });

  it('is not stuck when the reader of the probe goes away', async () => {
    const { client, time } = await openBreaker();
    await time.runUntil(time.now() + 5_000);
    for await (const _event of client.stream(request)) break;
    expect(await collectAnswer(client, request)).toMatchObject({ ok: true });
  });

  it("keeps one provider's faults from the others", async () => {
    const time = createFakeTime();
    const breakers = new Breakers();
    const bad = withBreaker(new Provider(time, () => ({ failure: down })), breakers, 'a', time.now);
    const good = withBreaker(new Provider(time, () => ({})), breakers, 'b', time.now);
    for (let call = 0; call < 20; call += 1) await collectAnswer(bad, request);
    expect(await collectAnswer(bad, request)).toMatchObject({ failure: { withheld: true } });
    expect(await collectAnswer(good, request)).toMatchObject({ ok: true });
  });
});

describe('withAdmission', () => {
  it('lets a cancelled caller leave the queue, and those behind it move up', async () => {
    const time = createFakeTime();
    const provider = new Provider(time, () => ({ takesMs: 1_000 }));
    const turnstile = new Turnstile({ ...defaultGuardPolicies.admission, maxConcurrent: 1 });
    const client = withAdmission(provider, turnstile, undefined, time);
    const cancelled = { aborted: false };
    const first = collectAnswer(client, { ...request, idempotencyKey: 'first' });
    const second = collectAnswer(client, { ...request, idempotencyKey: 'second' }, cancelled);
    const third = collectAnswer(client, { ...request, idempotencyKey: 'third' });
    await time.runUntil(500);
    cancelled.aborted = true;
    await time.runUntil(5_000);
    expect(await second).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect([await first, await third]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(provider.keys).toEqual(['first', 'third']);
    expect([turnstile.waiting, turnstile.running]).toEqual([0, 0]);
  });

  it('withholds those who wait when the breaker opens meanwhile', async () => {
    const time = createFakeTime();
    const provider = new Provider(time, () => ({ failure: down, takesMs: 100 }));
    const client = new ProviderGuard(defaultGuardPolicies, time).protect(provider, 'openai');
    const answers = Array.from({ length: 1_000 }, () => collectAnswer(client, request));
    await time.runUntil(4_000);
    const withheld = (await Promise.all(answers)).filter((answer) => !answer.ok && answer.failure.withheld === true);
    expect(provider.startedAt.length).toBeLessThan(20);
    expect(withheld).toHaveLength(1_000 - provider.startedAt.length);
  });
});

describe('a guarded retry', () => {
  it('is withheld beyond the budget, while first calls go on', async () => {
    const time = createFakeTime();
    const provider = new Provider(time, () => ({}));
    const client = new ProviderGuard(defaultGuardPolicies, time).protect(provider, 'openai');
    const callAll = async (attempts: readonly number[]): Promise<readonly CollectedAnswer[]> => {
      const answers = attempts.map((attempt) => collectAnswer(client, { ...request, attempt }));
      await time.runUntil(time.now() + 60_000);
      return Promise.all(answers);
    };
    const retries = await callAll(Array.from({ length: 200 }, () => 2));
    const sent = retries.filter(({ ok }) => ok).length;
    // The floor, and what it grows by while they wait for their turns.
    expect(sent).toBeGreaterThanOrEqual(10);
    expect(sent).toBeLessThanOrEqual(25);
    expect(retries.filter((answer) => !answer.ok && answer.failure.withheld === true)).toHaveLength(200 - sent);
    expect((await callAll(Array.from({ length: 200 }, () => 1))).every(({ ok }) => ok)).toBe(true);
  });
});

describe('withFallback', () => {
  const time = createFakeTime();
  const broken = (failure: ModelFailure): Provider => new Provider(time, () => ({ failure }));
  const asked: string[] = [];
  const good = new Provider(time, (_, { model }) => {
    asked.push(model);
    return {};
  });

  it('asks the next one, and says who answered', async () => {
    const client = withFallback([
      { client: broken(down), model: 'large', name: 'openai/large' },
      { client: good, model: 'other', name: 'anthropic/other' },
    ]);
    expect(await collectAnswer(client, request)).toMatchObject({ ok: true, servedBy: 'anthropic/other' });
    expect(asked).toEqual(['other']);
  });

  it('asks nobody else about a request that is wrong', async () => {
    const wrong = createFailure('invalid_request', 'wrong');
    const second = new Provider(time, () => ({}));
    const client = withFallback([
      { client: broken(wrong), model: 'a' },
      { client: second, model: 'b' },
    ]);
    expect(await collectAnswer(client, request)).toEqual({ ok: false, failure: wrong });
    expect(second.startedAt).toHaveLength(0);
  });

  it('asks nobody else after anything was delivered', async () => {
    const half: ModelClient = {
      async *stream() {
        yield { type: 'text_delta', text: 'Hel' };
        yield { type: 'failed', failure: down };
      },
    };
    const second = new Provider(time, () => ({}));
    const events = [];
    for await (const event of withFallback([
      { client: half, model: 'a' },
      { client: second, model: 'b' },
    ]).stream(request))
      events.push(event);
    expect(events).toEqual([
      { type: 'text_delta', text: 'Hel' },
      { type: 'failed', failure: down },
    ]);
    expect(second.startedAt).toHaveLength(0);
  });

  it('says the failure that passes first when all fail, and that there is none without targets', async () => {
    const later = createFailure('rate_limited', 'later', 9_000);
    const client = withFallback([
      { client: broken(later), model: 'a' },
      { client: broken(createFailure('authentication', 'no key')), model: 'b' },
    ]);
    expect(await collectAnswer(client, request)).toEqual({ ok: false, failure: later });
    expect(await collectAnswer(withFallback([]), request)).toMatchObject({ failure: { kind: 'invalid_request' } });
  });
});

describe('readGuardPolicies', () => {
  it('reads the limits of the variables and passes over what is none', () => {
    const read = (variables: object) => {
      const { maxConcurrent, startsPerSecond } = readGuardPolicies(variables).admission;
      return [maxConcurrent, startsPerSecond];
    };
    expect(read({})).toEqual([64, 50]);
    expect(read({ AIDEVOS_MODEL_CONCURRENCY: '3', AIDEVOS_MODEL_STARTS_PER_SECOND: '7' })).toEqual([3, 7]);
    expect(read({ AIDEVOS_MODEL_CONCURRENCY: '0', AIDEVOS_MODEL_STARTS_PER_SECOND: 'fast' })).toEqual([64, 50]);
  });
});
