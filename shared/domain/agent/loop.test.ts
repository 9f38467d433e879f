import { describe, expect, it } from 'vitest';
import type { AgentId, ProjectId, RunId, TaskId, WorkspaceId } from '../ids.ts';
import type { TaskAssignment } from './assignment.ts';
import type { AgentEvent } from './events.ts';
import { defaultRunLimits, nextAction, retryDelayMs } from './loop.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from './state.ts';

const runId = 'run_1' as RunId;
const assignment = { taskId: 'tsk_1' as TaskId, task: { kind: 'implement' } } as unknown as TaskAssignment;

const started: readonly AgentEvent[] = [
  {
    type: 'agent.initialized',
    agentId: 'agt_1' as AgentId,
    workspaceId: 'wsp_1' as WorkspaceId,
    projectId: 'prj_1' as ProjectId,
    role: 'backend',
    name: 'backend',
    model: 'offline/engineer',
  },
  { type: 'run.started', runId, assignment },
];

const fold = (events: readonly AgentEvent[]): AgentState =>
  [...started, ...events].reduce((state, event) => evolveAgent(state, event, 1), initialAgentState);

const runOf = (...events: AgentEvent[]): Run => {
  const { run } = fold(events);
  if (run === undefined) throw new Error('no run');
  return run;
};

const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0 };

const said = (text: string, ...names: string[]): Extract<AgentEvent, { type: 'model.responded' }> => ({
  type: 'model.responded',
  runId,
  text,
  toolCalls: names.map((name, index) => ({ id: `${name}_${index}`, name, argumentsJson: '{}' })),
  stopReason: names.length > 0 ? 'tool_calls' : 'end',
  usage,
  modelTimeMs: 3,
});

const returned = (name: string, index: number): AgentEvent => ({
  type: 'tool.returned',
  runId,
  toolCallId: `${name}_${index}`,
  tool: name,
  content: 'done',
  isError: false,
});

const failed = (retryable: boolean, retryAfterMs?: number): AgentEvent => ({
  type: 'model.failed',
  runId,
  failure: { kind: 'overloaded', message: 'busy', retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

describe('nextAction', () => {
  it('calls the model first, then the tools in order, then the model again', () => {
    expect(nextAction(runOf(), defaultRunLimits)).toEqual({ type: 'call_model', step: 0, delayMs: 0 });
    const two = [said('', 'read', 'write')];
    expect(nextAction(runOf(...two), defaultRunLimits)).toMatchObject({ type: 'call_tool', call: { name: 'read' } });
    expect(nextAction(runOf(...two, returned('read', 0)), defaultRunLimits)).toMatchObject({ call: { name: 'write' } });
    expect(nextAction(runOf(...two, returned('read', 0), returned('write', 1)), defaultRunLimits)).toMatchObject({
      type: 'call_model',
      step: 1,
    });
  });

  it('gives the model back what it thought before its calls', () => {
    const reasoning = [{ type: 'text' as const, text: 'I read first.', signature: 'signed' }];
    expect(runOf({ ...said('', 'read'), reasoning }).messages).toMatchObject([{ role: 'assistant', reasoning }]);
    expect(runOf(said('', 'read')).messages[0]).not.toHaveProperty('reasoning');
  });

  it('waits for as long as calls are held back, which is no failure, and numbers each step anew', () => {
    const withheld: AgentEvent = {
      type: 'model.failed',
      runId,
      failure: { kind: 'overloaded', message: 'not now', retryable: true, retryAfterMs: 7_000, withheld: true },
    };
    const waited = Array.from({ length: 200 }, () => withheld);
    expect(nextAction(runOf(...waited), defaultRunLimits)).toEqual({ type: 'call_model', step: 200, delayMs: 7_000 });
    expect(nextAction(runOf(failed(true), ...waited), defaultRunLimits)).toMatchObject({ delayMs: 7_000 });
    const spent = Array.from({ length: defaultRunLimits.maxFailures }, () => failed(true));
    expect(nextAction(runOf(...spent, withheld), defaultRunLimits).type).toBe('finish');
    expect(nextAction(runOf(...waited, said('', 'read'), returned('read', 0)), defaultRunLimits)).toMatchObject({
      type: 'call_model',
      delayMs: 0,
    });
  });

  it('nudges a model that calls no tool, twice, then fails and quotes it', () => {
    const nudge: AgentEvent = { type: 'run.nudged', runId, text: 'go on' };
    expect(nextAction(runOf(said('hm')), defaultRunLimits).type).toBe('nudge');
    const run = runOf(said('hm'), nudge, said('hm'), nudge, said('I think about it'));
    expect(nextAction(run, defaultRunLimits)).toMatchObject({
      type: 'finish',
      outcome: { type: 'failed', reason: expect.stringContaining('I think about it') },
    });
  });

  it('says so when a model answers nothing', () => {
    const nudge: AgentEvent = { type: 'run.nudged', runId, text: 'go on' };
    const run = runOf(said(''), nudge, said(''), nudge, said(''));
    expect(nextAction(run, defaultRunLimits)).toMatchObject({
      outcome: { reason: expect.stringContaining('answered nothing') },
    });
  });

  it('tries again after a failure, later each time, and honours what the provider asked for', () => {
    expect(nextAction(runOf(failed(true)), defaultRunLimits)).toMatchObject({ type: 'call_model', delayMs: 500 });
    expect(nextAction(runOf(failed(true), failed(true)), defaultRunLimits)).toMatchObject({ delayMs: 1_000 });
    expect(nextAction(runOf(failed(true, 7_000)), defaultRunLimits)).toMatchObject({ delayMs: 7_000 });
    expect(retryDelayMs(30, undefined)).toBe(60_000);
  });

  it('gives up at once on a failure that trying again cannot mend', () => {
    expect(nextAction(runOf(failed(false)), defaultRunLimits)).toMatchObject({
      type: 'finish',
      outcome: { type: 'failed' },
    });
  });

  it('stops at the budgets of calls and tokens', () => {
    const run = runOf(said('', 'read'), returned('read', 0));
    expect(nextAction(run, { ...defaultRunLimits, maxModelCalls: 1 })).toMatchObject({ type: 'finish' });
    expect(nextAction(run, { ...defaultRunLimits, maxTokens: 15 })).toMatchObject({ type: 'finish' });
    expect(nextAction(run, { ...defaultRunLimits, maxTokens: 16 })).toMatchObject({ type: 'call_model' });
  });
});

describe('the state of an agent', () => {
  it('counts usage over runs and forgets the run when it ends', () => {
    const state = fold([
      said('', 'read'),
      { type: 'run.finished', runId, taskId: assignment.taskId, outcome: { type: 'failed', reason: 'x' } },
    ]);
    expect(state.run).toBeUndefined();
    expect(state.runsFinished).toBe(1);
    expect(state.usage).toEqual({ inputTokens: 10, outputTokens: 5, modelCalls: 1, modelTimeMs: 3 });
  });
});
