/**
 * What each call of a model came to. A call that begins is written down with the step's intent; what arrives of its
 * answer is kept; how it ended is booked with the step's result. A call that died with its object is booked as
 * interrupted before it is made again: the ledger then says that it is paid for twice.
 */
import type { Amounts } from '../../shared/domain/budget/amounts.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import type { RunId } from '../../shared/domain/ids.ts';
import { replayAnswer, type CollectedAnswer, type PartialAnswer } from '../../shared/domain/model/collect.ts';
import { largestUsage, likelyUsage, utf8Length } from '../../shared/domain/model/estimate.ts';
import { costMicrosOf, findPrice } from '../../shared/domain/model/prices.ts';
import type { ModelFailureKind, ModelRequest, ModelUsage } from '../../shared/ports/model-client.ts';
import { hashText, type EventStore, type StepOutcome, type Storage } from '../platform/index.ts';
import { AnswerRecorder } from './answer-recorder.ts';
import type { Budget } from './budget.ts';
import type { ModelCall, ModelCallTable, Settlement } from './model-call-table.ts';
import type { RunLog } from './run-log.ts';

export interface ModelLedgerParts {
  readonly storage: Storage;
  readonly table: ModelCallTable;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly budget: Budget;
  readonly log: RunLog;
  readonly now: () => number;
}

/** What a call is going to be, before it begins. */
export interface PlannedCall {
  readonly model: string;
  readonly requestHash: string;
  readonly requestBytes: number;
  /** The most it can use. */
  readonly need: Amounts;
  readonly unpricedModel?: string;
}

/** A call under way. */
export interface OpenCall {
  readonly sequence: number;
  readonly model: string;
  readonly requestBytes: number;
  readonly reserved: Amounts;
}

const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

/** Providers charge nothing for what they refuse before they begin. */
const refusals: readonly ModelFailureKind[] = [
  'rate_limited',
  'overloaded',
  'authentication',
  'invalid_request',
  'context_too_long',
];

const tokensOf = ({ inputTokens, outputTokens }: ModelUsage): number => inputTokens + outputTokens;

const isToldUsage = (usage: ModelUsage | undefined): usage is ModelUsage => usage !== undefined && tokensOf(usage) > 0;

const outputBytes = ({ text, toolCalls }: PartialAnswer): number =>
  utf8Length(text) + toolCalls.reduce((sum, call) => sum + utf8Length(call.name) + utf8Length(call.argumentsJson), 0);

/** A plan for the request: its size, and what it may come to at most. */
export const planCall = (model: string, request: ModelRequest): PlannedCall => {
  const { system, messages, tools, maxOutputTokens } = request;
  const text = JSON.stringify([system, messages, tools, maxOutputTokens]);
  const requestBytes = utf8Length(text);
  const largest = largestUsage(requestBytes, maxOutputTokens);
  // All of a long conversation may be written to the provider's cache, at a surcharge.
  const dearest: ModelUsage = { ...largest, cacheWriteTokens: largest.inputTokens };
  const price = findPrice(model);
  return {
    model,
    requestHash: hashText(text),
    requestBytes,
    need: { tokens: tokensOf(largest), costMicros: costMicrosOf(dearest, price) ?? 0, steps: 1 },
    ...(price === undefined ? { unpricedModel: model } : {}),
  };
};

export class ModelLedger {
  readonly #parts: ModelLedgerParts;

  constructor(parts: ModelLedgerParts) {
    this.#parts = parts;
  }

  /** The call begins. In the transaction that writes the intent; a budget that forbids it throws. */
  begin(run: Run, step: number, attempt: number, plan: PlannedCall): OpenCall {
    const { table, budget, now } = this.#parts;
    const { model, requestHash, requestBytes, need, unpricedModel } = plan;
    budget.begin(run, need, unpricedModel);
    const call = { runId: run.runId, step, attempt, model, requestHash, requestBytes, reserved: need };
    const sequence = table.begin({ ...call, startedAt: now() });
    return { sequence, model, requestBytes, reserved: need };
  }

  /** Writes down what arrives of the call's answer. */
  recorder(call: () => OpenCall | undefined): AnswerRecorder {
    const { table } = this.#parts;
    return new AnswerRecorder({
      write: (events) => {
        const open = call();
        if (open !== undefined) table.addPart(open.sequence, events);
      },
      later: (delayMs, work) => {
        const timeout = setTimeout(work, delayMs);
        return () => {
          clearTimeout(timeout);
        };
      },
    });
  }

  /** An answer to this step that arrived whole, though its result was never written. */
  findComplete(runId: RunId, step: number): { readonly call: OpenCall; readonly answer: CollectedAnswer } | undefined {
    for (const call of this.#startedOf(runId, step)) {
      const { answer } = this.#replay(call);
      if (answer !== undefined) return { call, answer };
    }
    return undefined;
  }

