/** What a matcher answers, and the short ways to say it. */
import { describeValue } from './describe-value.ts';

export interface Verdict {
  readonly holds: boolean;
  /** Reads after "expected … " and, when negated, after "expected … not ". */
  readonly phrase: string;
  readonly expected?: unknown;
  /** True when `expected` stands for the whole received value, so that showing both helps. */
  readonly compares?: boolean;
  /** `expected` and `actual` are text to be shown as it is. */
  readonly isText?: boolean;
  readonly actual?: unknown;
  /** The whole message, of a matcher that words it itself. */
  readonly message?: string;
}

/** What a matcher may know about the expectation it stands in. */
export interface MatcherSettings {
  readonly negated: boolean;
  readonly awaiting: string;
}

export type Matcher = (
  received: unknown,
  values: readonly unknown[],
  settings?: MatcherSettings,
) => Verdict | Promise<Verdict>;

export const short = (value: unknown): string => describeValue(value, 200);

export function compared(holds: boolean, verb: string, expected: unknown): Verdict {
  return { holds, phrase: `${verb} ${short(expected)}`, expected, compares: true };
}

export function plain(holds: boolean, phrase: string): Verdict {
  return { holds, phrase };
}
