import { describe, expect, it } from 'vitest';
import { goldenVersions, readGolden } from '../../scripts/golden/golden-files.ts';
import { findStateDrift, readAgentLog } from '../../scripts/golden/replay.ts';
import type { LoggedEvent } from '../../scripts/golden/state-folder-objects.ts';
import { agentAggregate } from '../../durable-objects/agent/aggregate.ts';
import { projectAggregate } from '../../durable-objects/project/aggregate.ts';
import { defaultRunLimits, nextAction, type NextAction } from '../../shared/domain/agent/loop.ts';
import { evolveAgent, initialAgentState, type AgentState, type Run } from '../../shared/domain/agent/state.ts';
import { modelStepKey, toolStepKey } from '../../shared/domain/agent/step-keys.ts';
import { findStepDrift } from '../../shared/domain/agent/step-order.ts';

const decide = (run: Run): NextAction => nextAction(run, defaultRunLimits);
const versions = goldenVersions();
const kept = versions.flatMap((version) => readGolden(version).map((log) => ({ ...log, version })));
const agents = kept.filter(({ object }) => object.kind === 'agent');

/** The keys that the present code gives to the steps of a log. */
const keysOf = (events: readonly LoggedEvent[]): string[] => {
  const keys: string[] = [];
  let state: AgentState = initialAgentState;
  for (const { event, recordedAt } of readAgentLog(events)) {
    const { run } = state;
    if (run !== undefined && (event.type === 'model.responded' || event.type === 'model.failed')) {
      keys.push(modelStepKey(run, run.modelCalls));
    }
    const call = run?.openCalls[0];
    if (run !== undefined && call !== undefined && event.type === 'tool.returned') keys.push(toolStepKey(run, call));
    state = evolveAgent(state, event, recordedAt);
  }
  return keys;
};

describe.each(kept)('$version $object.name', ({ object, expected }) => {
  it('folds to the states of its own time', () => {
    expect(findStateDrift(object.kind, object.events, expected)).toBeUndefined();
    expect(expected.checkpoints.at(-1)?.sequence).toBe(object.events.length);
  });
});

describe.each(agents)('$version $object.name', ({ object }) => {
  it('took the steps that the loop takes now, under the keys that it gives now', () => {
    expect(findStepDrift(readAgentLog(object.events), decide)).toBeUndefined();
    const journaled = new Set(object.journal.map(({ key }) => key));
    const keys = keysOf(object.events);
    expect(keys.filter((key) => !journaled.has(key))).toEqual([]);
    expect(journaled.size).toBe(keys.length);
  });
});

it('keeps at least one whole project of the first version', () => {
  expect(versions).toContain('v1');
  expect(kept.map(({ object }) => object.kind)).toEqual(expect.arrayContaining(['project', 'agent', 'repository']));
  expect(agents.flatMap(({ object }) => keysOf(object.events)).length).toBeGreaterThan(100);
});

describe('a change that breaks what is under way is seen, with its place', () => {
  const longest = agents.toSorted((left, right) => right.object.events.length - left.object.events.length)[0]?.object;
  if (longest === undefined) throw new Error('There are no kept logs of agents.');
  const log = readAgentLog(longest.events);
  const isTool = (index: number): boolean => log[index]?.event.type === 'tool.returned';
  const pair = log.findIndex((_entry, index) => isTool(index) && log[index + 1]?.event.type === 'model.responded');

  it('two steps that changed places', () => {
    const [first, second] = [log[pair], log[pair + 1]];
    if (first === undefined || second === undefined) throw new Error('The log has no such pair.');
    const mutated = log.with(pair, { ...second, sequence: first.sequence });
    expect(findStepDrift(mutated, decide)).toMatchObject({
      sequence: first.sequence,
      expected: expect.stringContaining('call_tool'),
      found: 'model.responded',
    });
  });

  it.each(log.flatMap(({ event, sequence }) => (event.type === 'model.responded' ? [sequence] : [])))(
    'the answer %i left out',
    (sequence) => {
      const drift = findStepDrift(
        log.filter((entry) => entry.sequence !== sequence),
        decide,
      );
      expect(drift?.expected).toMatch(/^call_model/);
      expect(drift?.sequence).toBeGreaterThan(sequence);
    },
  );

  it('a loop that answers tools in another order, or asks the model once more', () => {
    const lastFirst = (run: Run): NextAction => {
      const call = run.openCalls.at(-1);
      return call === undefined ? decide(run) : { type: 'call_tool', call };
    };
    const eager = (run: Run): NextAction =>
      run.openCalls.length > 0 ? { type: 'call_model', step: run.modelCalls, delayMs: 0 } : decide(run);
    expect(findStepDrift(log, eager)).toMatchObject({ sequence: log[pair]?.sequence ?? 0 });
    const withTwo = agents
      .map(({ object }) => readAgentLog(object.events))
      .filter((each) => findStepDrift(each, lastFirst));
    expect(withTwo.length).toBeGreaterThan(0);
  });

  it('a log whose event says something else', () => {
    const project = kept.find(({ object }) => object.kind === 'project');
    if (project === undefined) throw new Error('There is no kept log of a project.');
    const index = project.object.events.findIndex(({ type }) => type === 'task.assigned');
    const events = project.object.events.map((event, at) =>
      at === index ? { ...event, payload: { ...event.payload, fencingToken: 77 } } : event,
    );
    const drift = findStateDrift('project', events, project.expected);
    expect(drift?.sequence).toBeGreaterThan(index);
    expect(drift?.sequence).toBeLessThanOrEqual(index + 10);
  });

  it('but a field that is new is no difference', () => {
    const project = kept.find(({ object }) => object.kind === 'project');
    const events = project?.object.events.map((event, at) =>
      at === 0 ? { ...event, payload: { ...event.payload, colour: 'green' } } : event,
    );
    if (project === undefined || events === undefined) throw new Error('There is no kept log of a project.');
    expect(findStateDrift('project', events, project.expected)).toBeUndefined();
  });
});

describe('the version of a workflow', () => {
  it('is refused above the known one, for a run and for a project; absent is the first', () => {
    const started = agents
      .flatMap(({ object }) => readAgentLog(object.events))
      .find(({ event }) => event.type === 'run.started');
    if (started?.event.type !== 'run.started') throw new Error('There is no kept run.');
    const { workflowVersion, ...first } = started.event;
    expect(workflowVersion).toBe(1);
    const stateOf = (version?: number): AgentState =>
      evolveAgent(initialAgentState, version === undefined ? first : { ...first, workflowVersion: version }, 1);
    expect(agentAggregate.refuse?.(stateOf())).toBeUndefined();
    expect(agentAggregate.refuse?.(stateOf(1))).toBeUndefined();
    expect(agentAggregate.refuse?.(stateOf(2))).toContain('version 2');
    const created = kept.find(({ object }) => object.kind === 'project')?.object.events[0];
    if (created?.payload === undefined) throw new Error('There is no kept project.');
    const identity = { ...created.payload, createdAt: 1, workflowVersion: 2 };
    // SAFETY: the recorded creation of a project, with another number in it.
    const state = { ...projectAggregate.initial, identity } as unknown as typeof projectAggregate.initial;
    expect(projectAggregate.refuse?.(state)).toContain('version 2');
  });
});
