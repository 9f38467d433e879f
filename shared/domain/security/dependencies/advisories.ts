/**
 * Known vulnerabilities of packages, from documents in the Open Source Vulnerability format (osv.dev), kept as a compact
 * index that works without a network.
 */
import { compare, valid } from 'semver';
import type { Severity } from '../finding.ts';
import type { Component } from './component.ts';

/** From `introduced` (absent: from the first) up to `fixed` (exclusive) or `last` (inclusive). */
export interface AffectedRange {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last?: string;
}

export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly severity: Severity;
  readonly cwe: readonly number[];
  readonly ranges: readonly AffectedRange[];
  /** Versions named one by one. */
  readonly versions: readonly string[];
}

/** Advisories by `npm:lodash`. */
export interface AdvisoryIndex {
  readonly format: 1;
  /** The newest `modified` of what went in. */
  readonly modified: string;
  readonly packages: Readonly<Record<string, readonly Advisory[]>>;
}

export const emptyIndex: AdvisoryIndex = { format: 1, modified: '', packages: {} };

/** Numbers compare as numbers, and what is before a release comes before it: enough for versions outside of npm. */
const compareLoose = (left: string, right: string): number => {
  const parts = (version: string): readonly string[] =>
    version
      .replace(/^[v=]/, '')
      .toLowerCase()
      .split(/[.\-+_]|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/);
  const [ours, theirs] = [parts(left), parts(right)];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const [own = '', other = ''] = [ours[index], theirs[index]];
    if (own === other) continue;
    const rank = (part: string): number =>
      part === '' ? 0 : /^\d+$/.test(part) ? Number(part) + 1 : part === 'post' ? 0.5 : -1;
    const difference = rank(own === '' ? '' : own) - rank(other === '' ? '' : other);
    if (difference !== 0) return Math.sign(difference);
    return own < other ? -1 : 1;
  }
  return 0;
};

const compareVersions = (left: string, right: string): number =>
  valid(left) !== null && valid(right) !== null ? compare(left, right) : compareLoose(left, right);

const isIn = (version: string, { introduced, fixed, last }: AffectedRange): boolean =>
  (introduced === undefined || compareVersions(version, introduced) >= 0) &&
  (fixed === undefined || compareVersions(version, fixed) < 0) &&
  (last === undefined || compareVersions(version, last) <= 0);

export const isAffected = (version: string, advisory: Advisory): boolean =>
  advisory.versions.includes(version) || advisory.ranges.some((range) => isIn(version, range));

/** The smallest version after this one that no range holds. */
export const fixedVersionOf = (version: string, { ranges }: Advisory): string | undefined =>
  ranges.find((range) => isIn(version, range))?.fixed;

/** The advisories that a component falls under. */
export const advisoriesOf = (index: AdvisoryIndex, { ecosystem, name, version }: Component): readonly Advisory[] =>
  (index.packages[`${ecosystem}:${name}`] ?? []).filter((advisory) => isAffected(version, advisory));
