/** What a scan finds: where, on what evidence, how bad, how sure, and what to do about it. Plain data. */

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** `high`: data of a request reaches the sink. `medium`: the construct is wrong by itself. `low`: worth a look. */
export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** One-based lines and columns, of the source as it was written. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Step extends Place {
  /** What happens there, with the beginning of the code. */
  readonly text: string;
}

/** A mechanical change: characters from `start` to `end` of the file become `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Finding extends Place {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Numbers of the Common Weakness Enumeration. */
  readonly cwe: readonly number[];
  /** Path relative to the folder that was scanned. */
  readonly file: string;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  /** What somebody can do with it. */
  readonly impact: string;
  /** From the source to the sink; one step when no data flows. */
  readonly evidence: readonly Step[];
  readonly fix: { readonly text: string; readonly edit?: Edit };
  /** The reason of the comment that lets it pass. */
  readonly suppressed?: string;
}

const atLeast = <T>(order: readonly T[], value: T, least: T): boolean => order.indexOf(value) >= order.indexOf(least);

export const isAtLeastAsSevere = (finding: Finding, least: Severity): boolean =>
  atLeast(severities, finding.severity, least);

export const isAtLeastAsSure = (finding: Finding, least: Confidence): boolean =>
  atLeast(confidences, finding.confidence, least);

/** True for a finding that keeps a change from being merged: at least medium in severity and confidence, not suppressed. */
export const isBlocking = (finding: Finding): boolean =>
  finding.suppressed === undefined && isAtLeastAsSevere(finding, 'medium') && isAtLeastAsSure(finding, 'medium');

/** One line: `src/app.ts:12:5 command-injection (CWE-78, high): …`. */
export const describeFinding = ({ file, line, column, rule, cwe, severity, message }: Finding): string =>
  `${file}:${line}:${column} ${rule} (${[...cwe.map((number) => `CWE-${number}`), severity].join(', ')}): ${message}`;
