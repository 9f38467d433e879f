/**
 * The rates of calls in force, and what was taken of each: for every key, every workspace, and every model within a
 * workspace, requests and tokens a minute. Kept in memory by whoever holds the value; a workspace never sees from its
 * figures what others do.
 */
import { correct, take, type Rate, type RateVerdict } from './gcra.ts';

export type RateUnit = 'requests' | 'tokens';

/** Limits for a minute. */
export type RateLimit = { readonly [Unit in RateUnit]?: number };

export interface RateLimits {
  /** Of each key. */
  readonly key?: RateLimit;
  /** Of each workspace. */
  readonly workspace?: RateLimit;
  /** Of each model within each workspace, where `models` names no other. */
  readonly model?: RateLimit;
  /** By `<provider>/<model>`. */
  readonly models: Readonly<Record<string, RateLimit>>;
}

/** Who calls what. */
export interface RatedCall {
  readonly workspaceId: string;
  readonly keyId: string;
  readonly model: string;
}

/** The tightest limit of one unit. */
export interface RateStanding {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

export type RateStandings = { readonly [Unit in RateUnit]?: RateStanding };

export type Admission = { readonly standings: RateStandings } & (
  | { readonly admitted: true }
  | {
      readonly admitted: false;
      readonly unit: RateUnit;
      readonly scope: 'key' | 'workspace' | 'model';
      readonly limit: number;
      readonly retryAfterMs: number;
    }
);

const minuteMs = 60_000;

/** More accounts than this are looked through for those that are paid for. */
const maxAccounts = 10_000;

interface Bucket {
  readonly name: string;
  readonly scope: 'key' | 'workspace' | 'model';
  readonly unit: RateUnit;
  readonly rate: Rate;
}

const units = ['requests', 'tokens'] as const;

const standingsOf = (judged: readonly { readonly bucket: Bucket; readonly verdict: RateVerdict }[]): RateStandings => {
  const standings: { [Unit in RateUnit]?: RateStanding } = {};
  for (const { bucket, verdict } of judged) {
    const known = standings[bucket.unit];
    if (known !== undefined && known.remaining <= verdict.remaining) continue;
    const { remaining, resetMs } = verdict;
    standings[bucket.unit] = { limit: bucket.rate.limit, remaining, resetMs };
  }
  return standings;
};

export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #paidAt = new Map<string, number>();
  readonly #buckets = new Map<string, readonly Bucket[]>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Takes one request and `tokens` tokens of all rates that hold for the call, or of none. */
  admit(call: RatedCall, tokens: number, now: number): Admission {
    const judged = this.#bucketsOf(call).map((bucket) => ({
      bucket,
      verdict: take(this.#paidAt.get(bucket.name), now, bucket.rate, bucket.unit === 'requests' ? 1 : tokens),
    }));
    const refusing = judged
      .filter(({ verdict }) => !verdict.admitted)
      .toSorted((left, right) => right.verdict.retryAfterMs - left.verdict.retryAfterMs)[0];
    if (refusing !== undefined) {
      const { scope, unit, rate } = refusing.bucket;
      // What the others would have taken was not taken.
      const standings = standingsOf(judged.map(({ bucket }) => this.#standing(bucket, now)));
      const { retryAfterMs } = refusing.verdict;
      return { admitted: false, standings, scope, unit, limit: rate.limit, retryAfterMs };
    }
    for (const { bucket, verdict } of judged) this.#keep(bucket.name, verdict.paidAt ?? now, now);
    return { admitted: true, standings: standingsOf(judged) };
  }

  /** Takes `tokens` more, or gives them back where negative: what a call came to beyond what it was admitted with. */
  correct(call: RatedCall, tokens: number, now: number): void {
    for (const { name, unit, rate } of this.#bucketsOf(call)) {
      if (unit === 'tokens') this.#keep(name, correct(this.#paidAt.get(name), now, rate, tokens), now);
    }
  }

  #standing(bucket: Bucket, now: number): { readonly bucket: Bucket; readonly verdict: RateVerdict } {
    return { bucket, verdict: take(this.#paidAt.get(bucket.name), now, bucket.rate, 0) };
  }

  #bucketsOf(call: RatedCall): readonly Bucket[] {
    const name = `${call.workspaceId} ${call.keyId} ${call.model}`;
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const buckets = this.#findBuckets(call);
    if (this.#buckets.size >= maxAccounts) this.#buckets.clear();
    this.#buckets.set(name, buckets);
    return buckets;
  }

  #findBuckets({ workspaceId, keyId, model }: RatedCall): readonly Bucket[] {
    const { key, workspace, models } = this.#limits;
    const own = Object.hasOwn(models, model) ? models[model] : this.#limits.model;
    return (
      [
        ['key', key, keyId],
        ['workspace', workspace, workspaceId],
        ['model', own, `${workspaceId} ${model}`],
      ] as const
    ).flatMap(([scope, limits, name]) =>
      units.flatMap((unit) => {
        const limit = limits?.[unit];
        return limit === undefined
          ? []
          : [{ name: `${scope} ${unit} ${name}`, scope, unit, rate: { limit, periodMs: minuteMs } }];
      }),
    );
  }

  #keep(name: string, paidAt: number, now: number): void {
    this.#paidAt.set(name, paidAt);
    if (this.#paidAt.size <= maxAccounts) return;
    for (const [known, until] of this.#paidAt) if (until <= now) this.#paidAt.delete(known);
  }
}
