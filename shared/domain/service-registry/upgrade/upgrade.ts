/**
 * A rolling upgrade of a service: its requests go over from the instances of the versions it has to those of another
 * version, in steps. While it goes on, the weights of all instances of the name follow from the step alone, so that each
 * step, and each return, is one change of one record; what the instances were registered with is touched only at the end.
 */
import { maxWeight } from '../limits.ts';
import type { UpgradeFigures } from './advise.ts';

export type UpgradeStatus =
  | 'running'
  /** Stays at its step; is still stopped when the new version does worse. */
  | 'paused'
  /** All requests go to the new version. */
  | 'completed'
  /** Ended by itself: all requests go to the old versions again. */
  | 'stopped'
  /** Ended by a person, likewise. */
  | 'aborted';

export type UpgradeEnd =
  | 'passed'
  /** The new version fails more often than the old one. */
  | 'errors'
  /** It takes longer. */
  | 'latency'
  /** One of its instances says that it is failing. */
  | 'health'
  /** No instance of it is left. */
  | 'gone'
  /** No instance of the old versions is left, so nothing can be gone back to. */
  | 'old_gone'
  | 'asked';

/** What is asked for, with nothing left open. */
export interface UpgradePlan {
  /** The version, as its instances are registered with it. */
  readonly to: string;
  /** Per cent of the requests for the new version, rising, the last 100. */
  readonly steps: readonly number[];
  /** A step is over when the new version was seen to take so many requests, */
  readonly stepRequests: number;
  /** or after so long, with whatever was seen. */
  readonly stepSeconds: number;
  /** Times of the new version may be so many times those of the old one. */
  readonly maxSlowdown: number;
}

export interface Upgrade extends UpgradePlan {
  /** The command that began it. */
  readonly id: string;
  readonly name: string;
  /** The versions that had the requests before. */
  readonly from: readonly string[];
  /** What all weights are together, before, during and after. */
  readonly total: number;
  readonly status: UpgradeStatus;
  /** Index into `steps`. */
  readonly step: number;
  readonly startedAt: number;
  readonly stepStartedAt: number;
  /** Who began it. */
  readonly by: string;
  readonly endedAt?: number;
  readonly end?: UpgradeEnd;
  /** What its last step was ended by. */
  readonly figures?: UpgradeFigures;
}

export type UpgradeGroup = 'old' | 'new';

/** What of an instance matters here. */
export interface Weighted {
  readonly instance: string;
  readonly metadata: { readonly version: string; readonly weight: number };
}

export const isActive = ({ status }: Pick<Upgrade, 'status'>): boolean => status === 'running' || status === 'paused';

/** An instance of the new version that was registered without weight has a share like one with this weight. */
const usualWeight = 100;
/** Weights are shared out in thousandths, so that they add up exactly. */
const parts = 1_000;

/** Which side an instance is on; undefined when it is drained and of another version: it gets no requests at all. */
export const groupOf = ({ to }: Pick<Upgrade, 'to'>, { metadata }: Weighted): UpgradeGroup | undefined =>
  metadata.version === to ? 'new' : metadata.weight > 0 ? 'old' : undefined;

/** So many thousandths in proportion to the bases; the largest remainders get what rounding leaves. */
const shareOut = (thousandths: number, bases: readonly (readonly [instance: string, base: number])[]) => {
  const sum = bases.reduce((all, [, base]) => all + base, 0);
  const exact = bases.map(([instance, base]) => ({ instance, share: (thousandths * base) / sum }));
  const rest = thousandths - exact.reduce((all, { share }) => all + Math.floor(share), 0);
  const byRemainder = exact.toSorted((a, b) => (b.share % 1) - (a.share % 1) || (a.instance < b.instance ? -1 : 1));
  const raised = new Set(byRemainder.slice(0, Math.round(rest)).map(({ instance }) => instance));
  return exact.map(
    ({ instance, share }) => [instance, (Math.floor(share) + Number(raised.has(instance))) / parts] as const,
  );
};

/** Per cent of the requests that the new version is to get. */
const newPercent = ({ status, steps, step }: Upgrade): number =>
  status === 'completed' ? 100 : status === 'stopped' || status === 'aborted' ? 0 : (steps[step] ?? 100);

/**
 * The weights of a name's instances under an upgrade, by instance; those that take no part in it are missing. They are
 * `total` together. Where one side has no instance, the other one has everything.
 */
export const upgradeWeights = (upgrade: Upgrade, instances: readonly Weighted[]): ReadonlyMap<string, number> => {
  const basesOf = (group: UpgradeGroup) =>
    instances
      .filter((instance) => groupOf(upgrade, instance) === group)
      .map(({ instance, metadata }) => [instance, metadata.weight > 0 ? metadata.weight : usualWeight] as const);
  const [old, fresh] = [basesOf('old'), basesOf('new')];
  const total = Math.round(upgrade.total * parts);
  const percent = old.length === 0 ? 100 : fresh.length === 0 ? 0 : newPercent(upgrade);
  const forNew = Math.round((total * percent) / 100);
  return new Map([...shareOut(total - forNew, old), ...shareOut(forNew, fresh)]);
};

/** As `upgradeWeights`, for good: where one would be above what an instance may have, all are made smaller alike. */
export const finalWeights = (upgrade: Upgrade, instances: readonly Weighted[]): ReadonlyMap<string, number> => {
  const weights = upgradeWeights(upgrade, instances);
  const highest = Math.max(...weights.values(), 0);
  if (highest <= maxWeight) return weights;
  return new Map([...weights].map(([instance, weight]) => [instance, (weight * maxWeight) / highest]));
};
