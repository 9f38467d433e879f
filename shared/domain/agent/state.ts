/** The state of an agent, folded from its events. Plain JSON, so that it can be a snapshot. */
import type { FoundTools } from '../../protocol/tool-settings.ts';
import type { ModelFailureKind, ModelMessage, ToolCall } from '../../ports/model-client.ts';
import type { RoleName } from '../../protocol/stages.ts';
import type { Stuck } from '../../protocol/stuck.ts';
import type { AgentId, ProjectId, RunId, WorkspaceId } from '../ids.ts';
import type { Settlement } from '../effect/doubt.ts';
import type { Outcome, TaskAssignment } from './assignment.ts';
import { compactMessages } from './compaction.ts';
import type { AgentEvent } from './events.ts';
import { composeHelp } from './help.ts';

export interface AgentIdentity {
  readonly agentId: AgentId;
  readonly workspaceId: WorkspaceId;
  readonly projectId: ProjectId;
  readonly role: RoleName;
  readonly name: string;
  readonly model: string;
}

export interface Run {
  readonly runId: RunId;
  readonly assignment: TaskAssignment;
  /** The conversation after the task's own message. */
  readonly messages: readonly ModelMessage[];
  /** Tool calls of the last answer that have no result yet. */
  readonly openCalls: readonly ToolCall[];
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly tokens: number;
  /** Answers without a tool call, and failures of the model, one after another. */
  readonly nudges: number;
  readonly failures: number;
  readonly lastFailure?: {
    readonly kind?: ModelFailureKind;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly withheld?: true;
  };
  /** How many of the model calls were held back and never sent; absent for none. */
  readonly withheldCalls?: number;
  /** The model the run goes on with, when another than the agent's own. */
  readonly model?: string;
  /** How the run is stuck; it waits until it was helped. */
  readonly stuck?: Stuck;
  /** How many messages there were when it was last helped. */
  readonly helpedAt?: number;
  /** Help that came while tool calls were open: it follows their results. */
  readonly pendingHelp?: readonly string[];
  readonly startedAt: number;
  /** The first open call, when nobody knows whether it took effect. */
  readonly parked?: {
    readonly effectId: string;
    readonly tool: string;
    readonly cause: string;
    readonly since: number;
  };
  /** What was decided about it. */
  readonly settlement?: Settlement;
  /** What the program under way has asked so far, in order. */
  readonly program?: readonly ProgramCall[];
  /** What it found beyond the tools it began with. */
  readonly found?: FoundTools;
  /** The version of the loop it was started under; absent: 1. */
  readonly workflowVersion?: number;
}

/** A call that a program made. */
export interface ProgramCall {
  readonly tool: string;
  readonly argumentsHash: string;
}

export interface AgentState {
  readonly identity?: AgentIdentity;
  readonly run?: Run;
  readonly lastOutcome?: Outcome;
  /** Assignments with a lower fencing token count no longer. */
  readonly fencedBelow?: number;
  readonly runsFinished: number;
  /** Time in runs that have ended; absent in states of before budgets. */
  readonly workedMs?: number;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly modelCalls: number;
    readonly modelTimeMs: number;
  };
}

export const initialAgentState: AgentState = {
  runsFinished: 0,
  usage: { inputTokens: 0, outputTokens: 0, modelCalls: 0, modelTimeMs: 0 },
};

const startRun = (event: Extract<AgentEvent, { type: 'run.started' }>, startedAt: number): Run => ({
  runId: event.runId,
  assignment: event.assignment,
  messages: [],
  openCalls: [],
  modelCalls: 0,
  toolCalls: 0,
  tokens: 0,
  nudges: 0,
  failures: 0,
  ...(event.assignment.model === undefined ? {} : { model: event.assignment.model }),
  startedAt,
  ...(event.workflowVersion === undefined ? {} : { workflowVersion: event.workflowVersion }),
});

const withoutDoubt = (run: Run): Omit<Run, 'parked' | 'settlement'> => {
  const { parked: _parked, settlement: _settlement, ...rest } = run;
  return rest;
};

const withoutProgram = (run: Run): Run => {
  const { program: _program, ...rest } = run;
  return rest;
};

/** A call that was held back is no failure of the model. */
const failModel = (run: Run): Run =>
  run.lastFailure?.withheld === true
    ? { ...run, withheldCalls: (run.withheldCalls ?? 0) + 1 }
    : { ...run, failures: run.failures + 1 };
/** Help becomes a message as soon as no tool call is open: providers want the results right after the calls. */
const placeHelp = (run: Run): Run => {
  const { pendingHelp = [], ...rest } = run;
  if (run.openCalls.length > 0 || pendingHelp.length === 0) return run;
  const messages: readonly ModelMessage[] = [
    ...run.messages,
    ...pendingHelp.map((content) => ({ role: 'user' as const, content })),
  ];
  return { ...rest, messages, helpedAt: messages.length };
};

