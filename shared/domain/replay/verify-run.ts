/**
 * Replays an agent's log: the pure loop is asked at every point, and has to ask for exactly what the log shows next;
 * every answer and result must stand in the journal with the same content; the request composed for the model must be
 * the one that was recorded.
 */
import type { JournalEntry } from '../../rpc/replay.ts';
import type { AgentEvent } from '../agent/events.ts';
import { defaultRunLimits, nextAction, type NextAction } from '../agent/loop.ts';
import { composeRequest } from '../agent/request.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from '../agent/state.ts';
import type { CollectedAnswer } from '../model/collect.ts';
import { parseModelName } from '../model/model-name.ts';
import type { ModelRequest } from '../../ports/model-client.ts';
import { findRole } from '../team/roles/index.ts';
import { toolsOfRun } from '../tool/index.ts';
import { canonicalJson, hashValue, sameJson, type HashText } from './canonical.ts';
import { shown, shownPair, type Divergence } from './divergence.ts';
import type { ExportedAgent, Logged } from './run-export.ts';

/** Asks a model again; undefined when the model is not deterministic, so that its answers cannot be compared. */
export type AskAgain = (
  model: string,
  request: Omit<ModelRequest, 'idempotencyKey'>,
) => Promise<CollectedAnswer> | undefined;

export interface AgentReplay {
  readonly divergences: readonly Divergence[];
  readonly steps: number;
  readonly requestsCompared: number;
  readonly answersAskedAgain: number;
  /** Answers of models that cannot be asked again. */
  readonly answersNotAsked: number;
}

type EventOf<Type extends AgentEvent['type']> = Extract<AgentEvent, { type: Type }>;

interface Finding {
  readonly what: string;
  readonly recorded?: string;
  readonly replayed?: string;
}

/** True for the events that move a run on by one step. */
export const isStep = (event: AgentEvent, runId: string): boolean =>
  'runId' in event &&
  event.runId === runId &&
  (event.type === 'model.responded' ||
    event.type === 'model.failed' ||
    event.type === 'tool.returned' ||
    event.type === 'run.nudged');

const describeAction = (action: NextAction): string => {
  switch (action.type) {
    case 'call_tool':
      return `call the tool ${action.call.name} (${action.call.id})`;
    case 'call_model':
      return `call the model for the ${action.step + 1}. time`;
    case 'finish':
      return `end the run: ${shown(action.outcome)}`;
    default:
      return action.type;
  }
};

/** What differs between two values, or nothing. */
const compare = (what: string, recorded: unknown, replayed: unknown): readonly Finding[] => {
  if (sameJson(recorded, replayed)) return [];
  const [left, right] = shownPair(canonicalJson(recorded), canonicalJson(replayed));
  return [{ what, recorded: left, replayed: right }];
};

const answerOf = ({ text, toolCalls, stopReason, usage }: EventOf<'model.responded'>): CollectedAnswer => ({
  ok: true,
  text,
  toolCalls,
  stopReason,
  usage,
});

export class RunReplayer {
  readonly #agent: ExportedAgent;
  readonly #hash: HashText;
  readonly #askAgain: AskAgain | undefined;
  readonly #journal: ReadonlyMap<string, JournalEntry>;
  /** Steps that were taken over from another project: their requests and journals are that project's. */
  readonly #adopted: ReadonlyMap<string, number>;
  readonly #divergences: Divergence[] = [];
  #state: AgentState = initialAgentState;
  #step = 0;
  #steps = 0;
  /** The outcome that the last tool of the run handed in. */
  #handedIn: unknown;
  #requestsCompared = 0;
  #answersAskedAgain = 0;
  #answersNotAsked = 0;

