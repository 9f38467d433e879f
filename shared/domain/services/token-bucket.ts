/** A token bucket: so many a minute, a minute's worth at once. Kept in memory; a bucket that is forgotten is a full one. */

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Takes one token, or says in how many seconds there will be one. */
const takeToken = (
  bucket: Bucket | undefined,
  perMinute: number,
  now: number,
): { readonly bucket: Bucket; readonly remaining: number; readonly retryAfterSeconds?: number } => {
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, now - bucket.at);
  const tokens =
    bucket === undefined ? perMinute : Math.min(perMinute, bucket.tokens + (elapsedMs * perMinute) / 60_000);
  if (tokens < 1) {
    const retryAfterSeconds = Math.max(1, Math.ceil(((1 - tokens) * 60) / perMinute));
    return { bucket: { tokens, at: now }, remaining: 0, retryAfterSeconds };
  }
  return { bucket: { tokens: tokens - 1, at: now }, remaining: Math.floor(tokens - 1) };
};

/** Many buckets by name, the one that was used longest ago going first when there are too many. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #most: number;

  constructor(most = 20_000) {
    this.#most = most;
  }

  take(
    name: string,
    perMinute: number,
    now: number,
  ): { readonly remaining: number; readonly retryAfterSeconds?: number } {
    const { bucket, ...answer } = takeToken(this.#buckets.get(name), perMinute, now);
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > this.#most) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return answer;
  }
}
