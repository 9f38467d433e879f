/**
 * What becomes of a journaled step, as pure functions: from the row as it was found and what has happened since to the
 * one thing to do. The journal only reads, does, and writes what these say; so does the simulator.
 */
import { type EffectClass, stricterOf } from './effect-class.ts';

/** `released`: was in doubt and was decided to be done again. */
export type StepStatus = 'started' | 'done' | 'failed' | 'in_doubt' | 'released';

/** A step as its row tells. */
export interface FoundStep {
  readonly status: StepStatus;
  readonly effectClass: EffectClass;
  /** Executions begun so far. */
  readonly attempt: number;
  /** `onSettled` has run for this outcome. */
  readonly told: boolean;
  /** Why the kept value cannot be read; absent when it can. */
  readonly unreadable?: string;
}

export type StepDecision =
  /** Write the intent of this attempt, then do the effect. */
  | { readonly type: 'execute'; readonly attempt: number }
  /** Answer the kept outcome; tell it first when nobody has heard yet. */
  | { readonly type: 'repeat'; readonly tell: boolean }
  /** Ask the other side whether the effect happened. */
  | { readonly type: 'look_up' }
  /** Write down that it is not known whether the effect happened. */
  | { readonly type: 'park'; readonly message: string }
  /** It is in doubt already and waits for a decision. */
  | { readonly type: 'wait' };

const decideStarted = (found: FoundStep, effective: EffectClass): StepDecision => {
  switch (effective) {
    case 'pure':
    case 'idempotent':
      return { type: 'execute', attempt: found.attempt + 1 };
    case 'lookup':
      return { type: 'look_up' };
    case 'unsafe':
      return { type: 'park', message: 'The object was stopped while the step ran.' };
  }
};

/** How a call of a step begins. */
export const decideStep = (found: FoundStep | undefined, declared: EffectClass): StepDecision => {
  if (found === undefined) return { type: 'execute', attempt: 1 };
  const effective = stricterOf(found.effectClass, declared);
  switch (found.status) {
    case 'released':
      return { type: 'execute', attempt: found.attempt + 1 };
    case 'done':
    case 'failed':
      return found.unreadable === undefined
        ? { type: 'repeat', tell: !found.told }
        : { type: 'park', message: found.unreadable };
    case 'started':
      return decideStarted(found, effective);
    case 'in_doubt':
      return effective === 'lookup' ? { type: 'look_up' } : { type: 'wait' };
  }
};

/** How often a step was and may be tried within one call. */
export interface Tries {
  readonly failures: number;
  readonly attempts: number;
}

/** After `execute` threw. `outcomeUnknown`: nobody can tell whether the effect happened. */
export const decideAfterThrow = (
  effectClass: EffectClass,
  outcomeUnknown: boolean,
  { failures, attempts }: Tries,
): 'execute' | 'look_up' | 'park' | 'fail' => {
  if (effectClass === 'unsafe') return outcomeUnknown ? 'park' : 'fail';
  if (effectClass === 'lookup' && outcomeUnknown) return 'look_up';
  return failures < attempts ? 'execute' : 'fail';
};

/** After the other side was asked. With no failure of this call, the step was found in doubt and is done now. */
export const decideAfterLookup = (
  answer: 'found' | 'absent' | 'unknown',
  { failures, attempts }: Tries,
): 'keep' | 'execute' | 'park' | 'fail' => {
  switch (answer) {
    case 'found':
      return 'keep';
    case 'unknown':
      return 'park';
    case 'absent':
      return failures < Math.max(1, attempts) ? 'execute' : 'fail';
  }
};

export type Settlement = 'done' | 'redo' | 'abandon';

/** What a decision about a step in doubt makes of it; undefined when there is nothing to decide. */
export const decideSettlement = (
  found: Pick<FoundStep, 'status'> | undefined,
  isRunning: boolean,
  settlement: Settlement,
): 'done' | 'failed' | 'released' | undefined => {
  if (isRunning || found?.status !== 'in_doubt') return undefined;
  switch (settlement) {
    case 'done':
      return 'done';
    case 'abandon':
      return 'failed';
    case 'redo':
      return 'released';
  }
};
