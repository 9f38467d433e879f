/**
 * The calls of a program, each a journaled step under the key of the program and its number. A program that is run
 * again after a crash is answered from the journal; one that asks something else than before is stopped, because
 * nobody could tell any longer what it has done.
 */
import { RpcTarget } from 'cloudflare:workers';
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState, Run } from '../../shared/domain/agent/state.ts';
import type { Role } from '../../shared/domain/team/role.ts';
import { refuseCall, toolsOfRun } from '../../shared/domain/tool/index.ts';
import { refuseInProgram } from '../../shared/domain/tool/program-tool.ts';
import type { Tool, ToolContext, ToolResult } from '../../shared/domain/tool/tool.ts';
import type { ProgramAnswer, ProgramCalls } from '../../shared/rpc/sandbox.ts';
import type { EventStore, Journal, StepOutcome } from '../platform/index.ts';
import type { Budget } from './budget.ts';
import type { RunLog } from './run-log.ts';

/** How long a call waits for its budget, and how often it asks. */
const patienceMs = 20_000;
const askAgainMs = 500;
const detailLength = 300;

export interface ProgramCallParts {
  readonly journal: Journal;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly log: RunLog;
  readonly budget: Pick<Budget, 'beginStep' | 'withinStep'>;
}

/** The program that calls. */
export interface CallingProgram {
  readonly run: Run;
  readonly role: Role;
  readonly toolCallId: string;
  /** The journal's key of the step that the program is. */
  readonly key: string;
  readonly contextOf: (key: string, idempotencyKey: string, attempt: number) => ToolContext;
  /** Does the tool, checks included that depend on the present rules. */
  readonly execute: (tool: Tool, argumentsJson: string, context: ToolContext) => Promise<ToolResult>;
  /** Messages that a call wanted to send, now that it is settled. */
  readonly settle: (key: string) => void;
}

const ended = (reason: string): ProgramAnswer => ({ type: 'ended', reason });
const refused = (content: string): ProgramAnswer => ({ type: 'answered', content, isError: true });

const answerOf = (outcome: StepOutcome<ToolResult>): ProgramAnswer => {
  if (outcome.status === 'in_doubt') return ended('It is not known whether the call took effect.');
  return outcome.status === 'failed'
    ? refused(`Failed: ${outcome.message}`)
    : { type: 'answered', content: outcome.value.content, isError: outcome.value.isError ?? false };
};

/** The tools that the program has as functions. */
export const programTools = (run: Run, role: Role): readonly Tool[] =>
  toolsOfRun(run, role).filter((tool) => refuseInProgram(tool) === undefined);

export class JournaledProgramCalls extends RpcTarget implements ProgramCalls {
  readonly #parts: ProgramCallParts;
  readonly #program: CallingProgram;

  constructor(parts: ProgramCallParts, program: CallingProgram) {
    super();
    this.#parts = parts;
    this.#program = program;
  }

  async call(index: number, name: string, argumentsJson: string): Promise<ProgramAnswer> {
    const { run, role } = this.#program;
    const { log } = this.#parts;
    if (!log.isCurrent(run.runId)) return ended('The run of the agent was ended.');
    const tool = toolsOfRun(run, role).find((each) => each.name === name);
    if (tool === undefined) return refused(refuseCall(name, run, role));
    const unfit = refuseInProgram(tool);
    if (unfit !== undefined) return refused(unfit);
    const strayed = this.#strayed(index, name, argumentsJson);
    return strayed === undefined ? this.#perform(index, tool, argumentsJson) : ended(strayed);
  }

  /** Why the program cannot go on when it asks something else than before its interruption. */
  #strayed(index: number, tool: string, argumentsJson: string): string | undefined {
    const known = this.#parts.events.state.run?.program?.[index];
    if (known === undefined || (known.tool === tool && known.argumentsHash === hashText(argumentsJson)))
      return undefined;
    const what = known.tool === tool ? `${tool} with other arguments` : `${tool} instead of ${known.tool}`;
    return `It was interrupted and run again, and its call ${index + 1} now is ${what}: a program has to ask the same again`;
  }

  async #perform(index: number, tool: Tool, argumentsJson: string): Promise<ProgramAnswer> {
    const { budget, log } = this.#parts;
    const { run } = this.#program;
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += askAgainMs) {
      let outcome: StepOutcome<ToolResult> | undefined;
      await budget.withinStep(run, async () => {
        outcome = await this.#step(index, tool, argumentsJson);
        return true;
      });
      if (outcome !== undefined) return answerOf(outcome);
      if (!log.isCurrent(run.runId)) return ended('The run of the agent was ended by its budget.');
      await scheduler.wait(askAgainMs);
    }
    return ended('The budget lets no further call through at present');
  }

  #step(index: number, tool: Tool, argumentsJson: string): Promise<StepOutcome<ToolResult>> {
    const { journal, log, budget } = this.#parts;
    const { run, key: programKey, contextOf, execute, settle } = this.#program;
    const key = `${programKey}/call/${index}`;
    return journal.run<ToolResult>({
      key,
      effectClass: tool.effectClass,
      isWanted: () => log.isCurrent(run.runId),
      ...(tool.attempts === undefined ? {} : { attempts: tool.attempts }),
      onIntent: () => {
        budget.beginStep(run);
        this.#note(index, tool.name, argumentsJson);
      },
      execute: ({ idempotencyKey, attempt }) => execute(tool, argumentsJson, contextOf(key, idempotencyKey, attempt)),
      onSettled: (settled) => {
        settle(key);
        const failed = settled.status !== 'done' || settled.value.isError === true;
        const detail = tool.describe(argumentsJson).slice(0, detailLength);
        const activity = settled.status === 'done' ? settled.value.activity : undefined;
        log.tell(run, activity ?? { type: 'tool_called', tool: tool.name, detail, failed });
      },
    });
  }

  /** In the transaction of the intent: what was asked is known from before its effect. */
  #note(index: number, tool: string, argumentsJson: string): void {
    const { events, log } = this.#parts;
    const { run, toolCallId } = this.#program;
    if (events.state.run?.program?.[index] !== undefined) return;
    const { runId } = run;
    const argumentsHash = hashText(argumentsJson);
    log.append(run, { type: 'program.called', runId, toolCallId, index, tool, argumentsHash });
  }
}
