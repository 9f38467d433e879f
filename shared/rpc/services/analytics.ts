/** Analytics: events of an app, counted. People are kept as keyed hashes, never as they were named. */
import type { Result } from '../../errors/result.ts';

export interface AnalyticsEvent {
  /** `[a-z][a-z0-9_.]*`, at most 64 characters. */
  readonly name: string;
  /** Who did it, such as an account id. Absent: nobody in particular. */
  readonly actor?: string;
  /** When; the time of arrival unless told. At most a day ahead of it, and within the time events are kept. */
  readonly at?: number;
  /** Text, numbers and truth values by name; at most 10. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** The same again within the time events are kept counts once. */
  readonly eventId?: string;
}

export interface Period {
  /** Inclusive, in milliseconds. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export type Interval = 'minute' | 'hour' | 'day' | 'week';

export interface SeriesPoint {
  /** Start of the interval, UTC; weeks start on Monday. */
  readonly at: number;
  readonly count: number;
  readonly actors: number;
}

export interface FunnelStep {
  readonly name: string;
  /** People who got this far, each step after the one before it. */
  readonly actors: number;
}

export interface RetentionCohort {
  /** Start of the interval in which its people did the first event for the first time within the period. */
  readonly at: number;
  readonly size: number;
  /** How many of them did the second event 0, 1, 2, … intervals later. */
  readonly returned: readonly number[];
}

export interface AnalyticsRpc {
  /** At most 500 at a time, all or none. */
  track(command: { readonly events: readonly AnalyticsEvent[] }): Promise<Result<{ readonly counted: number }>>;
  /** One point for every interval of the period, at most 1,000, those without events too. */
  series(
    query: Period & { readonly name: string; readonly interval: Interval },
  ): Promise<Result<readonly SeriesPoint[]>>;
  /** Total of each event's name in the period, most frequent first; by the values of a property where one is named. */
  totals(
    query: Period & { readonly name?: string; readonly property?: string; readonly limit?: number },
  ): Promise<Result<readonly { readonly name: string; readonly count: number }[]>>;
  /** 2 to 10 steps; each within `withinMs` of the first. */
  funnel(
    query: Period & { readonly steps: readonly string[]; readonly withinMs: number },
  ): Promise<Result<readonly FunnelStep[]>>;
  retention(
    query: Period & { readonly first: string; readonly returning: string; readonly interval: 'day' | 'week' },
  ): Promise<Result<readonly RetentionCohort[]>>;
  /** How often each name was counted in the last minutes, at most 60, the running one included. */
  live(query: {
    readonly minutes: number;
  }): Promise<Result<readonly { readonly name: string; readonly count: number }[]>>;
}