const help = (run: Run, event: Extract<AgentEvent, { type: 'run.helped' }>): Run => {
  const { stuck, lastFailure: _lastFailure, ...rest } = run;
  const text = composeHelp(event.source, event.text, stuck);
  return placeHelp({ ...rest, failures: 0, nudges: 0, pendingHelp: [...(run.pendingHelp ?? []), text] });
};

const evolveHelp = (run: Run, event: AgentEvent): Run => {
  switch (event.type) {
    case 'run.stuck':
      return { ...run, stuck: { kind: event.kind, evidence: event.evidence } };
    case 'run.helped':
      return help(run, event);
    case 'run.compacted':
      return { ...run, messages: compactMessages(run.messages) };
    case 'model.switched':
      return { ...run, model: event.model };
    default:
      return run;
  }
};

const answerOf = (event: Extract<AgentEvent, { type: 'model.responded' }>): ModelMessage => ({
  role: 'assistant',
  content: event.text,
  toolCalls: event.toolCalls,
  ...(event.reasoning === undefined ? {} : { reasoning: event.reasoning }),
});

/** A tool that was found again is the one that was found last. */
const addFound = (before: FoundTools | undefined, found: FoundTools): FoundTools => {
  const names = new Set(found.connected.map(({ name }) => name));
  return {
    tools: [...new Set([...(before?.tools ?? []), ...found.tools])],
    connected: [...(before?.connected ?? []).filter(({ name }) => !names.has(name)), ...found.connected],
  };
};

const takeResult = (run: Run, event: Extract<AgentEvent, { type: 'tool.returned' }>): Run => ({
  ...withoutProgram(withoutDoubt(run)),
  ...(event.found === undefined ? {} : { found: addFound(run.found, event.found) }),
  messages: [
    ...run.messages,
    {
      role: 'tool',
      toolCallId: event.toolCallId,
      toolName: event.tool,
      content: event.content,
      isError: event.isError,
    },
  ],
  openCalls: run.openCalls.filter(({ id }) => id !== event.toolCallId),
  toolCalls: run.toolCalls + 1,
});

const evolveRun = (run: Run, event: AgentEvent, recordedAt: number): Run => {
  switch (event.type) {
    case 'model.responded': {
      const { lastFailure: _lastFailure, ...rest } = run;
      return {
        ...rest,
        messages: [...run.messages, answerOf(event)],
        openCalls: event.toolCalls,
        modelCalls: run.modelCalls + 1,
        tokens: run.tokens + event.usage.inputTokens + event.usage.outputTokens,
        nudges: event.toolCalls.length > 0 ? 0 : run.nudges,
        failures: 0,
      };
    }
    case 'model.interrupted':
      return event.runId === run.runId
        ? { ...run, tokens: run.tokens + event.usage.inputTokens + event.usage.outputTokens }
        : run;
    case 'model.failed':
      return failModel({ ...run, modelCalls: run.modelCalls + 1, lastFailure: event.failure });
    case 'tool.parked': {
      const { effectId, tool, cause } = event;
      return { ...withoutDoubt(run), parked: { effectId, tool, cause, since: recordedAt } };
    }
    case 'tool.settled':
      return { ...run, settlement: event.settlement };
    case 'program.called': {
      const program = (run.program ?? []).slice(0, event.index);
      return { ...run, program: [...program, { tool: event.tool, argumentsHash: event.argumentsHash }] };
    }
    case 'tool.returned':
      return placeHelp(takeResult(run, event));
    case 'run.nudged':
      return { ...run, messages: [...run.messages, { role: 'user', content: event.text }], nudges: run.nudges + 1 };
    default:
      return evolveHelp(run, event);
  }
};

const addUsage = (state: AgentState, event: AgentEvent): AgentState['usage'] =>
  event.type === 'model.responded'
    ? {
        inputTokens: state.usage.inputTokens + event.usage.inputTokens,
        outputTokens: state.usage.outputTokens + event.usage.outputTokens,
        modelCalls: state.usage.modelCalls + 1,
        modelTimeMs: state.usage.modelTimeMs + event.modelTimeMs,
      }
    : state.usage;

/** The state after an event. */
export const evolveAgent = (state: AgentState, event: AgentEvent, recordedAt: number): AgentState => {
  switch (event.type) {
    case 'agent.initialized': {
      const { type: _type, ...identity } = event;
      return { ...state, identity };
    }
    case 'agent.stood_down':
      return { ...state, fencedBelow: event.fencingToken };
    case 'run.started':
      return { ...state, run: startRun(event, recordedAt) };
    case 'run.finished':
    case 'run.cancelled': {
      const { run: _run, ...rest } = state;
      const outcome: Outcome =
        event.type === 'run.finished' ? event.outcome : { type: 'failed', reason: `cancelled: ${event.reason}` };
      const workedMs = (state.workedMs ?? 0) + Math.max(0, recordedAt - (state.run?.startedAt ?? recordedAt));
      return { ...rest, runsFinished: state.runsFinished + 1, lastOutcome: outcome, workedMs };
    }
    default:
      return state.run === undefined
        ? state
        : { ...state, run: evolveRun(state.run, event, recordedAt), usage: addUsage(state, event) };
  }
};
