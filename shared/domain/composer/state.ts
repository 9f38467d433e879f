/** The compositions of a workspace as the log tells them. */
import type {
  CompositionEvent,
  MemberState,
  OperationKind,
  OperationOutcome,
} from '../../protocol/composition-events.ts';
import type { Placed } from './placement.ts';
import type { Step } from './plan.ts';

export interface Failure {
  readonly step: number;
  readonly type: Step['type'];
  /** Absent for a step that concerns the composition as a whole. */
  readonly member?: string;
  readonly reason: string;
  readonly at: number;
}

export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly revision?: number;
  readonly steps: readonly Step[];
  readonly direction: 'forward' | 'back';
  /** Steps that are done; on the way back, that are not undone yet. */
  readonly done: number;
  /** Failures of the step that is next. */
  readonly failures: number;
  /** When the step that is next became so, or failed last. */
  readonly since: number;
  readonly failure?: Failure;
}

export interface Composition {
  readonly name: string;
  readonly owner: string;
  readonly mayAllowOrigins: boolean;
  /** What is up: 0 for nothing. */
  readonly revision: number;
  /** The highest number that a manifest was given. */
  readonly lastRevision: number;
  readonly isPublished: boolean;
  readonly placed: Placed;
  readonly operation?: Operation;
  readonly lastOutcome?: { readonly kind: OperationKind; readonly outcome: OperationOutcome; readonly at: number };
  readonly lastFailure?: Failure;
  readonly members: Readonly<Record<string, MemberState>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ComposerState {
  readonly compositions: Readonly<Record<string, Composition>>;
}

export const emptyComposer: ComposerState = { compositions: {} };

export const findComposition = (state: ComposerState, name: string): Composition | undefined =>
  Object.hasOwn(state.compositions, name) ? state.compositions[name] : undefined;

type Started = Extract<CompositionEvent, { type: 'composition.operation_started' }>;

const start = (known: Composition | undefined, event: Started, at: number): Composition => {
  const { name, owner, mayAllowOrigins, operationId, kind, revision, steps } = event;
  const fresh: Omit<Composition, 'owner' | 'mayAllowOrigins' | 'updatedAt' | 'lastRevision'> = known ?? {
    name,
    revision: 0,
    isPublished: false,
    placed: {},
    members: {},
    createdAt: at,
  };
  const operation: Operation = {
    id: operationId,
    kind,
    ...(revision === undefined ? {} : { revision }),
    steps,
    direction: 'forward',
    done: 0,
    failures: 0,
    since: at,
  };
  const lastRevision = Math.max(known?.lastRevision ?? 0, revision ?? 0);
  return { ...fresh, owner, mayAllowOrigins, lastRevision, operation, updatedAt: at };
};

/** What a step, or the undoing of it, leaves. */
const apply = (composition: Composition, step: Step | undefined, isUndone: boolean): Composition => {
  switch (step?.type) {
    case 'place': {
      const { [step.place]: _replaced, ...others } = composition.placed;
      const placement = isUndone ? step.before : step.placement;
      return { ...composition, placed: placement === null ? others : { ...others, [step.place]: placement } };
    }
    case 'publish': {
      const revision = isUndone ? step.before : step.revision;
      return { ...composition, revision, isPublished: revision > 0 };
    }
    case 'withdraw':
      return { ...composition, isPublished: false };
    case 'erase':
      return { ...composition, placed: {} };
    default:
      return composition;
  }
};

const fail = (
  composition: Composition,
  operation: Operation,
  event: Extract<CompositionEvent, { type: 'composition.step_failed' }>,
  at: number,
): Composition => {
  const step = operation.steps[event.step];
  const failure: Failure = {
    step: event.step,
    type: step?.type ?? 'publish',
    ...(step !== undefined && 'member' in step ? { member: step.member } : {}),
    reason: event.reason,
    at,
  };
  const failed = { ...operation, failures: operation.failures + 1, since: at };
  // The failure that turned it back is the reason; what fails on the way back does not hide it.
  if (event.isRetried) return { ...composition, operation: failed, lastFailure: operation.failure ?? failure };
  // What failed may have happened nevertheless, so it is undone as well.
  const turned: Operation = { ...failed, direction: 'back', done: event.step + 1, failures: 0, failure };
  return { ...composition, operation: turned, lastFailure: failure };
};

/** Everything of an operation that came through is set up by the revision that is up now. */
const settle = (placed: Placed, revision: number): Placed =>
  Object.fromEntries(Object.keys(placed).map((place) => [place, { revision }]));

const end = (composition: Composition, operation: Operation, outcome: OperationOutcome, at: number): Composition => {
  const { operation: _ended, ...rest } = composition;
  const lastOutcome = { kind: operation.kind, outcome, at };
  if (outcome !== 'done') return { ...rest, lastOutcome };
  const { lastFailure: _past, ...well } = rest;
  return { ...well, lastOutcome, placed: settle(rest.placed, rest.revision) };
};

const evolveOne = (composition: Composition, event: CompositionEvent, at: number): Composition | undefined => {
  if (event.type === 'composition.health_changed') return { ...composition, members: event.members, updatedAt: at };
  const { operation } = composition;
  if (operation === undefined || event.type === 'composition.operation_started') return composition;
  const updated = { ...composition, updatedAt: at };
  switch (event.type) {
    case 'composition.step_done': {
      const next = { ...operation, done: event.step + 1, failures: 0, since: at };
      return { ...apply(updated, operation.steps[event.step], false), operation: next };
    }
    case 'composition.step_undone': {
      const next = { ...operation, done: event.step, failures: 0, since: at };
      return { ...apply(updated, operation.steps[event.step], true), operation: next };
    }
    case 'composition.step_failed':
      return fail(updated, operation, event, at);
    case 'composition.operation_ended':
      if (operation.kind === 'down' && event.outcome === 'done') return undefined;
      return end(updated, operation, event.outcome, at);
  }
};

/** The state after one event. */
export const evolveComposer = (state: ComposerState, event: CompositionEvent, recordedAt: number): ComposerState => {
  const known = findComposition(state, event.name);
  const { [event.name]: _before, ...others } = state.compositions;
  if (event.type === 'composition.operation_started') {
    return { compositions: { ...others, [event.name]: start(known, event, recordedAt) } };
  }
  if (known === undefined) return state;
  const next = evolveOne(known, event, recordedAt);
  return { compositions: next === undefined ? others : { ...others, [event.name]: next } };
};
