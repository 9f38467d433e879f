import { describe, expect, it } from 'vitest';
import { createId } from '../ids.ts';
import type { AgentEvent } from './events.ts';
import { evolveAgent, initialAgentState, type AgentState } from './state.ts';

const bytes = new Uint8Array(16);
const runId = createId('run', 1, bytes);
const taskId = createId('tsk', 1, bytes);
const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 0 };

// SAFETY: the fold of these events reads nothing of the assignment.
const started = { type: 'run.started', runId, assignment: {} } as unknown as AgentEvent;
const finished: AgentEvent = { type: 'run.finished', runId, taskId, outcome: { type: 'failed', reason: 'x' } };
const interrupted: AgentEvent = { type: 'model.interrupted', runId, step: 0, attempt: 1, usage, partialText: 'half' };

const fold = (from: AgentState, ...events: readonly (readonly [AgentEvent, number])[]): AgentState =>
  events.reduce((state, [event, at]) => evolveAgent(state, event, at), from);

describe('an agent’s state', () => {
  it('counts the tokens of an interrupted call in the run it belongs to, and in no other', () => {
    expect(fold(initialAgentState, [started, 1], [interrupted, 2]).run).toMatchObject({ tokens: 120, modelCalls: 0 });
    const other = { ...interrupted, runId: createId('run', 2, bytes) };
    expect(fold(initialAgentState, [started, 1], [other, 2]).run?.tokens).toBe(0);
    expect(fold(initialAgentState, [interrupted, 2])).toEqual(initialAgentState);
  });

  it('adds up the time in runs, also on top of a snapshot from before there were budgets', () => {
    const { workedMs: _workedMs, ...old } = fold(initialAgentState, [started, 10], [finished, 60]);
    expect(_workedMs).toBe(50);
    expect(fold(old, [started, 100], [finished, 130]).workedMs).toBe(30);
    // A clock that was set back takes nothing away.
    expect(fold(old, [started, 100], [finished, 90]).workedMs).toBe(0);
  });
});
