/** A run as its structure: tasks by key, their attempts, and in each attempt the steps; what two runs are aligned by. */
import type { AgentEvent } from '../agent/events.ts';
import { tasksOf } from '../project/state.ts';
import { normalise, normaliseText } from './normalise.ts';
import type { ExportedAgent, RunExport } from './run-export.ts';
import { projectStateAt } from './verify.ts';

export interface OutlineStep {
  readonly kind: 'model' | 'model failed' | 'tool' | 'nudge' | 'end';
  /** What the agent did, normalised: this is compared. */
  readonly done: string;
  /** What it saw, normalised: explains a difference, and is none by itself. */
  readonly seen: string;
}

export interface OutlineAttempt {
  readonly runId: string;
  readonly taskKey: string;
  readonly role: string;
  readonly attempt: number;
  readonly startedAt: number;
  readonly tokens: number;
  readonly outcome: string;
  readonly steps: readonly OutlineStep[];
}

export interface Outline {
  readonly status: string;
  readonly stage: string;
  readonly revision: number;
  readonly tasks: ReadonlyMap<string, string>;
  readonly attempts: readonly OutlineAttempt[];
  readonly measurements: readonly string[];
  readonly tokens: number;
  readonly files: ReadonlyMap<string, string>;
}

const text = (value: unknown): string => JSON.stringify(normalise(value)) ?? '';

/** Arguments are JSON written by the model: as they are, with ids and commits taken out. */
const stepOf = (event: AgentEvent, calls: ReadonlyMap<string, string>): OutlineStep | undefined => {
  switch (event.type) {
    case 'model.responded': {
      const made = event.toolCalls.map(({ name, argumentsJson }) => `${name} ${normaliseText(argumentsJson)}`);
      return { kind: 'model', done: [normaliseText(event.text), ...made].join('\n'), seen: '' };
    }
    case 'model.failed':
      return { kind: 'model failed', done: event.failure.kind, seen: event.failure.message };
    case 'tool.returned': {
      const called = `${event.tool} ${calls.get(event.toolCallId) ?? ''}`;
      const done = `${called}\n${event.isError ? 'was refused' : 'succeeded'}`;
      return { kind: 'tool', done, seen: normaliseText(event.content) };
    }
    case 'run.nudged':
      return { kind: 'nudge', done: event.text, seen: '' };
    case 'run.finished':
      return { kind: 'end', done: text(event.outcome), seen: '' };
    case 'run.cancelled':
      return { kind: 'end', done: `cancelled: ${event.reason}`, seen: '' };
    default:
      return undefined;
  }
};

/** The runs of an agent, with the tokens each used. */
export const attemptsOf = ({ seat, events }: ExportedAgent): readonly OutlineAttempt[] => {
  interface Open extends Omit<OutlineAttempt, 'steps'> {
    readonly steps: OutlineStep[];
  }
  const attempts: Open[] = [];
  let open: Open | undefined;
  const calls = new Map<string, string>();
  for (const { event, recordedAt } of events) {
    if (event.type === 'run.started') {
      const { task, attempt } = event.assignment;
      const named = { runId: event.runId, taskKey: task.key, role: seat.role, attempt, startedAt: recordedAt };
      open = { ...named, tokens: 0, outcome: 'under way', steps: [] };
      attempts.push(open);
      calls.clear();
    }
    if (open === undefined || !('runId' in event) || event.runId !== open.runId) continue;
    if (event.type === 'model.responded') {
      const tokens = open.tokens + event.usage.inputTokens + event.usage.outputTokens;
      attempts[attempts.length - 1] = open = { ...open, tokens };
      for (const { id, argumentsJson } of event.toolCalls) calls.set(id, normaliseText(argumentsJson));
    }
    if (event.type === 'run.finished' || event.type === 'run.cancelled') {
      const outcome = event.type === 'run.finished' ? event.outcome.type : 'cancelled';
      attempts[attempts.length - 1] = open = { ...open, outcome };
    }
    const step = stepOf(event, calls);
    if (step !== undefined) open.steps.push(step);
  }
  return attempts;
};

/** The structure of a whole export. */
export const outlineOf = (run: RunExport): Outline => {
  const state = projectStateAt(run.events, run.header.sequence);
  const attempts = run.agents.flatMap(attemptsOf).toSorted((left, right) => left.startedAt - right.startedAt);
  return {
    status: state.status,
    stage: state.stage,
    revision: state.revision,
    tasks: new Map(
      tasksOf(state).map(({ task, status, attempt, returns, summary }) => [
        task.key,
        text({ ...task, status, attempt, returns, summary }),
      ]),
    ),
    attempts,
    measurements: state.measurements
      .map((measurement) => text({ ...measurement, commit: '' }))
      .toSorted((left, right) => (left < right ? -1 : 1)),
    tokens: attempts.reduce((total, { tokens }) => total + tokens, 0),
    files: new Map(run.files.map(({ path, oid }) => [path, oid])),
  };
};
