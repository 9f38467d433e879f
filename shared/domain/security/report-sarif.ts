/** Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts and editors read. */
import type { Finding, Severity } from './finding.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** What code hosts sort by: between 0 and 10. */
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

const location = (
  file: string,
  line: number,
  column: number,
  end?: { readonly line: number; readonly column: number },
): object => ({
  artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
  region: {
    startLine: line,
    startColumn: column,
    ...(end === undefined ? {} : { endLine: end.line, endColumn: Math.max(end.column, 1) }),
  },
});

const flow = ({ file, evidence }: Finding): object => ({
  codeFlows: [
    {
      threadFlows: [
        {
          locations: evidence.map(({ line, column, text }) => ({
            location: { physicalLocation: location(file, line, column), message: { text } },
          })),
        },
      ],
    },
  ],
});

const result = (finding: Finding): object => ({
  ruleId: finding.rule,
  level: levels[finding.severity],
  message: { text: `${finding.message}. ${finding.impact} ${finding.fix.text}` },
  locations: [
    {
      physicalLocation: location(finding.file, finding.line, finding.column, {
        line: finding.endLine,
        column: finding.endColumn,
      }),
    },
  ],
  ...(finding.evidence.length > 1 ? flow(finding) : {}),
  ...(finding.suppressed === undefined
    ? {}
    : { suppressions: [{ kind: 'inSource', justification: finding.suppressed }] }),
});

const rules = (findings: readonly Finding[]): readonly object[] =>
  [...new Map(findings.map((finding) => [finding.rule, finding])).values()].map(
    ({ rule, title, cwe, severity, impact, fix }) => ({
      id: rule,
      shortDescription: { text: title },
      fullDescription: { text: impact },
      help: { text: fix.text },
      defaultConfiguration: { level: levels[severity] },
      properties: {
        'security-severity': scores[severity],
        tags: ['security', ...cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`)],
      },
    }),
  );

/** One run with all findings, the suppressed ones marked. */
export const toSarif = (findings: readonly Finding[]): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'aidevos', informationUri: 'https://aidevos.invalid/', rules: rules(findings) } },
      columnKind: 'utf16CodeUnits',
      results: findings.map(result),
    },
  ],
});
