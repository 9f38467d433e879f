/**
 * The reasoning loop as a pure function: from the run as its events left it to the one thing to do next. The object
 * does that thing as a journaled step, appends the event it yields, and asks again; so a run that was killed anywhere
 * goes on from its last event.
 */
import type { ToolCall } from '../../ports/model-client.ts';
import type { Outcome } from './assignment.ts';
import type { Stuck } from '../../protocol/stuck.ts';
import type { Run } from './state.ts';
import { detectStuck } from './stuck.ts';

export interface RunLimits {
  readonly maxModelCalls: number;
  readonly maxTokens: number;
  /** Answers in a row without a tool call before the run fails. */
  readonly maxNudges: number;
  /** Failures of the model in a row before the run fails. */
  readonly maxFailures: number;
}

export const defaultRunLimits: RunLimits = {
  maxModelCalls: 60,
  maxTokens: 2_000_000,
  maxNudges: 2,
  maxFailures: 4,
};

export type NextAction =
  | { readonly type: 'call_model'; readonly step: number; readonly delayMs: number }
  | { readonly type: 'call_tool'; readonly call: ToolCall }
  | { readonly type: 'nudge'; readonly text: string }
  | { readonly type: 'report_stuck'; readonly stuck: Stuck }
  /** Somebody was asked for help. */
  | { readonly type: 'wait' }
  | { readonly type: 'finish'; readonly outcome: Outcome };

const fail = (reason: string): NextAction => ({ type: 'finish', outcome: { type: 'failed', reason } });

const baseDelayMs = 500;
const maxDelayMs = 60_000;

/** How long to wait before calling the model again: what it asked for, else doubling from half a second. */
export const retryDelayMs = (failures: number, retryAfterMs: number | undefined): number =>
  failures === 0 ? 0 : Math.min(maxDelayMs, retryAfterMs ?? baseDelayMs * 2 ** (failures - 1));

/** A call that was held back is no failure of the model, but its time has to come all the same. */
const delayOf = ({ failures, lastFailure }: Run): number =>
  retryDelayMs(lastFailure?.withheld === true ? Math.max(1, failures) : failures, lastFailure?.retryAfterMs);

/** Whoever is only asked asks nobody else: the one who asked has other ways out. */
const handleStuck = ({ assignment }: Run, stuck: Stuck): NextAction =>
  assignment.task.kind === 'assist' || assignment.task.kind === 'settle'
    ? fail(`The helper is stuck as well: ${stuck.evidence.join(' ')}`)
    : { type: 'report_stuck', stuck };

/**
 * What the run does next.
 * @param contextTokens how much the model can read, when that is known
 */
export const nextAction = (run: Run, limits: RunLimits, contextTokens?: number): NextAction => {
  const open = run.openCalls[0];
  if (open !== undefined) return { type: 'call_tool', call: open };
  if (run.stuck !== undefined) return { type: 'wait' };
  const stuck = detectStuck(run, contextTokens);
  if (stuck !== undefined) return handleStuck(run, stuck);
  if (run.failures > 0 && run.lastFailure?.retryable === false) {
    return fail(`The model failed: ${run.lastFailure.message}`);
  }
  if (run.failures >= limits.maxFailures) {
    return fail(`The model failed ${run.failures} times in a row: ${run.lastFailure?.message ?? 'no reason given'}`);
  }
  if (run.modelCalls - (run.withheldCalls ?? 0) >= limits.maxModelCalls)
    return fail(`The task was not finished within ${limits.maxModelCalls} model calls.`);
  if (run.tokens >= limits.maxTokens) return fail(`The task used its budget of ${limits.maxTokens} tokens.`);
  const last = run.messages.at(-1);
  if (last?.role === 'assistant' && last.toolCalls.length === 0) {
    return run.nudges >= limits.maxNudges
      ? fail(
          last.content.trim() === ''
            ? 'The model answered nothing, several times in a row.'
            : `The agent gave up: ${last.content.trim().slice(0, 600)}`,
        )
      : {
          type: 'nudge',
          text: 'Go on by calling one of your tools. When the task is done, hand it in with the tool that ends it.',
        };
  }
  return {
    type: 'call_model',
    step: run.modelCalls,
    delayMs: delayOf(run),
  };
};
