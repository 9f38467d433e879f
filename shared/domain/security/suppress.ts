/**
 * Comments that let a finding pass: `// scan-allow <rule>: <reason>` on its line or the one before. Without a reason the
 * comment is a finding itself.
 */
import type { Finding } from './finding.ts';

interface Allowance {
  readonly line: number;
  readonly column: number;
  readonly rules: readonly string[];
  readonly reason: string;
}

const comment = /(?:\/\/|#|\/\*|<!--)\s*scan-allow\s+([a-z0-9*,\s-]+?)(?:\s*:\s*(.*?))?\s*(?:\*\/|-->)?$/;

const shortestReason = 10;

const allowancesOf = (text: string): readonly Allowance[] =>
  text.includes('scan-allow')
    ? text.split('\n').flatMap((content, index) => {
        const match = comment.exec(content.trimEnd());
        if (match === null) return [];
        const rules = (match[1] ?? '').split(/[\s,]+/).filter((rule) => rule !== '');
        return [{ line: index + 1, column: match.index + 1, rules, reason: (match[2] ?? '').trim() }];
      })
    : [];

const withoutReason = (file: string, { line, column, rules }: Allowance): Finding => ({
  rule: 'suppression-without-reason',
  title: 'Suppression without a reason',
  severity: 'medium',
  confidence: 'high',
  cwe: [1164],
  file,
  line,
  column,
  endLine: line,
  endColumn: column,
  message: `The comment lets ${rules.join(', ')} pass without saying why`,
  impact: 'Nobody can judge later whether it was right.',
  evidence: [{ line, column, text: `scan-allow ${rules.join(', ')}` }],
  fix: { text: 'Write the reason after a colon: `scan-allow <rule>: <why this is safe here>`.' },
});

/** Marks the findings that a comment lets pass, and adds those about the comments. */
export const applySuppressions = (file: string, text: string, findings: readonly Finding[]): readonly Finding[] => {
  const allowances = allowancesOf(text);
  if (allowances.length === 0) return findings;
  const given = allowances.filter(({ reason }) => reason.length >= shortestReason);
  const marked = findings.map((finding): Finding => {
    const allowance = given.find(
      ({ line, rules }) => (line === finding.line || line === finding.line - 1) && rules.includes(finding.rule),
    );
    return allowance === undefined ? finding : { ...finding, suppressed: allowance.reason };
  });
  return [...marked, ...allowances.filter((each) => !given.includes(each)).map((each) => withoutReason(file, each))];
};
