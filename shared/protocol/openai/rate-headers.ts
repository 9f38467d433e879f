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

/** The headers, for the units that are limited. */
export const rateHeaders = (standings: RateStandings): readonly (readonly [name: string, value: string])[] =>
  (['requests', 'tokens'] as const).flatMap((unit) => {
    const standing = standings[unit];
    if (standing === undefined) return [];
    return [
      [`x-ratelimit-limit-${unit}`, String(standing.limit)] as const,
      [`x-ratelimit-remaining-${unit}`, String(standing.remaining)] as const,
      [`x-ratelimit-reset-${unit}`, durationText(standing.resetMs)] as const,
    ];
  });
