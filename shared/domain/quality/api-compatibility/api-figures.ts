/** Compatibility of the API with the last released version, and what its version number ought to say. */
import type { Figures } from '../judge/gate.ts';
import { compareApis } from './compare.ts';
import type { ApiSurface } from './surface.ts';

/** An API at a version that has a number, by the document or the package. */
export interface ReleasedApi {
  readonly surface: ApiSurface;
  readonly commit: string;
  readonly number: string | undefined;
}

type Step = 'major' | 'minor' | 'patch' | 'none';

/** By which part a number of semver 2.0.0 went up; undefined for texts that are no such numbers. */
export const versionStep = (before: string | undefined, after: string | undefined): Step | undefined => {
  const parse = (text: string | undefined): readonly number[] | undefined => {
    const match = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(text ?? '');
    return match === null ? undefined : match.slice(1).map(Number);
  };
  const [then, now] = [parse(before), parse(after)];
  if (then === undefined || now === undefined) return undefined;
  const at = then.findIndex((part, index) => part !== now[index]);
  if (at === -1 || (now[at] ?? 0) < (then[at] ?? 0)) return 'none';
  const step = (['major', 'minor', 'patch'] as const)[at] ?? 'none';
  // Before 1.0.0 the second number announces what breaks (semver 2.0.0, section 4, as it is used).
  return then[0] === 0 && step === 'minor' ? 'major' : step;
};

const needed = (breaking: number, added: number): Step => (breaking > 0 ? 'major' : added > 0 ? 'minor' : 'patch');

/**
 * `breaking`: what was removed or narrowed. `unannounced`: the same while the version number did not say so.
 * `added`: new operations.
 */
export const apiFigures = (
  commit: string,
  before: ReleasedApi | undefined,
  now: Omit<ReleasedApi, 'commit'>,
): Figures => {
  const operations = now.surface.operations.size;
  if (before === undefined) {
    return {
      kind: 'api',
      commit,
      figures: { breaking: 0, unannounced: 0, added: operations },
      summary: `no version was released before: none of ${operations} operations can break a caller`,
    };
  }
  const { breaking, added } = compareApis(before.surface, now.surface);
  const step = versionStep(before.number, now.number);
  const wanted = needed(breaking.length, added.length);
  const isAnnounced = breaking.length === 0 || step === 'major';
  const number =
    step === undefined
      ? 'no version number tells of it'
      : `the number went from ${before.number ?? ''} to ${now.number ?? ''}`;
  return {
    kind: 'api',
    commit,
    figures: { breaking: breaking.length, unannounced: isAnnounced ? 0 : breaking.length, added: added.length },
    summary: `${breaking.length} breaking changes since ${before.commit.slice(0, 10)} by ${now.surface.source}${
      breaking.length === 0
        ? ''
        : ` (${breaking.slice(0, 3).join('; ').slice(0, 400)}${breaking.length > 3 ? ' …' : ''})`
    }, ${added.length} new operations: a ${wanted} version, and ${number}`,
  };
};
