/** Scanning text files: code rules where there is code, secrets everywhere. Bounded: what is too large is said, not tried. */
import type { Finding } from './finding.ts';
import { createModule, placeOf, type Module } from './module.ts';
import { findOpenOperations } from './rules/api-document.ts';
import { detectors } from './rules/index.ts';
import type { Site } from './rules/rule.ts';
import { findSecrets } from './secrets/secrets.ts';
import { applySuppressions } from './suppress.ts';
import { parseSource } from './syntax/parse.ts';

/** Characters of a file of code; minified bundles and generated tables are larger. */
export const largestCode = 1_000_000;
/** Characters of any file. */
export const largestText = 5_000_000;

/** Why a file, or a part of what is asked of it, was not looked at. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

export interface ScanResult {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly filesScanned: number;
}

const code = /\.[cm]?[jt]sx?$/;
const declarations = /\.d\.[cm]?ts$/;

export const isCode = (path: string): boolean => code.test(path) && !declarations.test(path);

/** Tests do on purpose what is forbidden elsewhere; only their secrets count. */
const isTest = (path: string): boolean =>
  /(?:^|\/)(?:tests?|__tests__|testing)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(path);

const toFinding = (module: Module, { rule, node, message, confidence, severity, trace, edit }: Site): Finding => ({
  rule: rule.id,
  title: rule.title,
  severity: severity ?? rule.severity,
  confidence,
  cwe: rule.cwe,
  file: module.path,
  ...placeOf(node),
  message,
  impact: rule.impact,
  evidence: [...(trace?.steps ?? []), module.stepOf(node)],
  fix: { text: rule.fix, ...(edit === undefined ? {} : { edit }) },
});

const order = (left: Finding, right: Finding): number => left.line - right.line || left.column - right.column;

const withoutRepeats = (findings: readonly Finding[]): readonly Finding[] => {
  const seen = new Set<string>();
  return findings.filter(({ rule, line, column }) => {
    const key = `${rule}:${line}:${column}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
};

const scanCode = (path: string, text: string): { readonly findings: readonly Finding[]; readonly skipped?: string } => {
  if (text.length > largestCode)
    return { findings: [], skipped: `more than ${largestCode} characters: only its secrets were looked for` };
  const parsed = parseSource(path, text);
  if (!parsed.ok) {
    const { line, column, reason } = parsed.error;
    return {
      findings: [],
      skipped: `does not parse at ${line}:${column} (${reason}): only its secrets were looked for`,
    };
  }
  const module = createModule(path, text, parsed.value);
  return { findings: detectors.flatMap((detect) => detect(module)).map((site) => toFinding(module, site)) };
};

/** One file. `includeTests` looks at tests as at other code. */
export const scanFile = (path: string, text: string, { includeTests = false } = {}): ScanResult => {
  if (text.length > largestText)
    return { findings: [], skipped: [{ file: path, reason: `more than ${largestText} characters` }], filesScanned: 0 };
  if (text.includes('\0'))
    return { findings: [], skipped: [{ file: path, reason: 'not a text file' }], filesScanned: 0 };
  const read =
    isCode(path) && (includeTests || !isTest(path))
      ? scanCode(path, text)
      : { findings: findOpenOperations(path, text) };
  const findings = withoutRepeats([...read.findings, ...findSecrets(path, text)].toSorted(order));
  const reason = 'skipped' in read ? read.skipped : undefined;
  return {
    findings: applySuppressions(path, text, findings),
    skipped: reason === undefined ? [] : [{ file: path, reason }],
    filesScanned: 1,
  };
};

/** Many files, in the order of their names. */
export const scanFiles = (
  files: Readonly<Record<string, string>>,
  options: { readonly includeTests?: boolean } = {},
): ScanResult => {
  const results = Object.entries(files)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, text]) => scanFile(path, text, options));
  return {
    findings: results.flatMap(({ findings }) => findings),
    skipped: results.flatMap(({ skipped }) => skipped),
    filesScanned: results.reduce((sum, { filesScanned }) => sum + filesScanned, 0),
  };
};
