/**
 * What an operation does next. Forward until the routes are switched it can turn back, and then undoes what was done in
 * reverse order; after that it only goes forward, and what keeps failing leaves it `incomplete`. Every answer follows from
 * the log alone, so an operation that was killed goes on where it was.
 */
import type { AppError } from '../../errors/result.ts';
import { errorCatalog } from '../../errors/catalog.ts';
import type { CompositionEvent } from '../../protocol/composition-events.ts';
import type { Placement, Placed } from './placement.ts';
import type { Step } from './plan.ts';
import type { Composition, Operation } from './state.ts';

/** Tries of a step before the operation turns back. */
const forwardTries = 4;
/** Tries of a step that nothing can turn back, or that itself turns something back. */
const stubbornTries = 12;
const firstPauseMs = 250;
const longestPauseMs = 60_000;

export type Move =
  | { readonly type: 'do'; readonly index: number; readonly step: Step; readonly attempt: number }
  | { readonly type: 'undo'; readonly index: number; readonly step: Step; readonly attempt: number }
  /** Nothing is to be undone there. */
  | { readonly type: 'skip'; readonly index: number }
  | { readonly type: 'wait'; readonly until: number }
  | { readonly type: 'end'; readonly outcome: 'done' | 'undone' | 'incomplete' };

/** Milliseconds until a step is tried again that failed so often. */
export const pauseMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 4 ** (failures - 1));

const isSwitch = ({ type }: Step): boolean => type === 'publish' || type === 'withdraw';

/** True once what was up before cannot come back: the routes were switched, and what failed came after it. */
const isPastSwitch = ({ steps, done, failure }: Operation): boolean =>
  steps.slice(0, failure?.step ?? done).some(isSwitch);

const isUndoable = (step: Step): boolean => step.type === 'place' || step.type === 'publish';

const moveBack = (operation: Operation, now: number): Move => {
  const { steps, done, failures, since } = operation;
  const index = done - 1;
  const step = steps[index];
  if (operation.kind === 'down' || isPastSwitch(operation) || failures >= stubbornTries)
    return { type: 'end', outcome: 'incomplete' };
  if (step === undefined) return { type: 'end', outcome: 'undone' };
  if (!isUndoable(step)) return { type: 'skip', index };
  const until = since + pauseMs(failures);
  return now < until ? { type: 'wait', until } : { type: 'undo', index, step, attempt: failures + 1 };
};

/** @param now milliseconds of the clock that wrote the log. */
export const nextMove = (operation: Operation, now: number): Move => {
  if (operation.direction === 'back') return moveBack(operation, now);
  const { steps, done, failures, since } = operation;
  const step = steps[done];
  if (step === undefined) return { type: 'end', outcome: 'done' };
  const until = since + (step.type === 'drain' ? step.ms : pauseMs(failures));
  // A clock that went back makes nobody wait longer than from now on.
  if (now < until) return { type: 'wait', until: Math.min(until, now + (until - since)) };
  return { type: 'do', index: done, step, attempt: failures + 1 };
};

/** What the failure of a move means. */
export const decideStepFailure = (
  { name, operation }: { readonly name: string; readonly operation: Operation },
  move: Extract<Move, { type: 'do' | 'undo' }>,
  error: AppError,
): CompositionEvent => {
  const isStubborn = move.type === 'undo' || isPastSwitch(operation) || operation.kind === 'down';
  const tries = isStubborn ? stubbornTries : forwardTries;
  const mayHelp = isStubborn || errorCatalog[error.type].retryable;
  const [first] = error.issues ?? [];
  const reason =
    first === undefined || error.detail.includes(first.reason)
      ? error.detail
      : `${error.detail} ${first.field}: ${first.reason}.`;
  return {
    type: 'composition.step_failed',
    name,
    operationId: operation.id,
    step: move.index,
    reason: reason.slice(0, 1_000),
    // On the way back the last failure is counted as well, so that the operation is seen to end.
    isRetried: move.type === 'undo' || (mayHelp && move.attempt < tries),
  };
};

/** The group's places as they are to be after a move; undefined for moves that change none. */
export const placedAfter = (
  composition: Composition,
  move: Extract<Move, { type: 'do' | 'undo' }>,
): Placed | undefined => {
  const { step } = move;
  if (step.type !== 'place') return undefined;
  const placement: Placement | null = move.type === 'do' ? step.placement : step.before;
  const { [step.place]: _replaced, ...others } = composition.placed;
  return placement === null ? others : { ...others, [step.place]: placement };
};
