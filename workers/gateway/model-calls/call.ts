/** One call of a model for a client of `/v1`, from what was set aside for it to what it came to. */
import {
  amountsOfCall,
  costOfCall,
  type CallCost,
  type CallEnd,
  type CallSize,
} from '../../../shared/domain/model/call-cost.ts';
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
  readonly wire: 'chat' | 'completions' | 'responses' | 'messages' | 'embeddings';
  readonly streamed: boolean;
  /** Of the team, where somebody of it is asked. */
  readonly role?: string | undefined;
  /** Of the answer, where it is known before. Those of completions and messages are named after their request. */
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
  settle(outcome: CallOutcome): void;
  /** The first piece of the answer has come. */
  began(): void;
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

/** The row of the ledger for a call that was answered from the cache. */
export const cacheHitRow = ({ keyId, model }: RatedCall, now: number): ApiCallRow => ({
  ...noApiCalls,
  day: dayOf(now),
  keyId,
  model: model.slice(0, 200),
  requests: 1,
  cacheHits: 1,
});

/** The row of a call that has ended. */
const settledRow = (
  { keyId, model }: RatedCall,
  now: number,
  { status, servedBy = model }: CallOutcome,
  { usage, estimated, costMicros }: CallCost,
): ApiCallRow => ({
  day: dayOf(now),
  keyId,
  model: servedBy.slice(0, 200),
  requests: 1,
  failed: count(status === 'failed'),
  cancelled: count(status === 'cancelled'),
  cacheHits: 0,
  estimated: count(estimated),
  inputTokens: usage.inputTokens,
  cachedInputTokens: usage.cachedInputTokens,
  cacheWriteTokens: usage.cacheWriteTokens ?? 0,
  outputTokens: usage.outputTokens,
  reasoningTokens: usage.reasoningTokens ?? 0,
  costMicros: costMicros ?? 0,
  estimatedCostMicros: estimated ? (costMicros ?? 0) : 0,
  unpricedTokens: costMicros === undefined ? usage.inputTokens + usage.outputTokens : 0,
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

/** A call that has begun. */
export class OpenCall implements Call {
  readonly #plan: CallPlan;
  readonly #parts: CallParts;
  readonly #done = Promise.withResolvers<void>();
  #status: CallOutcome['status'] | undefined;
  #beganAt: number | undefined;

  constructor(plan: CallPlan, parts: CallParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  get status(): CallOutcome['status'] | undefined {
    return this.#status;
  }

  /** Ends when the call is settled. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  began(): void {
    this.#beganAt ??= this.#parts.clock.now();
  }

  settle(outcome: CallOutcome): void {
    if (this.#status !== undefined) return;
    this.#status = outcome.status;
    const plan = this.#plan;
    const parts = this.#parts;
    const { account, limiter, rated, clock, reserved, charged, background, startedAt } = parts;
    const now = clock.now();
    const cost = costOfCall(plan, outcome);
    const used = amountsOfCall(cost);
    limiter.correct(rated, used.tokens - charged, now);
    account.settle(reserved, used, settledRow(rated, now, outcome, cost), background);
    const { streamed, maxOutputTokens } = plan;
    const { usage, estimated, costMicros } = cost;
    const beganAt = this.#beganAt;
    judge(plan, parts, { streamed, maxOutputTokens, outcome, startedAt, beganAt, endedAt: now, costMicros });
    const { inputTokens, outputTokens } = usage;
    logCall(parts, plan, { status: outcome.status, inputTokens, outputTokens, costMicros, estimated });
    this.#done.resolve();
  }
}
