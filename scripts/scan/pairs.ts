/** `npm run scan -- pairs FOLDER`: recall and false alarms on suites of known-bad and fixed code. */
import { readFileSync } from 'node:fs';
import { isAtLeastAsSure, type Finding } from '../../shared/domain/security/finding.ts';
import { scanFile } from '../../shared/domain/security/scan.ts';
import { listFiles } from './files.ts';
import { expectationsOf, isRelated, type Expectation } from './suites.ts';

interface Tally {
  bad: number;
  found: number;
  good: number;
  alarms: number;
}

const cache = new Map<string, readonly Finding[]>();

const findingsOf = ({ path, code }: Expectation): readonly Finding[] => {
  const key = `${path}\n${code}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const findings = scanFile(path, code, { includeTests: true }).findings;
  cache.set(key, findings);
  return findings;
};

/** A suite may name any line of the way from the source to the sink; for what is good, only the finding's own lines count. */
const covers = (finding: Finding, { line = 0, bad }: Expectation): boolean =>
  (finding.line <= line && finding.endLine >= line) || (bad && finding.evidence.some((step) => step.line === line));

const isMet = (expectation: Expectation, audit: boolean): boolean =>
  findingsOf(expectation).some(
    (finding) =>
      (audit || isAtLeastAsSure(finding, 'medium')) &&
      finding.suppressed === undefined &&
      (expectation.line === undefined || covers(finding, expectation)) &&
      (expectation.ruleId === undefined || finding.rule === expectation.ruleId) &&
      (expectation.cwe === undefined || isRelated(finding, expectation.cwe)),
  );

const percent = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;

const row = (name: string, { bad, found, good, alarms }: Tally): string =>
  `${name.padEnd(60)} ${String(found).padStart(4)}/${String(bad).padEnd(4)} ${percent(found, bad).padStart(8)}   ${String(alarms).padStart(4)}/${String(good).padEnd(4)} ${percent(alarms, good).padStart(8)}`;

export interface PairOptions {
  /** Counts findings of low confidence too. */
  readonly audit: boolean;
  /** Prints each miss and each false alarm. */
  readonly verbose: boolean;
}

/** Prints the table; answers false when there is nothing to compare with. */
export const runPairs = (folder: string, { audit, verbose }: PairOptions): boolean => {
  const tallies = new Map<string, Tally>();
  const misses: string[] = [];
  for (const path of listFiles(folder, /\.(?:[cm]?[jt]sx?|pairs)$/)) {
    for (const expectation of expectationsOf(path, readFileSync(path, 'utf8'))) {
      const met = isMet(expectation, audit);
      for (const name of [`${expectation.suite}: ${expectation.rule}`, `${expectation.suite}: all`]) {
        const tally = tallies.get(name) ?? { bad: 0, found: 0, good: 0, alarms: 0 };
        if (expectation.bad) tally.bad += 1;
        else tally.good += 1;
        if (met) tally[expectation.bad ? 'found' : 'alarms'] += 1;
        tallies.set(name, tally);
      }
      if (met !== expectation.bad)
        misses.push(`${expectation.bad ? 'missed' : 'FALSE ALARM'}  ${expectation.rule}  ${expectation.where}`);
    }
  }
  if (tallies.size === 0) {
    console.error(
      `${folder} holds no suite that is known: no file with \`ruleid:\` and a rule beside it, no RuleTester, no .pairs.`,
    );
    return false;
  }
  console.log(`${'rule'.padEnd(60)}      recall            false alarms`);
  const names = [...tallies.keys()].toSorted(
    (left, right) => Number(left.endsWith(': all')) - Number(right.endsWith(': all')) || (left < right ? -1 : 1),
  );
  for (const name of names) console.log(row(name, tallies.get(name) ?? { bad: 0, found: 0, good: 0, alarms: 0 }));
  if (verbose) console.log(`\n${misses.join('\n')}`);
  return true;
};
