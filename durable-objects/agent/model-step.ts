/**
 * One call of the model as a journaled step; its answer, or its failure, is an event of the run.
 *
 * What becomes of a call that was cut off: an answer that had arrived whole is used, and the provider is not called
 * again. Any other call is booked as interrupted and made again under the same idempotency key, which providers that
 * know it answer from their first try; the ledger counts both, because nobody can know what will be charged.
 */
import { collectAnswer, type CollectedAnswer } from '../../shared/domain/model/collect.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import { composeRequest } from '../../shared/domain/agent/request.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { modelStepKey } from '../../shared/domain/agent/step-keys.ts';
import { countAgentStep } from '../../shared/domain/model/quality/answer-quality.ts';
import { amount } from '../../shared/domain/model/quality/measures.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import type { CancelSignal, ModelClient, ModelOptions, ModelRequest } from '../../shared/ports/model-client.ts';
import { hashValue } from '../../shared/domain/replay/canonical.ts';
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import type { EventStore, Journal, Storage, StepOutcome } from '../platform/index.ts';
import type { Budget } from './budget.ts';
import { planCall, type ModelLedger, type OpenCall } from './model-ledger.ts';
import type { RunLog } from './run-log.ts';

const detailLength = 300;

/** A run asks again and again with a longer conversation. Not hashed with the request: it changes no answer. */
const callOptions: ModelOptions = { promptCaching: true };

export interface ModelStepParts {
  readonly storage: Storage;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly log: RunLog;
  readonly budget: Budget;
  readonly ledger: ModelLedger;
  readonly now: () => number;
  readonly resolveModel: (name: string) => { readonly client: ModelClient; readonly model: string };
}

/** A call of the model as a step of the journal. */
interface JournaledCall {
  /** Already begun. */
  readonly open?: OpenCall;
  readonly begin?: (attempt: number) => OpenCall;
  readonly execute: (idempotencyKey: string) => Promise<CollectedAnswer>;
  readonly requestHash: string;
  /** The model as the agent knows it. */
  readonly name: string;
  readonly request: Pick<ModelRequest, 'tools' | 'maxOutputTokens'>;
}

export class ModelStep {
  readonly #parts: ModelStepParts;

  constructor(parts: ModelStepParts) {
    this.#parts = parts;
  }

  /**
   * Calls the model for this step of the run, or reads how the call ended. False when the run waits for its budget or
   * has ended by it.
   */
  async call(run: Run, step: number): Promise<boolean> {
    const { events, log, ledger, budget, resolveModel } = this.#parts;
    const { identity } = events.state;
    const role = findRole(identity?.role ?? '');
    if (identity === undefined || role === undefined) {
      log.finish(run, { type: 'failed', reason: `There is no role ${identity?.role ?? 'without a name'}.` });
      return true;
    }
    const name = run.model ?? identity.model;
    const { client, model } = resolveModel(name);
    const request = composeRequest(run, role, model);
    const requestHash = hashValue(request, hashText);
    ledger.recoverStep(run, step);
    const complete = ledger.findComplete(run.runId, step);
    if (complete !== undefined) {
      await this.#journal(run, step, {
        request,
        name,
        requestHash,
        open: complete.call,
        execute: async () => complete.answer,
      });
      return true;
    }
    const attempt = run.failures + 1;
    const plan = planCall(name, { ...request, idempotencyKey: '' });
    return budget.within(run, plan.need, plan.unpricedModel, async () => {
      let open: OpenCall | undefined;
      await this.#journal(run, step, {
        request,
        name,
        requestHash,
        begin: (journalAttempt) => {
          open = ledger.begin(run, step, journalAttempt, plan);
          log.tell(run, { type: 'thinking', step: step + 1, model: name });
          return open;
        },
        execute: (idempotencyKey) =>
          this.#receive(run, client, { ...request, options: callOptions, idempotencyKey, attempt }, () => open),
      });
      return true;
    });
  }

  async #journal(run: Run, step: number, call: JournaledCall): Promise<void> {
    const { journal, ledger, log, now } = this.#parts;
    const startedAt = now();
    let { open } = call;
    await journal.run<CollectedAnswer>({
      key: modelStepKey(run, step),
      effectClass: 'idempotent',
      onIntent: ({ attempt }) => {
        open ??= call.begin?.(attempt);
      },
      isWanted: () => log.isCurrent(run.runId),
      execute: ({ idempotencyKey }) => call.execute(idempotencyKey),
      onSettled: (outcome) => {
        const modelTimeMs = now() - startedAt;
        const costMicros = open === undefined ? undefined : ledger.settle(run.runId, open, outcome);
        if (outcome.status === 'done') this.#judge(run, outcome.value, call, { modelTimeMs, costMicros });
        this.#answered(run, outcome, { requestHash: call.requestHash, modelTimeMs });
      },
    });
  }

  /** Reads the answer while writing it down; a run that is cancelled stops reading. */
  async #receive(
    run: Run,
    client: ModelClient,
    request: ModelRequest,
    open: () => OpenCall | undefined,
  ): Promise<CollectedAnswer> {
    const { log, ledger } = this.#parts;
    const recorder = ledger.recorder(open);
    const signal: CancelSignal = {
      get aborted() {
        return !log.isCurrent(run.runId);
      },
    };
    try {
      return await collectAnswer(client, request, signal, (event) => {
        recorder.add(event);
      });
    } finally {
      recorder.flush();
    }
  }

  /** What the answer says of its model. An answer that had arrived before its object died says nothing of its time. */
  #judge(
    run: Run,
    answer: CollectedAnswer,
    { name, request, open }: JournaledCall,
    { modelTimeMs, costMicros }: { readonly modelTimeMs: number; readonly costMicros: number | undefined },
  ): void {
    const { budget, events } = this.#parts;
    const servedBy = answer.ok && answer.servedBy?.includes('/') === true ? answer.servedBy : name;
    const scope = { model: servedBy, role: events.state.identity?.role ?? '', taskKind: run.assignment.task.kind };
    budget.countQuality(scope, {
      ...countAgentStep({ tools: request.tools, maxOutputTokens: request.maxOutputTokens }, answer),
      ...(answer.ok && open === undefined ? { duration: amount(modelTimeMs) } : {}),
      ...(answer.ok && costMicros !== undefined ? { cost: amount(costMicros) } : {}),
    });
  }

  #answered(
    run: Run,
    outcome: StepOutcome<CollectedAnswer>,
    { requestHash, modelTimeMs }: { readonly requestHash: string; readonly modelTimeMs: number },
  ): void {
    const { log, budget } = this.#parts;
    const { runId } = run;
    const answer: CollectedAnswer =
      outcome.status === 'done'
        ? outcome.value
        : {
            ok: false,
            failure: {
              kind: 'provider_error',
              message: outcome.status === 'failed' ? outcome.message : 'It is not known whether the call was answered.',
              retryable: true,
            },
          };
    if (!answer.ok) {
      log.append(run, { type: 'model.failed', runId, failure: answer.failure, requestHash });
      log.tell(run, { type: 'said', text: `The model failed: ${answer.failure.message}` });
    } else {
      const { ok: _ok, ...response } = answer;
      log.append(run, { type: 'model.responded', runId, ...response, modelTimeMs, requestHash });
      if (response.text.trim() !== '') log.tell(run, { type: 'said', text: response.text.slice(0, detailLength) });
    }
    // The others wait for what this call left over, and nobody else reports for a run that is over.
    if (budget.isTight || !log.isCurrent(runId)) log.giveBack();
  }
}
