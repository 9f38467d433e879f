/** One call of the model as a journaled step; its answer, or its failure, is an event of the run. */
import { collectAnswer, type CollectedAnswer } from '../../shared/domain/model/collect.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import { composeMessages, composeSystem } from '../../shared/domain/agent/prompt.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import { findRole } from '../../shared/domain/team/roles/index.ts';
import { toolsFor } from '../../shared/domain/tool/index.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import type { EventStore, Journal, Storage, StepOutcome } from '../platform/index.ts';
import type { RunLog } from './run-log.ts';

const maxOutputTokens = 32_000;
const detailLength = 300;

export interface ModelStepParts {
  readonly storage: Storage;
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly log: RunLog;
  readonly now: () => number;
  readonly resolveModel: (name: string) => { readonly client: ModelClient; readonly model: string };
}

export class ModelStep {
  readonly #parts: ModelStepParts;

  constructor(parts: ModelStepParts) {
    this.#parts = parts;
  }

  /** Calls the model for this step of the run, or reads how the call ended. */
  async call(run: Run, step: number): Promise<void> {
    const { journal, events, log, resolveModel, now } = this.#parts;
    const { identity } = events.state;
    const role = findRole(identity?.role ?? '');
    if (identity === undefined || role === undefined) {
      log.finish(run, { type: 'failed', reason: `There is no role ${identity?.role ?? 'without a name'}.` });
      return;
    }
    const name = run.model ?? identity.model;
    const { client, model } = resolveModel(name);
    this.#parts.storage.transaction(() => {
      log.tell(run, { type: 'thinking', step: step + 1, model: name });
    });
    const startedAt = now();
    await journal.run<CollectedAnswer>({
      key: `${run.runId}/model/${step}`,
      effectClass: 'idempotent',
      execute: ({ idempotencyKey }) =>
        collectAnswer(
          client,
          {
            model,
            system: composeSystem(role, run.assignment.context.projectName),
            messages: composeMessages(run),
            tools: toolsFor(run.assignment.task.kind, role.tools, run.assignment.context.tools).map(
              ({ definition }) => definition,
            ),
            maxOutputTokens,
            idempotencyKey,
            attempt: run.failures + 1,
          },
          log.signalOf(run.runId),
        ),
      onSettled: (outcome) => {
        this.#answered(run, outcome, now() - startedAt);
      },
    });
  }

  #answered(run: Run, outcome: StepOutcome<CollectedAnswer>, modelTimeMs: number): void {
    const { log } = this.#parts;
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
      log.append(run, { type: 'model.failed', runId, failure: answer.failure });
      log.tell(run, { type: 'said', text: `The model failed: ${answer.failure.message}` });
      return;
    }
    const { ok: _ok, ...response } = answer;
    log.append(run, { type: 'model.responded', runId, ...response, modelTimeMs });
    if (response.text.trim() !== '') log.tell(run, { type: 'said', text: response.text.slice(0, detailLength) });
  }
}