  constructor(agent: ExportedAgent, hash: HashText, askAgain?: AskAgain) {
    this.#agent = agent;
    this.#hash = hash;
    this.#askAgain = askAgain;
    this.#journal = new Map(agent.journal.map((entry) => [entry.key, entry]));
    this.#adopted = new Map(
      agent.events.flatMap(({ event }) =>
        event.type === 'run.forked' ? [[event.runId as string, event.from.step] as const] : [],
      ),
    );
  }

  async replay(): Promise<AgentReplay> {
    let expected = 1;
    for (const stored of this.#agent.events) {
      if (stored.sequence !== expected) {
        this.#report(stored, { what: `The log has a gap: event ${expected} is missing.` });
        break;
      }
      expected += 1;
      try {
        await this.#visit(stored);
      } catch (thrown) {
        const reason = thrown instanceof Error ? thrown.message : 'no reason given';
        this.#report(stored, { what: `The event "${stored.event.type}" cannot be read: ${reason}` });
        break;
      }
    }
    this.#checkEnd(expected - 1);
    return {
      divergences: this.#divergences,
      steps: this.#steps,
      requestsCompared: this.#requestsCompared,
      answersAskedAgain: this.#answersAskedAgain,
      answersNotAsked: this.#answersNotAsked,
    };
  }

  #checkEnd(sequence: number): void {
    const { seat } = this.#agent;
    if (this.#divergences.length > 0) return;
    if (sequence !== seat.sequence) {
      const what = `The log ends at event ${sequence}, and ${seat.sequence} were exported.`;
      this.#divergences.push({ where: seat.name, sequence, what });
      return;
    }
    const replayed = hashValue(this.#state, this.#hash);
    if (replayed !== seat.stateHash) {
      const what = 'The state after the last event is not the state that the agent had.';
      this.#divergences.push({ where: seat.name, sequence, what, recorded: seat.stateHash, replayed });
    }
  }

  async #visit(stored: Logged<AgentEvent>): Promise<void> {
    const { event } = stored;
    const { run } = this.#state;
    if (event.type === 'run.started') this.#step = 0;
    if (run !== undefined && 'runId' in event && event.runId === run.runId) {
      if (isStep(event, run.runId)) {
        this.#step += 1;
        this.#steps += 1;
      }
      for (const finding of await this.#compare(run, event)) this.#report(stored, finding);
    }
    this.#state = evolveAgent(this.#state, event, stored.recordedAt);
  }

  async #compare(run: Run, event: AgentEvent): Promise<readonly Finding[]> {
    const action = nextAction(run, defaultRunLimits);
    const asked = (ok: boolean, recorded: string): readonly Finding[] =>
      ok
        ? []
        : [{ what: 'The loop asks for another action than was taken.', recorded, replayed: describeAction(action) }];
    switch (event.type) {
      case 'model.responded':
      case 'model.failed':
        return [
          ...asked(action.type === 'call_model', 'the model was called'),
          ...(await this.#compareModel(run, event)),
        ];
      case 'tool.returned':
        return [
          ...asked(
            action.type === 'call_tool' && action.call.id === event.toolCallId && action.call.name === event.tool,
            `the tool ${event.tool} (${event.toolCallId}) was called`,
          ),
          ...this.#compareTool(run, event),
        ];
      case 'run.nudged':
        return asked(action.type === 'nudge' && action.text === event.text, `a nudge: ${shown(event.text)}`);
      case 'run.finished': {
        // A budget ends a run from outside the loop.
        if (event.outcome.type === 'failed' && event.outcome.exhaustion !== undefined) return [];
        const handedIn = this.#handedIn ?? (action.type === 'finish' ? action.outcome : undefined);
        return compare('The run ended with another outcome than was handed in.', event.outcome, handedIn);
      }
      default:
        return [];
    }
  }

  async #compareModel(
    run: Run,
    event: EventOf<'model.responded'> | EventOf<'model.failed'>,
  ): Promise<readonly Finding[]> {
    this.#handedIn = undefined;
    const entry = this.#journal.get(`${run.runId}/model/${run.modelCalls}`);
    const answer: CollectedAnswer =
      event.type === 'model.responded' ? answerOf(event) : { ok: false, failure: event.failure };
    if (entry === undefined) return [{ what: 'The journal has no step for this call of the model.' }];
    // A step that failed in the journal has no answer: the failure in the event was made of its message.
    const journaled = entry.status === 'done' ? compare('The journal holds another answer.', answer, entry.value) : [];
    if (this.#step <= (this.#adopted.get(run.runId) ?? 0)) return journaled;
    return [...journaled, ...(await this.#compareRequest(run, event, answer))];
  }

  async #compareRequest(
    run: Run,
    event: EventOf<'model.responded'> | EventOf<'model.failed'>,
    answer: CollectedAnswer,
  ): Promise<readonly Finding[]> {
    const { identity } = this.#state;
    const role = findRole(identity?.role ?? '');
    const name = parseModelName(identity?.model ?? '');
    if (role === undefined || !name.ok) return [];
    const request = composeRequest(run, role, name.value.model);
    if (event.requestHash !== undefined) {
      this.#requestsCompared += 1;
      const replayed = hashValue(request, this.#hash);
      const what = 'The request composed from the log is not the one that was sent: prompts or tools have changed.';
      if (replayed !== event.requestHash) return [{ what, recorded: event.requestHash, replayed }];
    }
    if (this.#askAgain === undefined || event.type === 'model.failed') return [];
    const again = this.#askAgain(identity?.model ?? '', request);
    if (again === undefined) {
      this.#answersNotAsked += 1;
      return [];
    }
    this.#answersAskedAgain += 1;
    return compare('The model, asked again, answers differently.', answer, await again);
  }

  #compareTool(run: Run, event: EventOf<'tool.returned'>): readonly Finding[] {
    const { content, isError } = event;
    const entry = this.#journal.get(`${run.runId}/tool/${run.toolCalls}/${event.toolCallId}`);
    const role = findRole(this.#state.identity?.role ?? '');
    const offered = role !== undefined && toolsOfRun(run, role).some(({ name }) => name === event.tool);
    if (entry === undefined) return offered ? [{ what: `The journal has no step for the call of ${event.tool}.` }] : [];
    // Of a call that was abandoned while in doubt, the run was told that, whatever the journal came to know.
    if (entry.status !== 'done' || run.settlement?.decision === 'abandon') return [];
    const value: Readonly<Record<string, unknown>> =
      typeof entry.value === 'object' && entry.value !== null ? { ...entry.value } : {};
    this.#handedIn = value['outcome'];
    const journaled = { content: value['content'], isError: value['isError'] ?? false };
    return compare(`The journal holds another result of ${event.tool}.`, { content, isError }, journaled);
  }

  #report(stored: Logged<AgentEvent>, finding: Finding): void {
    const { event } = stored;
    const { run } = this.#state;
    this.#divergences.push({
      where: this.#agent.seat.name,
      sequence: stored.sequence,
      ...('runId' in event ? { runId: event.runId } : {}),
      ...(run === undefined ? {} : { step: this.#step }),
      ...finding,
    });
  }
}

/** The state of an agent after a sequence of its log, or after a step of one of its runs. */
export const agentStateAt = (
  agent: ExportedAgent,
  at: { readonly sequence: number } | { readonly runId: string; readonly step: number },
): AgentState | undefined => {
  let state = initialAgentState;
  let step = 0;
  for (const { sequence, recordedAt, event } of agent.events) {
    if ('sequence' in at && sequence > at.sequence) return state;
    if ('runId' in at && isStep(event, at.runId)) step += 1;
    if ('runId' in at && step > at.step) return state;
    if ('runId' in at && event.type === 'run.finished' && event.runId === at.runId)
      return step >= at.step ? state : undefined;
    state = evolveAgent(state, event, recordedAt);
  }
  if ('sequence' in at) return state;
  return state.run?.runId === at.runId && step >= at.step ? state : undefined;
};
