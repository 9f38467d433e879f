/** What one more topic costs those who publish and consume. */
import { median, quantile } from '../statistics.ts';
import type { Times } from './jobs.ts';
import type { ScaleOptions } from './options.ts';
import type { ScaleWorker } from './scale-worker.ts';
import { spread } from './spread.ts';

export interface TopicFigures {
  readonly topics: number;
  readonly diskBytesPerTopic: number;
  /** One event a command, 64 publishers over all topics, each event on the disk before its answer. */
  readonly publishedPerSecond: number;
  /** Rows a second of the same publishers over as many objects that do nothing else, in turns with it. */
  readonly barePerSecond: number;
  /** Median over turns of publishes to bare rows. */
  readonly publishedToBare: number;
  /** From the publisher's call until a consumer that waits has the event. */
  readonly deliveryMs: { readonly p50: number; readonly p99: number };
}

/** Of one turn, and how many turns there are. */
const events = 1_000;
const turns = 3;

const describe = ({ topics, publishedPerSecond, publishedToBare, deliveryMs }: TopicFigures): string =>
  `${topics} topics: ${publishedPerSecond.toFixed(0)} events a second (${publishedToBare.toFixed(2)} of bare rows), delivered in ${deliveryMs.p50.toFixed(1)} ms (p99 ${deliveryMs.p99.toFixed(1)})`;

/** Operations a second of one turn. */
const rateOf = async (worker: ScaleWorker, job: string, topics: number): Promise<number> => {
  const startedAt = performance.now();
  await worker.run(job, { topics, events });
  return (events * 1_000) / (performance.now() - startedAt);
};

/** At each size. */
export const measureTopics = async (
  worker: ScaleWorker,
  { topics: sizes, samples }: Pick<ScaleOptions, 'topics' | 'samples'>,
  tell: (line: string) => void,
): Promise<readonly TopicFigures[]> => {
  const figures: TopicFigures[] = [];
  let from = 0;
  for (const to of sizes) {
    await worker.run('/topics/make', { from, to });
    const rates: { readonly bare: number; readonly published: number }[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const bare = await rateOf(worker, '/topics/bare', to);
      rates.push({ bare, published: await rateOf(worker, '/topics/publish', to) });
    }
    // What was published is consumed first, so that a delivery is that of the event that was waited for.
    await worker.run('/topics/drain', { numbers: spread(to, samples) });
    // SAFETY: the answer of our own Worker; see worker/topics.ts.
    const { timesMs } = (await worker.run('/topics/deliver', { numbers: spread(to, samples) })) as Times;
    const figure: TopicFigures = {
      topics: to,
      diskBytesPerTopic: worker.disk('TopicObject').bytes / to,
      publishedPerSecond: median(rates.map(({ published }) => published)),
      barePerSecond: median(rates.map(({ bare }) => bare)),
      publishedToBare: median(rates.map(({ bare, published }) => published / bare)),
      deliveryMs: { p50: median(timesMs), p99: quantile(timesMs, 0.99) },
    };
    tell(describe(figure));
    figures.push(figure);
    from = to;
  }
  return figures;
};
