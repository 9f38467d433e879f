/** The tool calls of a simulated agent, each a journaled step. Mirrors `durable-objects/agent/tool-step.ts`. */
import type { Outcome } from '../../shared/domain/agent/assignment.ts';
import type { Run } from '../../shared/domain/agent/state.ts';
import type { EffectClass } from '../../shared/domain/engine/effect-class.ts';
import type { ToolCall } from '../../shared/ports/model-client.ts';
import type { Agent, Surroundings } from './agent.ts';
import type { EffectFailure } from './journal.ts';
import { outcomeOf, outsideTools } from './model.ts';
import { call } from './network.ts';
import type { Process } from './scheduler.ts';

interface ToolResult {
  readonly content: string;
  readonly isError: boolean;
  readonly outcome?: Outcome;
}

const done = (content: string): ToolResult => ({ content, isError: false });

export class AgentTools {
  readonly #agent: Agent;
  readonly #around: Surroundings;

  constructor(agent: Agent, around: Surroundings) {
    this.#agent = agent;
    this.#around = around;
  }

  /** False while the call is in doubt and waits for somebody to settle it. */
  *call(run: Run, toolCall: ToolCall): Process<boolean> {
    const agent = this.#agent;
    const { world } = this.#around;
    const { runId } = run;
    const key = `${runId}/tool/${run.toolCalls}/${toolCall.id}`;
    const effectClass = outsideTools[toolCall.name] ?? 'idempotent';
    const outcome = yield* agent.journal.run<ToolResult>({
      key,
      effectClass,
      isWanted: () => agent.isCurrent(runId),
      execute: (idempotencyKey) => this.#execute(run, toolCall, effectClass, idempotencyKey, key),
      *lookup(idempotencyKey) {
        const happened = yield* world.lookUp(agent, idempotencyKey);
        return happened ? { value: done('it had happened') } : undefined;
      },
      onSettled: (settled) => {
        if (settled.status === 'in_doubt') return;
        const result =
          settled.status === 'done' ? settled.value : { content: `Failed: ${settled.message}`, isError: true };
        this.#returned(run, toolCall, result);
      },
    });
    return outcome.status !== 'in_doubt';
  }

  *#execute(run: Run, { name }: ToolCall, effectClass: EffectClass, key: string, effect: string): Process<ToolResult> {
    const agent = this.#agent;
    const { simulation, world, script, repository } = this.#around;
    const project = this.#around.project();
    const { branch, fencingToken } = run.assignment;
    switch (name) {
      case 'hand_in': {
        const commit = run.messages.find(
          (message) => message.role === 'tool' && message.toolName === 'commit' && !message.isError,
        );
        return { ...done(''), outcome: outcomeOf(run.assignment, script, commit === undefined ? null : 'commit') };
      }
      case 'write_file':
      case 'commit': {
        const type = name === 'commit' ? 'committed' : 'written';
        return yield* this.#repeatable(function* () {
          const answered = yield* call(simulation, agent, repository, () =>
            repository.change(key, type, branch, fencingToken),
          );
          return answered.ok ? done(answered.commit) : { content: 'lease.stale', isError: true };
        });
      }
      case 'release':
        return yield* this.#repeatable(function* () {
          const version = yield* call(simulation, agent, repository, () => repository.head());
          yield* call(simulation, agent, project, () => project.deployed(key, version));
          return done(version);
        });
      default:
        yield* world.request(agent, { kind: 'tool', key, effectClass }, agent.originOf(run, effect));
        return done('it happened');
    }
  }

  /** Calls of the platform's own objects are idempotent by their command id: a lost connection is tried again. */
  *#repeatable(work: () => Process<ToolResult>): Process<ToolResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        return yield* work();
      } catch (failure) {
        if (failure instanceof Error) throw failure;
        const lost: EffectFailure = { message: 'The object did not answer.', outcomeUnknown: true };
        if (tries === 5) throw lost;
      }
    }
  }

  #returned(run: Run, toolCall: ToolCall, { content, isError, outcome }: ToolResult): void {
    const agent = this.#agent;
    const { id: toolCallId, name: tool } = toolCall;
    agent.record(run, { type: 'tool.returned', runId: run.runId, toolCallId, tool, content, isError });
    agent.tell(run, { type: 'tool_called', tool, detail: '', failed: isError });
    if (outcome !== undefined) agent.finish(run, outcome);
  }
}