  /**
   * The call has ended: answers what it cost in micro-dollars, where that is known. In the transaction that writes the
   * result, whether the run is still wanted or not.
   */
  settle(runId: RunId, call: OpenCall, outcome: StepOutcome<CollectedAnswer>): number | undefined {
    const answer = outcome.status === 'done' ? outcome.value : undefined;
    const partial = replayAnswer(this.#parts.table.recording(call.sequence)).partial;
    const told = answer?.usage;
    if (answer?.ok === false && answer.failure.withheld === true) {
      // It never left: no call was made, so none is counted as a step either.
      return this.#book(runId, call, { status: 'failed', usage: noUsage, estimated: false }, { steps: 0 });
    }
    if (answer?.ok === true) {
      const usage = isToldUsage(told) ? told : this.#estimate(call, { ...answer, usage: undefined });
      // A chain may have been served by another model, which has a price of its own.
      const served = findPrice(answer.servedBy ?? '') === undefined ? call : { ...call, model: answer.servedBy ?? '' };
      const costMicros = this.#book(runId, served, { status: 'answered', usage, estimated: !isToldUsage(told) });
      this.#parts.table.dropParts(call.sequence);
      return costMicros;
    }
    const refused = answer !== undefined && refusals.includes(answer.failure.kind) && outputBytes(partial) === 0;
    if (isToldUsage(told) || refused) {
      return this.#book(runId, call, { status: 'failed', usage: told ?? noUsage, estimated: false });
    }
    return this.#book(runId, call, { status: 'failed', usage: this.#estimate(call, partial), estimated: true });
  }

  /**
   * Books the calls of this step that died on the way. Before the step is taken up again; what it had received in full
   * is left for `findComplete`.
   */
  recoverStep(run: Run, step: number): void {
    const died = this.#startedOf(run.runId, step).filter((call) => this.#replay(call).answer === undefined);
    if (died.length === 0) return;
    this.#parts.storage.transaction(() => {
      for (const call of died) this.#interrupt(call, run);
    });
  }

  /** Books the calls of runs that are over. When the object is loaded: nothing of them is under way any more. */
  recoverOthers(current: RunId | undefined): void {
    const died = this.#parts.table.started().filter(({ runId }) => runId !== current);
    if (died.length === 0) return;
    this.#parts.storage.transaction(() => {
      for (const call of died) this.#interrupt(call);
    });
  }

  #startedOf(runId: RunId, step: number): readonly ModelCall[] {
    return this.#parts.table.started().filter((call) => call.runId === runId && call.step === step);
  }

  #replay({ sequence }: Pick<ModelCall, 'sequence'>): ReturnType<typeof replayAnswer> {
    return replayAnswer(this.#parts.table.recording(sequence));
  }

  #interrupt(call: ModelCall, run?: Run): void {
    const { events, log, now } = this.#parts;
    const { partial } = this.#replay(call);
    const usage = isToldUsage(partial.usage) ? partial.usage : this.#estimate(call, partial);
    const costMicros = this.#book(call.runId, call, { status: 'interrupted', usage, estimated: true });
    const { runId, step, attempt } = call;
    const cost = costMicros === undefined ? {} : { costMicros };
    events.append(
      [{ type: 'model.interrupted', runId, step, attempt, usage, ...cost, partialText: partial.text.slice(0, 2_000) }],
      now(),
    );
    if (run !== undefined) {
      log.tell(run, { type: 'call_interrupted', step: step + 1, attempt, tokens: tokensOf(usage), ...cost });
    }
  }

  #estimate(call: Pick<ModelCall, 'model' | 'requestBytes'>, partial: PartialAnswer): ModelUsage {
    return likelyUsage(call.requestBytes, outputBytes(partial));
  }

  /** Writes the settlement and counts it; answers the cost in micro-dollars where it is known. */
  #book(
    runId: RunId,
    { sequence, model, reserved }: Pick<ModelCall, 'sequence' | 'model' | 'reserved'>,
    settlement: Pick<Settlement, 'status' | 'usage' | 'estimated'>,
    { steps }: { readonly steps: number } = { steps: 1 },
  ): number | undefined {
    const { table, budget, now } = this.#parts;
    const costMicros = costMicrosOf(settlement.usage, findPrice(model));
    table.settle(sequence, { ...settlement, costMicros, settledAt: now() });
    const used: Amounts = { tokens: tokensOf(settlement.usage), costMicros: costMicros ?? 0, steps };
    budget.settle(runId, reserved, used);
    budget.countCall(model, settlement.status, settlement.usage, costMicros);
    return costMicros;
  }
}
