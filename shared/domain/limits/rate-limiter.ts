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
  readonly scope: 'key' | 'workspace' | 'model';
  readonly unit: RateUnit;
  readonly rate: Rate;
  /** Undefined: nothing was taken yet. */
  paidAt: number | undefined;
}

const units = ['requests', 'tokens'] as const;

interface Judged {
  readonly bucket: Bucket;
  readonly verdict: RateVerdict;
}

const costOf = ({ unit }: Bucket, tokens: number): number => (unit === 'requests' ? 1 : tokens);

/** Of each unit what is left where the least is left. */
const standingsOf = (judged: readonly Judged[]): RateStandings => {
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
  /** By scope, unit and whose they are. Calls that share a rate share its bucket. */
  readonly #buckets = new Map<string, Bucket>();
  /** Those that hold for a call, by who calls what. */
  readonly #found = new Map<string, readonly Bucket[]>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Takes one request and `tokens` tokens of all rates that hold for the call, or of none. */
  admit(call: RatedCall, tokens: number, now: number): Admission {
    const judged: Judged[] = [];
    let refusing: Judged | undefined;
    for (const bucket of this.#bucketsOf(call, now)) {
      const one = { bucket, verdict: take(bucket.paidAt, now, bucket.rate, costOf(bucket, tokens)) };
      judged.push(one);
      // What has to be waited for longest is told.
      if (!one.verdict.admitted && one.verdict.retryAfterMs > (refusing?.verdict.retryAfterMs ?? 0)) refusing = one;
    }
    if (refusing !== undefined) {
      const { scope, unit, rate } = refusing.bucket;
      // What the others would have taken was not taken.
      const left = judged.map(({ bucket }) => ({ bucket, verdict: take(bucket.paidAt, now, bucket.rate, 0) }));
      const { retryAfterMs } = refusing.verdict;
      return { admitted: false, standings: standingsOf(left), scope, unit, limit: rate.limit, retryAfterMs };
    }
    for (const { bucket, verdict } of judged) bucket.paidAt = verdict.paidAt;
    return { admitted: true, standings: standingsOf(judged) };
  }

  /** Takes `tokens` more, or gives them back where negative: what a call came to beyond what it was admitted with. */
  correct(call: RatedCall, tokens: number, now: number): void {
    for (const bucket of this.#bucketsOf(call, now)) {
      if (bucket.unit === 'tokens') bucket.paidAt = correct(bucket.paidAt, now, bucket.rate, tokens);
    }
  }

  #bucketsOf(call: RatedCall, now: number): readonly Bucket[] {
    const name = `${call.workspaceId} ${call.keyId} ${call.model}`;
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    if (Math.max(this.#buckets.size, this.#found.size) >= maxAccounts) this.#forgetPaid(now);
    const found = this.#findBuckets(call);
    this.#found.set(name, found);
    return found;
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
    ).flatMap(([scope, limits, of]) =>
      units.flatMap((unit) => {
        const limit = limits?.[unit];
        return limit === undefined ? [] : [this.#bucket(`${scope} ${unit} ${of}`, scope, unit, limit)];
      }),
    );
  }

  #bucket(name: string, scope: Bucket['scope'], unit: RateUnit, limit: number): Bucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket: Bucket = { scope, unit, rate: { limit, periodMs: minuteMs }, paidAt: undefined };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** A bucket that is paid for is as good as a new one. */
  #forgetPaid(now: number): void {
    this.#found.clear();
    for (const [name, { paidAt }] of this.#buckets)
      if (paidAt === undefined || paidAt <= now) this.#buckets.delete(name);
  }
}
