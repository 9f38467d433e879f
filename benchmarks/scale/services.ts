/** What one more service costs those who look services up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../statistics.ts';
import type { ScaleOptions } from './options.ts';
import type { ScaleWorker } from './scale-worker.ts';
import { spread } from './spread.ts';

export interface ServiceFigures {
  readonly services: number;
  readonly registeredPerSecond: number;
  /** One lookup by name and range of versions, microseconds; the mean of two hundred at a time. */
  readonly discoveryUs: { readonly p50: number; readonly p99: number };
}

/** For so long a reader does not look for what is newer, and some time to spare. */
const snapshotFreshMs = 1_500;

const describe = ({ services, registeredPerSecond, discoveryUs }: ServiceFigures): string =>
  `${services} services: ${registeredPerSecond.toFixed(0)} registered a second, found in ${discoveryUs.p50.toFixed(0)} µs (p99 ${discoveryUs.p99.toFixed(0)})`;

/** At each size. */
export const measureServices = async (
  worker: ScaleWorker,
  { services: sizes, samples }: Pick<ScaleOptions, 'services' | 'samples'>,
  tell: (line: string) => void,
): Promise<readonly ServiceFigures[]> => {
  const figures: ServiceFigures[] = [];
  let from = 0;
  for (const to of sizes) {
    const startedAt = performance.now();
    await worker.run('/services/register', { from, to });
    const registeredPerSecond = ((to - from) * 1_000) / (performance.now() - startedAt);
    await sleep(snapshotFreshMs);
    // SAFETY: the answer of our own Worker; see worker/services.ts.
    const { timesUs } = (await worker.run('/services/discover', { numbers: spread(to, samples) })) as {
      readonly timesUs: readonly number[];
    };
    const figure: ServiceFigures = {
      services: to,
      registeredPerSecond,
      discoveryUs: { p50: median(timesUs), p99: quantile(timesUs, 0.99) },
    };
    tell(describe(figure));
    figures.push(figure);
    from = to;
  }
  return figures;
};
