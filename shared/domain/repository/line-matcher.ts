/** Finds lines: by a text they contain, or by a pattern of linear time when the query begins with `re:`. */

import { err, ok, type Result } from '../../errors/result.ts';
import { compileLinearPattern } from './linear-pattern.ts';

export interface LineMatcher {
  /** False only when no line of the text can match: a quick look before it is cut into lines. */
  readonly mayMatch: (text: string) => boolean;
  readonly matches: (line: string) => boolean;
}

const patternPrefix = 're:';
const maximumQueryLength = 500;

/** The matcher, or what is wrong with the query as the rest of a sentence. */
export const createLineMatcher = (query: unknown): Result<LineMatcher, string> => {
  if (typeof query !== 'string') return err('is not a text');
  if (query === '') return err('is empty');
  if (query.length > maximumQueryLength) return err(`is longer than ${maximumQueryLength} characters`);
  if (/[\n\r]/u.test(query)) return err('contains a line break; lines are searched one by one');
  if (!query.startsWith(patternPrefix)) {
    const contains = (text: string): boolean => text.includes(query);
    return ok({ mayMatch: contains, matches: contains });
  }
  const pattern = compileLinearPattern(query.slice(patternPrefix.length));
  return pattern.ok ? ok({ mayMatch: () => true, matches: pattern.value }) : pattern;
};
