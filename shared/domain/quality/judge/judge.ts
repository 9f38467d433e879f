/**
 * The judge: gates and stored figures to a verdict. A pure function that knows nothing of agents, so that no word of
 * theirs can move it. What was not measured, or was measured on another commit, has failed.
 */
import type { Condition, Figures, GatePolicy, GateStage, Waiver } from './gate.ts';
import { kindOf, type FigureKind } from './kinds.ts';

export type GateOutcome = 'passed' | 'failed' | 'missing' | 'stale' | 'waived';

export interface ConditionResult {
  readonly figure: string;
  /** `at least 80 percent`. */
  readonly expected: string;
  /** Absent when it was not measured. */
  readonly measured?: number;
  readonly holds: boolean;
  /** How far it is from the bound, always positive; absent when it holds or was not measured. */
  readonly missedBy?: number;
}

export interface GateResult {
  readonly gate: string;
  readonly kind: string;
  readonly outcome: GateOutcome;
  readonly conditions: readonly ConditionResult[];
  readonly evidence: string;
  /** What would turn it; absent when it passed. */
  readonly wanted?: string;
  readonly waiver?: Waiver;
}

export interface Verdict {
  readonly commit: string;
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
}

export interface Case {
  readonly commit: string;
  readonly stage?: GateStage;
  readonly gates: readonly GatePolicy[];
  readonly figures: readonly Figures[];
  readonly waivers: readonly Waiver[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const boundOf = ({ atLeast, atMost }: Condition, { unit }: FigureKind): string => {
  const amount = (bound: number): string => `${bound}${unit === undefined || unit === 'ratio' ? '' : ` ${unit}`}`;
  return atLeast === undefined ? `at most ${amount(atMost ?? 0)}` : `at least ${amount(atLeast)}`;
};

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

const judgeCondition = (gate: GatePolicy, condition: Condition, figures: Figures | undefined): ConditionResult => {
  const kind = kindOf(gate.kind).figures[condition.figure];
  const expected = kind === undefined ? 'a figure that is known' : boundOf(condition, kind);
  const measured =
    figures !== undefined && Object.hasOwn(figures.figures, condition.figure)
      ? figures.figures[condition.figure]
      : undefined;
  // A figure that is no number is none: every comparison with it is false, so it never holds.
  if (measured === undefined || kind === undefined) return { figure: condition.figure, expected, holds: false };
  const missing = condition.atLeast === undefined ? measured - (condition.atMost ?? 0) : condition.atLeast - measured;
  const holds = missing <= 0;
  return {
    figure: condition.figure,
    expected,
    measured,
    holds,
    ...(holds || Number.isNaN(missing) ? {} : { missedBy: rounded(missing) }),
  };
};

const wantedOf = (gate: GatePolicy, conditions: readonly ConditionResult[], commit: string): string => {
  const kind = kindOf(gate.kind);
  const open = conditions.filter(({ holds }) => !holds);
  const figures = open.map(({ figure, expected, measured, missedBy }) => {
    const title = kind.figures[figure]?.title ?? figure;
    return measured === undefined
      ? `${title}: ${expected}`
      : `${title}: ${expected}, measured ${rounded(measured)}${missedBy === undefined ? '' : `, short by ${missedBy}`}`;
  });
  return `A measurement of ${kind.title} on ${commit.slice(0, 10)} with ${figures.join('; ')}. ${kind.howToMeasure}`;
};

/** The last waiver of the gate that has not ended. */
export const waiverOf = (waivers: readonly Waiver[], gate: string, now: number): Waiver | undefined =>
  waivers.findLast((waiver) => waiver.gate === gate && waiver.endsAt > now);

const judgeGate = (of: Case, gate: GatePolicy): GateResult => {
  const ofKind = of.figures.filter(({ kind }) => kind === gate.kind);
  const figures = ofKind.find(({ commit }) => commit === of.commit);
  const [other] = ofKind;
  const conditions = gate.conditions.map((condition) => judgeCondition(gate, condition, figures));
  const holds = figures !== undefined && conditions.every((condition) => condition.holds);
  const missing = figures === undefined ? (other === undefined ? 'missing' : 'stale') : 'failed';
  const waiver = holds ? undefined : waiverOf(of.waivers, gate.name, of.now);
  const evidence = figures?.summary ?? `not measured on ${of.commit.slice(0, 10)}`;
  const base = { gate: gate.name, kind: gate.kind, conditions };
  if (holds) return { ...base, outcome: 'passed', evidence };
  const wanted = wantedOf(gate, conditions, of.commit);
  if (waiver === undefined) return { ...base, outcome: missing, evidence, wanted };
  const until = new Date(waiver.endsAt).toISOString().slice(0, 10);
  return {
    ...base,
    outcome: 'waived',
    evidence: `${evidence} (waived until ${until} by ${waiver.person}: ${waiver.reason})`,
    wanted,
    waiver,
  };
};

/** The verdict about a commit. Without any gate nothing was shown, so that has not passed either. */
export const judge = (of: Case): Verdict => {
  const gates = of.gates
    .filter(({ stage }) => of.stage === undefined || stage === of.stage)
    .map((gate) => judgeGate(of, gate));
  return {
    commit: of.commit,
    passed: gates.length > 0 && gates.every(({ outcome }) => outcome === 'passed' || outcome === 'waived'),
    gates,
  };
};
