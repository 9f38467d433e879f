/**
 * An effect in doubt: a call was sent and nobody knows whether it happened. The agent tells its project, the project
 * has it settled by a person or its project manager, and the agent goes on with what was decided.
 */
import type { EffectClass } from '../engine/effect-class.ts';
import type { RunId, TaskId } from '../ids.ts';

/** `done`: it happened. `redo`: make the call again. `abandon`: go on without it. */
export const settleDecisions = ['done', 'redo', 'abandon'] as const;

export type SettleDecision = (typeof settleDecisions)[number];

/** The content of an `effect.in_doubt` message. */
export interface DoubtReport {
  /** Names one attempt of one call for ever, safe in addresses. */
  readonly effectId: string;
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly fencingToken: number;
  readonly tool: string;
  readonly effectClass: EffectClass;
  /** Beginning of the call's arguments. */
  readonly detail: string;
  /** Why it is not known. */
  readonly cause: string;
  /** When the call was made. */
  readonly startedAt: number;
}

/** The content of an `effect.resolved` message: what became of the call was found out without a decision. */
export interface DoubtResolved {
  readonly effectId: string;
  readonly decision: SettleDecision;
}

/** The content of a `step.settle` message. */
export interface Settlement {
  readonly effectId: string;
  readonly decision: SettleDecision;
  /** What the tool gave back, for `done`. */
  readonly result?: string;
  readonly reason?: string;
  readonly by: string;
}

/** Longest arguments that are kept of a call in doubt, in characters. */
export const maxDoubtDetailLength = 2_000;

/** Longest result that a settlement may give, in characters: what tools may give back themselves. */
export const maxSettledResultLength = 60_000;

/** `eff_<32 hexadecimal digits>-<attempt>` */
export const effectIdPattern = /^eff_[0-9a-f]{32}-[1-9]\d{0,8}$/;

/** The id of one attempt of the call that servers know by `callKey`. */
export const createEffectId = (callKey: string, attempt: number): string => `${callKey}-${attempt}`;
