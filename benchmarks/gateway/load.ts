/**
 * The load generator, in a process of its own. Open loop: requests leave at a fixed rate whatever the answers do, and
 * their time counts from when they should have left. Closed loop: each connection sends its next request when the last
 * is answered.
 */
import { Agent, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../statistics.ts';
import { serveJobs } from './program.ts';

export interface Target {
  /** Where `/v1/chat/completions` is under. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Put before the model's name. */
  readonly modelPrefix: string;
}

export interface LoadJob {
  readonly target: Target;
  readonly model: string;
  readonly stream: boolean;
  readonly shape:
    | { readonly type: 'open'; readonly ratePerSecond: number; readonly seconds: number }
    | { readonly type: 'closed'; readonly connections: number; readonly seconds: number }
    /** A fixed number of requests over so many connections. */
    | { readonly type: 'count'; readonly connections: number; readonly requests: number }
    /** One stream; after its first bytes this address is posted to, and the rest must come. */
    | { readonly type: 'gated'; readonly release: string; readonly patienceMs: number };
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  /** The first error, for the person who reads. */
  readonly firstError?: string;
  readonly perSecond: number;
  /** First byte of the body and its end, in milliseconds. */
  readonly firstByteMs: Spread;
  readonly wholeMs: Spread;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

interface Sample {
  readonly firstByteMs: number;
  readonly wholeMs: number;
  readonly error?: string;
}

const messages = [
  { role: 'system', content: 'You are a helpful assistant who answers in short sentences.' },
  { role: 'user', content: 'What does a gateway in front of language models do, and what may it cost at most?' },
];

const failureOf = (status: number, text: string, stream: boolean): string | undefined => {
  if (status !== 200) return `status ${status}: ${text.slice(0, 300)}`;
  const complete = stream ? text.trimEnd().endsWith('data: [DONE]') : text.includes('chatcmpl-bench');
  return complete ? undefined : `incomplete: …${text.slice(-200)}`;
};

const createSender = (job: LoadJob, onFirst: () => void = () => undefined) => {
  const { target, stream } = job;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 2_048 });
  const model = `${target.modelPrefix}${job.model}`;
  const more = stream ? { stream, stream_options: { include_usage: true } } : {};
  const body = Buffer.from(JSON.stringify({ model, messages, ...more }));
  const url = `${target.origin}/v1/chat/completions`;
  const headers = { 'content-type': 'application/json', 'content-length': body.length, ...target.headers };
  const one = (startedAt: number): Promise<Sample> =>
    new Promise((resolve) => {
      let firstAt = 0;
      let text = '';
      const finish = (error?: string): void => {
        const endedAt = performance.now();
        const times = { firstByteMs: (firstAt || endedAt) - startedAt, wholeMs: endedAt - startedAt };
        resolve(error === undefined ? times : { ...times, error });
      };
      const request = send(url, { method: 'POST', agent, headers }, (response) => {
        response.setEncoding('latin1');
        response.on('data', (piece: string) => {
          if (firstAt === 0) {
            firstAt = performance.now();
            onFirst();
          }
          text += piece;
        });
        response.on('end', () => finish(failureOf(response.statusCode ?? 0, text, stream)));
        response.on('error', (error) => finish(error.message));
      });
      request.on('error', (error) => finish(error.message));
      request.end(body);
    });
  return { one, close: () => agent.destroy() };
};

type One = (startedAt: number) => Promise<Sample>;

const openLoop = async (one: One, ratePerSecond: number, seconds: number): Promise<readonly Sample[]> => {
  const gapMs = 1_000 / ratePerSecond;
  const total = Math.round(ratePerSecond * seconds);
  const startedAt = performance.now() + gapMs;
  const answers: Promise<Sample>[] = [];
  while (answers.length < total) {
    const dueAt = startedAt + answers.length * gapMs;
    const waitMs = dueAt - performance.now();
    // A timer is up to a millisecond late; the last stretch goes by turns of the event loop.
    if (waitMs > 1.5) await sleep(waitMs - 1.5);
    else if (waitMs > 0) await new Promise(setImmediate);
    else answers.push(one(dueAt));
  }
  return await Promise.all(answers);
};

const closedLoop = async (one: One, connections: number, goesOn: () => boolean): Promise<readonly Sample[]> => {
  const samples: Sample[] = [];
  const connection = async (): Promise<void> => {
    while (goesOn()) samples.push(await one(performance.now()));
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return samples;
};

const late = (patienceMs: number): Promise<readonly Sample[]> =>
  new Promise((resolve) => {
    setTimeout(() => {
      resolve([{ firstByteMs: patienceMs, wholeMs: patienceMs, error: 'the first frame was held back' }]);
    }, patienceMs).unref();
  });

const play = async (job: LoadJob): Promise<readonly Sample[]> => {
  const { shape } = job;
  const release = (): void => {
    if (shape.type === 'gated') send(shape.release, { method: 'POST' }).end();
  };
  const { one, close } = createSender(job, release);
  try {
    switch (shape.type) {
      case 'open':
        return await openLoop(one, shape.ratePerSecond, shape.seconds);
      case 'closed': {
        const endsAt = performance.now() + shape.seconds * 1_000;
        return await closedLoop(one, shape.connections, () => performance.now() < endsAt);
      }
      case 'count': {
        let left = shape.requests;
        return await closedLoop(one, shape.connections, () => (left -= 1) >= 0);
      }
      case 'gated':
        return await Promise.race([one(performance.now()).then((sample) => [sample]), late(shape.patienceMs)]);
    }
  } finally {
    close();
  }
};

const spread = (values: readonly number[]): Spread => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) });

serveJobs(async (job) => {
  const startedAt = performance.now();
  // SAFETY: sent by `Program.run` of the stage, which takes jobs of this type only.
  const samples = await play(job as LoadJob);
  const seconds = (performance.now() - startedAt) / 1_000;
  const good = samples.filter(({ error }) => error === undefined);
  const firstError = samples.find(({ error }) => error !== undefined)?.error;
  return {
    requests: samples.length,
    errors: samples.length - good.length,
    ...(firstError === undefined ? {} : { firstError }),
    perSecond: good.length / seconds,
    firstByteMs: spread(good.map(({ firstByteMs }) => firstByteMs)),
    wholeMs: spread(good.map(({ wholeMs }) => wholeMs)),
  } satisfies LoadResult;
});
