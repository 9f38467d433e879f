/** Which names branches and tags may have: the rules of git-check-ref-format(1), and a few of our own. */

import { foldName } from './path.ts';

export const mainBranch = 'main';

const maximumNameLength = 200;
const forbidden = /[\p{Cc}\p{Cf} ~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|(?:^|\/)\.|\.lock(?:\/|$)|^-|^@$/u;

/** Why a name (without `refs/heads/`) is refused, as the rest of a sentence; undefined when it may be used. */
export const branchNameProblem = (name: string): string | undefined => {
  if (name === '') return 'is empty';
  if (name.length > maximumNameLength) return `is longer than ${maximumNameLength} characters`;
  if (!name.isWellFormed() || forbidden.test(name)) return 'is not a valid git branch name';
  if (isObjectId(name)) return 'looks like a commit id';
  if (name.toUpperCase() === 'HEAD') return 'is reserved';
  return undefined;
};

/** True for the 40 lower-case hexadecimal digits of a SHA-1. */
export const isObjectId = (text: string): boolean => /^[0-9a-f]{40}$/u.test(text);

/** Why a full reference name, as git pushes it, is refused: only `refs/heads/` and `refs/tags/` are kept here. */
export const referenceNameProblem = (name: string): string | undefined => {
  const match = /^refs\/(?:heads|tags)\/(.+)$/su.exec(name);
  if (match === null) return 'only refs/heads/ and refs/tags/ are accepted';
  const problem = branchNameProblem(match[1] ?? '');
  return problem === undefined ? undefined : `the name ${problem}`;
};

/**
 * The existing name that stands in the way of a new one, because git's clients keep references as files:
 * `a` and `a/b` cannot both be there, nor can `a` and `A` on macOS or Windows.
 */
export const referenceInTheWay = (name: string, existing: Iterable<string>): string | undefined => {
  const folded = foldName(name);
  for (const other of existing) {
    const foldedOther = foldName(other);
    if (foldedOther.startsWith(`${folded}/`) || folded.startsWith(`${foldedOther}/`)) return other;
    if (foldedOther === folded && other !== name) return other;
  }
  return undefined;
};
