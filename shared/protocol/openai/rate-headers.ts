/** Rate limits as OpenAI's answers tell them: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`. */
import type { RateStandings } from '../../domain/limits/rate-limiter.ts';

/** `20ms`, `1.5s`, `6m0s`. */
export const durationText = (milliseconds: number): string => {
  const whole = Math.ceil(milliseconds);
  if (whole < 1_000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = (whole - minutes * 60_000) / 1_000;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
};

const names = {
  requests: {
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  tokens: {
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
} as const;

/** The headers, for the units that are limited. */
export const rateHeaders = (standings: RateStandings): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {};
  for (const unit of ['requests', 'tokens'] as const) {
    const standing = standings[unit];
    if (standing === undefined) continue;
    const { limit, remaining, reset } = names[unit];
    headers[limit] = String(standing.limit);
    headers[remaining] = String(standing.remaining);
    headers[reset] = durationText(standing.resetMs);
  }
  return headers;
};
