/** What runs of performance tests say, and the figures that gates look at. */
import type { BenchReport, LoadBlock } from '../../../rpc/bench.ts';
import type { PerformanceResult } from '../../../rpc/performance.ts';
import type { Figures } from '../judge/gate.ts';
import { benchRule, compareAll, comparePairs, loadRule, type Pair } from './compare-pairs.ts';

const middle = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Rounds of one run, joined: each benchmark with all of its samples, a failure of any round kept. */
export const joinReports = (before: BenchReport | undefined, next: BenchReport): BenchReport => {
  if (before === undefined) return next;
  const keyOf = ({ file, name }: { readonly file: string; readonly name: string }): string =>
    JSON.stringify([file, name]);
  const known = new Map(before.benchmarks.map((each) => [keyOf(each), each]));
  for (const each of next.benchmarks) {
    const earlier = known.get(keyOf(each));
    const failure = earlier?.failure ?? each.failure;
    known.set(keyOf(each), {
      ...each,
      samples: [...(earlier?.samples ?? []), ...each.samples],
      ...(failure === undefined ? {} : { failure }),
    });
  }
  return { benchmarks: [...known.values()], loadFailures: next.loadFailures };
};

/** The verdict about each benchmark, those together that were compared. */
export const benchResults = ({ benchmarks, loadFailures }: BenchReport): readonly PerformanceResult[] => {
  const usable = benchmarks.filter(({ failure }) => failure === undefined);
  const paired = usable.map(({ file, name, samples }) => ({
    name: `${file} > ${name}`,
    pairs: samples.flatMap(({ before, change }): readonly Pair[] => (before === undefined ? [] : [[before, change]])),
  }));
  const comparisons = new Map(
    compareAll(
      paired.filter(({ pairs }) => pairs.length > 0),
      benchRule,
    ).map(({ name, ...comparison }) => [name, comparison]),
  );
  return [
    ...loadFailures.map(({ file, message }) => ({ name: file, failure: message })),
    ...benchmarks.map(({ file, name, samples, steps, failure }): PerformanceResult => {
      const full = `${file} > ${name}`;
      if (failure !== undefined) return { name: full, failure };
      const comparison = comparisons.get(full);
      return {
        name: full,
        microseconds: rounded(middle(samples.map(({ change }) => change)) / 1_000),
        ...(comparison === undefined ? {} : { comparison }),
        ...(steps.before === undefined || steps.before === 0
          ? {}
          : { stepsRatio: rounded(steps.change / steps.before) }),
      };
    }),
  ];
};

/** The mean without the slowest tenth: what other programs of the machine do to single answers counts little. */
const typical = (times: readonly number[]): number => {
  const kept = times.toSorted((left, right) => left - right).slice(0, Math.max(1, Math.ceil(times.length * 0.9)));
  return kept.reduce((sum, time) => sum + time, 0) / kept.length;
};

/** The verdict about a load: each pair is a block of the version before and one of the change. Side 0 is the one before. */
export const loadResult = (name: string, blocks: readonly LoadBlock[], hasBefore: boolean): PerformanceResult => {
  const measured = hasBefore ? 1 : 0;
  const own = blocks.filter(({ side }) => side === measured);
  const others = blocks.filter(({ side }) => side !== measured);
  const times = own.flatMap(({ timesMs }) => timesMs).toSorted((left, right) => left - right);
  const asked = own.reduce((sum, { sent, dropped }) => sum + sent + dropped, 0);
  const failed = own.reduce((sum, block) => sum + block.failed + block.dropped, 0);
  const failedPercent = asked === 0 ? 100 : rounded((failed / asked) * 100);
  if (times.length === 0) return { name, failedPercent, failure: 'no request was answered' };
  const pairs = own.flatMap((block, index): readonly Pair[] => {
    const other = others[index];
    return other === undefined || other.timesMs.length === 0 || block.timesMs.length === 0
      ? []
      : [[typical(other.timesMs), typical(block.timesMs)]];
  });
  return {
    name,
    microseconds: rounded(typical(times) * 1_000),
    p95Ms: rounded(times[Math.floor(times.length * 0.95)] ?? Number.NaN),
    failedPercent,
    ...(hasBefore ? { comparison: comparePairs(pairs, loadRule) } : {}),
  };
};

const worst = (results: readonly PerformanceResult[]): PerformanceResult | undefined =>
  results
    .filter(({ comparison }) => comparison !== undefined)
    .toSorted((left, right) => (right.comparison?.ratio ?? 0) - (left.comparison?.ratio ?? 0))[0];

const describe = ({ name, comparison }: PerformanceResult): string =>
  comparison === undefined
    ? name
    : `${name} takes ${comparison.ratio} times as long (between ${comparison.low} and ${comparison.high}), ${comparison.verdict.replace('_', ' ')}`;

/** A benchmark that fails counts as slower: it shows nothing. Other figures of the same commit stay. */
export const performanceFigures = (
  kind: 'bench' | 'load',
  commit: string,
  base: string | undefined,
  results: readonly PerformanceResult[],
  known: Figures | undefined,
): Figures => {
  const count = (isCounted: (result: PerformanceResult) => boolean): number => results.filter(isCounted).length;
  const slower = count(({ comparison, failure }) => failure !== undefined || comparison?.verdict === 'slower');
  const undecided = count(({ comparison }) => comparison?.verdict === 'undecided');
  const slowest = worst(results);
  const slowdown = slowest?.comparison?.ratio ?? 1;
  const [load] = results;
  const own: Readonly<Record<string, number>> =
    kind === 'bench'
      ? { slower, undecided, slowdown }
      : {
          loadSlower: slower,
          loadSlowdown: slowdown,
          ...(load?.p95Ms === undefined ? {} : { p95: load.p95Ms }),
          ...(load?.failedPercent === undefined ? {} : { loadFailed: load.failedPercent }),
        };
  const earlier = known?.commit === commit ? known : undefined;
  const against = base === undefined ? 'nothing to compare with' : `against ${base.slice(0, 10)}`;
  const what = kind === 'bench' ? `${results.length} benchmarks` : 'load';
  const detail = slowest === undefined ? '' : `: ${describe(slowest)}`;
  const summary = `${what} ${against}, ${slower} slower, ${undecided} undecided${detail}`;
  return {
    kind: 'performance',
    commit,
    figures: { ...earlier?.figures, ...own },
    summary:
      earlier === undefined
        ? summary
        : `${summary}. Before: ${earlier.summary.split('. Before: ')[0] ?? ''}`.slice(0, 1_000),
  };
};
