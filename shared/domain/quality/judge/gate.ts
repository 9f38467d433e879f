/** Gates, figures and waivers: the data that a verdict is made of. */
import type { Issue } from '../../../errors/result.ts';
import { isMeasurementKind, kindOf, type MeasurementKindName } from './kinds.ts';

/** One figure and its bound. */
export interface Condition {
  readonly figure: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** When a gate is asked: before a version is accepted, or before it goes to production. */
export const gateStages = ['validation', 'release'] as const;
export type GateStage = (typeof gateStages)[number];

export interface GatePolicy {
  /** Short, unique in the project, for example `coverage`. */
  readonly name: string;
  readonly kind: MeasurementKindName;
  readonly stage: GateStage;
  /** All of them have to hold. */
  readonly conditions: readonly Condition[];
}

/** Numbers that the platform measured on a commit. */
export interface Figures {
  readonly kind: MeasurementKindName;
  readonly commit: string;
  readonly figures: Readonly<Record<string, number>>;
  /** One sentence for a person. */
  readonly summary: string;
}

/** A person lets a gate pass for a time. */
export interface Waiver {
  readonly waiverId: string;
  readonly gate: string;
  readonly person: string;
  readonly reason: string;
  /** Milliseconds since the epoch; after it the gate counts again. */
  readonly endsAt: number;
  readonly grantedAt: number;
}

export const longestWaiverMs = 90 * 24 * 3_600_000;
export const shortestReason = 10;

/** What every project is held to. */
export const defaultGates: readonly GatePolicy[] = [
  {
    name: 'tests',
    kind: 'tests',
    stage: 'validation',
    conditions: [
      { figure: 'completed', atLeast: 1 },
      { figure: 'passed', atLeast: 1 },
      { figure: 'failed', atMost: 0 },
    ],
  },
  { name: 'types', kind: 'types', stage: 'validation', conditions: [{ figure: 'errors', atMost: 0 }] },
  { name: 'security', kind: 'security', stage: 'validation', conditions: [{ figure: 'findings', atMost: 0 }] },
  {
    name: 'health',
    kind: 'health',
    stage: 'release',
    conditions: [
      { figure: 'status', atLeast: 200 },
      { figure: 'status', atMost: 399 },
    ],
  },
  {
    name: 'acceptance',
    kind: 'acceptance',
    stage: 'release',
    conditions: [
      { figure: 'failed', atMost: 0 },
      { figure: 'passed', atLeast: 1 },
    ],
  },
];

const mostGates = 40;
const namePattern = /^[a-z][a-z0-9-]{0,39}$/;

const conditionFaults = (gate: GatePolicy, at: string): readonly Issue[] => {
  const { figures } = kindOf(gate.kind);
  if (gate.conditions.length === 0) return [{ field: `${at}.conditions`, reason: 'must name at least one figure' }];
  return gate.conditions.flatMap((condition, index): readonly Issue[] => {
    const field = `${at}.conditions.${index}`;
    if (!Object.hasOwn(figures, condition.figure))
      return [
        {
          field: `${field}.figure`,
          reason: `${condition.figure} is no figure of ${gate.kind}; it has ${Object.keys(figures).join(', ')}`,
        },
      ];
    const bounds = [condition.atLeast, condition.atMost].filter((bound) => bound !== undefined);
    return bounds.length === 1 && bounds.every(Number.isFinite)
      ? []
      : [{ field, reason: 'takes exactly one of atLeast and atMost, a number' }];
  });
};

/** What is wrong with gates that somebody wants to set. */
export const findGateFaults = (gates: readonly GatePolicy[]): readonly Issue[] => {
  const names = gates.map(({ name }) => name);
  return [
    ...(gates.length > mostGates ? [{ field: 'gates', reason: `has more than ${mostGates} entries` }] : []),
    ...gates.flatMap((gate, index): readonly Issue[] => {
      const at = `gates.${index}`;
      if (!namePattern.test(gate.name))
        return [{ field: `${at}.name`, reason: 'must be a short name in lower case, with dashes' }];
      if (names.indexOf(gate.name) !== index)
        return [{ field: `${at}.name`, reason: `${gate.name} stands there twice` }];
      if (!isMeasurementKind(gate.kind))
        return [{ field: `${at}.kind`, reason: `${String(gate.kind)} is no kind of measurement` }];
      return conditionFaults(gate, at);
    }),
  ];
};

/** What is wrong with a waiver that somebody wants to grant. */
export const findWaiverFaults = (
  waiver: Pick<Waiver, 'gate' | 'person' | 'reason' | 'endsAt'>,
  gates: readonly GatePolicy[],
  now: number,
): readonly Issue[] => [
  ...(gates.some(({ name }) => name === waiver.gate)
    ? []
    : [
        {
          field: 'gate',
          reason: `${waiver.gate} is no gate of this project; it has ${gates.map(({ name }) => name).join(', ')}`,
        },
      ]),
  ...(waiver.person.startsWith('person:') ? [] : [{ field: 'person', reason: 'only a person may waive a gate' }]),
  ...(waiver.reason.trim().length >= shortestReason
    ? []
    : [{ field: 'reason', reason: `must say why, in at least ${shortestReason} characters` }]),
  ...(waiver.endsAt > now ? [] : [{ field: 'endsAt', reason: 'must lie in the future' }]),
  ...(waiver.endsAt <= now + longestWaiverMs ? [] : [{ field: 'endsAt', reason: 'must lie within 90 days' }]),
];
