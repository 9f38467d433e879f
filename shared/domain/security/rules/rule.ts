/** A rule of the scanner: what it is called, how bad what it finds is, and how to mend it. The finding is one of its sites. */
import type { Node } from '@babel/types';
import type { Confidence, Edit, Severity } from '../finding.ts';
import type { Trace } from '../flow/taint.ts';
import type { Module } from '../module.ts';

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly cwe: readonly number[];
  readonly severity: Severity;
  readonly impact: string;
  readonly fix: string;
}

/** One place where a rule is broken. */
export interface Site {
  readonly rule: Rule;
  readonly node: Node;
  readonly message: string;
  readonly confidence: Confidence;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly trace?: Trace;
  readonly edit?: Edit;
}

export type Detector = (module: Module) => readonly Site[];

/** A place that breaks the rule, of medium confidence unless `more` says otherwise. */
export const site = (rule: Rule, node: Node, message: string, more: Partial<Site> = {}): Site => ({
  rule,
  node,
  message,
  confidence: 'medium',
  ...more,
});
