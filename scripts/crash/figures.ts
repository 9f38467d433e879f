/** What a crash run found, and whether that is good enough. */
import type { EffectClass } from './ledger.ts';

export interface SeedFigures {
  readonly seed: number;
  readonly kills: { readonly runtime: number; readonly sandbox: number; readonly tree: number };
  /** Kills that hit a model or a tool while it was answering. */
  readonly killsInFlight: number;
  readonly runs: number;
  /** Steps of agents that the logs show. */
  readonly steps: number;
  readonly events: number;
  readonly effects: Readonly<Record<EffectClass, number>>;
  readonly acknowledgedWrites: number;
  readonly lost: number;
  /** Acknowledged writes that stand in the log more than once. */
  readonly repeatedWrites: number;
  readonly duplicated: Readonly<Record<EffectClass, number>>;
  readonly settledByPerson: { readonly done: number; readonly redo: number };
  readonly eventGaps: number;
  readonly streamGaps: { readonly serverSent: number; readonly socket: number };
  readonly reconnections: number;
  readonly projectionDifferences: number;
  readonly unfinished: number;
  readonly resultDifferences: number;
  readonly resumeMs: readonly number[];
  /** One sentence for each thing that is not as it should be. */
  readonly findings: readonly string[];
}

/** The value below which the share of the values lies; 0 for none. */
const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
};

const sum = (seeds: readonly SeedFigures[], of: (seed: SeedFigures) => number): number =>
  seeds.reduce((total, seed) => total + of(seed), 0);

const sumByClass = (
  seeds: readonly SeedFigures[],
  of: (seed: SeedFigures) => Readonly<Record<EffectClass, number>>,
): Readonly<Record<EffectClass, number>> => ({
  pure: sum(seeds, (seed) => of(seed).pure),
  idempotent: sum(seeds, (seed) => of(seed).idempotent),
  lookup: sum(seeds, (seed) => of(seed).lookup),
  unsafe: sum(seeds, (seed) => of(seed).unsafe),
});

/** The one object that `npm run crash` prints. */
export const combine = (
  seeds: readonly SeedFigures[],
  options: { readonly naive: boolean; readonly durationMs: number },
) => {
  const resumes = seeds.flatMap(({ resumeMs }) => resumeMs);
  return {
    naive: options.naive,
    durationMs: Math.round(options.durationMs),
    seeds: seeds.map(({ seed }) => seed),
    kills: {
      runtime: sum(seeds, ({ kills }) => kills.runtime),
      sandbox: sum(seeds, ({ kills }) => kills.sandbox),
      tree: sum(seeds, ({ kills }) => kills.tree),
      all: sum(seeds, ({ kills }) => kills.runtime + kills.sandbox + kills.tree),
    },
    killsInFlight: sum(seeds, ({ killsInFlight }) => killsInFlight),
    runs: sum(seeds, ({ runs }) => runs),
    steps: sum(seeds, ({ steps }) => steps),
    events: sum(seeds, ({ events }) => events),
    effects: sumByClass(seeds, ({ effects }) => effects),
    acknowledgedWrites: sum(seeds, ({ acknowledgedWrites }) => acknowledgedWrites),
    lost: sum(seeds, ({ lost }) => lost),
    repeatedWrites: sum(seeds, ({ repeatedWrites }) => repeatedWrites),
    duplicated: sumByClass(seeds, ({ duplicated }) => duplicated),
    settledByPerson: {
      done: sum(seeds, ({ settledByPerson }) => settledByPerson.done),
      redo: sum(seeds, ({ settledByPerson }) => settledByPerson.redo),
    },
    eventGaps: sum(seeds, ({ eventGaps }) => eventGaps),
    streamGaps: {
      serverSent: sum(seeds, ({ streamGaps }) => streamGaps.serverSent),
      socket: sum(seeds, ({ streamGaps }) => streamGaps.socket),
    },
    reconnections: sum(seeds, ({ reconnections }) => reconnections),
    projectionDifferences: sum(seeds, ({ projectionDifferences }) => projectionDifferences),
    unfinished: sum(seeds, ({ unfinished }) => unfinished),
    resultDifferences: sum(seeds, ({ resultDifferences }) => resultDifferences),
    resumeMs: { count: resumes.length, p50: quantile(resumes, 0.5), p99: quantile(resumes, 0.99) },
    findings: seeds.flatMap(({ seed, findings }) => findings.map((finding) => `seed ${seed}: ${finding}`)),
  };
};

type CrashFigures = ReturnType<typeof combine>;

const resumeLimitMs = 2_000;

/** The targets that were missed, a sentence each. */
export const missedTargets = (figures: CrashFigures): readonly string[] => {
  const { duplicated } = figures;
  if (figures.naive) {
    const all = duplicated.pure + duplicated.idempotent + duplicated.lookup + duplicated.unsafe;
    return all > 0 ? [] : ['naive journaling duplicated nothing, so this run shows nothing'];
  }
  const mustBeZero: readonly (readonly [string, number])[] = [
    ['acknowledged writes were lost', figures.lost],
    ['acknowledged writes were repeated', figures.repeatedWrites],
    ['idempotent effects were duplicated', duplicated.idempotent],
    ['lookup effects were duplicated', duplicated.lookup],
    ['unsafe effects were duplicated', duplicated.unsafe],
    ['events are missing in the logs', figures.eventGaps],
    ['events were missed by server-sent events', figures.streamGaps.serverSent],
    ['events were missed by sockets', figures.streamGaps.socket],
    ['projects differ from their row in the directory', figures.projectionDifferences],
    ['runs did not finish', figures.unfinished],
    ['results differ from an undisturbed run', figures.resultDifferences],
  ];
  return [
    ...mustBeZero.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`),
    ...(figures.killsInFlight === 0 ? ['no kill hit anything under way'] : []),
    ...(figures.resumeMs.p99 > resumeLimitMs
      ? [`runs resumed after ${figures.resumeMs.p99} ms (p99), more than ${resumeLimitMs} ms`]
      : []),
  ];
};
