/** One call of a model for a client of `/v1`, from what was set aside for it to what it came to. */
import { amountsOfCall, costOfCall, type CallEnd, type CallSize } from '../../../shared/domain/model/call-cost.ts';
import { dayOf, noApiCalls, type ApiCallRow } from '../../../shared/domain/budget/api-calls.ts';
import type { Amounts } from '../../../shared/domain/budget/amounts.ts';
import type { RatedCall, RateLimiter } from '../../../shared/domain/limits/rate-limiter.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { LogWriter } from '../log.ts';
import type { WorkspaceAccount } from './account.ts';
import type { Background } from './background.ts';
import { judgeCall, type EndedCall, type HeardAnswer } from './call-quality.ts';
import { pause } from './pause.ts';

/** What is asked for. */
export interface CallPlan extends CallSize {
  /** For the log. */
  readonly wire: 'chat' | 'responses' | 'messages' | 'embeddings';
  readonly streamed: boolean;
  /** Of the team, where somebody of it is asked. */
  readonly role?: string | undefined;
  /** Of the answer, where it is known before. Those of chat completions and messages are named after their request. */
  readonly answerId?: string;
}

/** How a call ended. `answered`: the client was given a whole answer. */
export interface CallOutcome extends CallEnd {
  readonly status: 'answered' | 'failed' | 'cancelled';
  /** Of an answer, where something was heard of it. */
  readonly heard?: HeardAnswer;
}

export interface Call {
  /** Ends the call: it is priced, counted and logged. What is said after the first time changes nothing. */
  readonly settle: (outcome: CallOutcome) => void;
  /** The first piece of the answer has come. */
  readonly began: () => void;
  /** How it ended; undefined while it is under way. */
  readonly status: CallOutcome['status'] | undefined;
}

export interface CallParts {
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly requestId: string;
  readonly account: WorkspaceAccount;
  readonly limiter: RateLimiter;
  readonly rated: RatedCall;
  /** Tokens that the rates were charged with before the call. */
  readonly charged: number;
  readonly reserved: Amounts;
  readonly startedAt: number;
  readonly background: Background;
}

const count = (flag: boolean): number => (flag ? 1 : 0);

/** The call's line in the log. Nothing of what was asked or answered stands there. */
export const logCall = (
  { log, requestId, clock, startedAt, rated }: Pick<CallParts, 'log' | 'requestId' | 'clock' | 'startedAt' | 'rated'>,
  { wire, streamed, model }: CallPlan,
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
): void => {
  log({
    level: 'info',
    message: 'model call',
    requestId,
    fields: {
      workspaceId: rated.workspaceId,
      keyId: rated.keyId,
      model: model.slice(0, 200),
      wire,
      streamed,
      durationMs: clock.now() - startedAt,
      ...fields,
    },
  });
};

/** The row of the ledger for one call of that model. */
export const rowOf = (rated: RatedCall, now: number, totals: Partial<ApiCallRow>): ApiCallRow => ({
  ...noApiCalls,
  day: dayOf(now),
  keyId: rated.keyId,
  model: rated.model.slice(0, 200),
  requests: 1,
  ...totals,
});

/** Tells what the call says of its model. An answer that has to be read for that is read when its client has it. */
const judge = (plan: CallPlan, parts: CallParts, ended: EndedCall): void => {
  const { account, rated, background, requestId } = parts;
  const { heard, servedBy = rated.model, status } = ended.outcome;
  const scope = { model: servedBy.slice(0, 200), role: plan.role ?? 'client', taskKind: plan.wire };
  const answerId = plan.answerId ?? heard?.id;
  const ids = status !== 'answered' ? [] : [requestId, ...(answerId === undefined ? [] : [answerId])];
  const note = (): void => account.judge(scope, judgeCall(ended), ids, background);
  if (heard?.read === undefined) note();
  else background(pause(0).then(note));
};

/** A call that begins now; `done` ends when it is settled. */
export const openCall = (plan: CallPlan, parts: CallParts): { readonly call: Call; readonly done: Promise<void> } => {
  const done = Promise.withResolvers<void>();
  let status: CallOutcome['status'] | undefined;
  let beganAt: number | undefined;
  const settle = (outcome: CallOutcome): void => {
    if (status !== undefined) return;
    status = outcome.status;
    const { account, limiter, rated, clock, reserved, charged, background, startedAt } = parts;
    const now = clock.now();
    const cost = costOfCall(plan, outcome);
    const { usage, estimated, costMicros } = cost;
    const used = amountsOfCall(cost);
    limiter.correct(rated, used.tokens - charged, now);
    const row = rowOf({ ...rated, model: outcome.servedBy ?? rated.model }, now, {
      failed: count(status === 'failed'),
      cancelled: count(status === 'cancelled'),
      estimated: count(estimated),
      inputTokens: usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens,
      cacheWriteTokens: usage.cacheWriteTokens ?? 0,
      outputTokens: usage.outputTokens,
      reasoningTokens: usage.reasoningTokens ?? 0,
      costMicros: costMicros ?? 0,
      estimatedCostMicros: estimated ? (costMicros ?? 0) : 0,
      unpricedTokens: costMicros === undefined ? used.tokens : 0,
    });
    account.settle(reserved, used, row, background);
    const { streamed, maxOutputTokens } = plan;
    judge(plan, parts, { streamed, maxOutputTokens, outcome, startedAt, beganAt, endedAt: now, costMicros });
    const { inputTokens, outputTokens } = usage;
    logCall(parts, plan, { status, inputTokens, outputTokens, costMicros, estimated });
    done.resolve();
  };
  return {
    call: {
      settle,
      began: () => {
        beganAt ??= parts.clock.now();
      },
      get status() {
        return status;
      },
    },
    done: done.promise,
  };
};
