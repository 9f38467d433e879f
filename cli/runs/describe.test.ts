import { describe, expect, it } from 'vitest';
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import { diffRuns } from '../../shared/domain/replay/diff.ts';
import { attemptsOf } from '../../shared/domain/replay/outline.ts';
import { recordRun } from '../../shared/domain/replay/testing/recorded-run.ts';
import { projectStateAt, replayExport } from '../../shared/domain/replay/verify.ts';
import { agentStateAt } from '../../shared/domain/replay/verify-run.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import { advance, initialProgress } from '../../shared/domain/progress/state.ts';
import { describeAttempts, describeDifference, describeReplay, describeRun, describeState } from './describe.ts';

const run = await recordRun(hashText);

describe('a run as text', () => {
  it('lists its attempts, and says when there is none', () => {
    const lines = describeAttempts(run.agents.flatMap(attemptsOf)).split('\n');
    expect(lines[1]).toMatch(/^run_\S+ +plan +project_manager +1 +4 +\d+ +planned$/);
    expect(describeAttempts([])).toBe('No runs yet.');
  });

  it('says that a replay was as recorded, or where it first was not', async () => {
    expect(describeReplay('Notes', await replayExport(run, hashText), false)).toContain('replayed as recorded');
    const events = run.events.filter(({ sequence }) => sequence !== 3);
    const text = describeReplay('Notes', await replayExport({ ...run, events }, hashText), false);
    expect(text).toContain('project, event 4: The log has a gap: event 3 is missing.');
  });

  it('shows the state at an event, and a conversation up to a step', () => {
    const assigned = run.events.find(({ event }) => event.type === 'task.assigned')?.sequence ?? 0;
    expect(describeState(projectStateAt(run.events, assigned), assigned)).toMatch(
      /plan +assigned +project_manager +1 +project-manager/,
    );
    const [agent] = run.agents;
    const started = agent?.events.find(({ event }) => event.type === 'run.started')?.event;
    if (agent === undefined || started?.type !== 'run.started') throw new Error('nothing was recorded');
    const state = agentStateAt(agent, { runId: started.runId, step: 1 })?.run;
    const text = state === undefined ? '' : describeRun(state, 1);
    expect(text).toContain('→ read_specification');
    expect(text).toContain('next: read_specification');
    expect(text).not.toContain('submit_plan');
  });

  it('says whether two are equal, and what differs', () => {
    expect(describeDifference(diffRuns(run, run))).toMatch(/^equal/);
    const text = describeDifference(diffRuns(run, { ...run, files: [] }));
    expect(text).toMatch(/^different/);
    expect(text).toContain('only left: SPEC.md');
  });
});

describe('watching a fork', () => {
  it('is not over where its original was', () => {
    const first = run.events[0]?.event;
    if (first?.type !== 'project.created') throw new Error('nothing was recorded');
    const { type: _type, specificationLength: _length, ...identity } = first;
    const forked: ProjectEvent = {
      ...identity,
      type: 'project.forked',
      from: identity.projectId,
      sequence: 9,
      name: 'copy',
      changes: [],
    };
    const end: ProjectEvent = { type: 'project.completed', version: 'c'.repeat(40) };
    const whole: ProjectEvent = { type: 'fork.completed', commit: 'c', stage: 'deployment', released: [], dropped: [] };
    // A fork of a fork: the end of the inner copy is not the end of the outer one.
    const events = [forked, forked, first, end, whole, end, whole];
    const states = events.map((_, index) =>
      events
        .slice(0, index + 1)
        .reduce((state, event, at) => advance(state, { sequence: at + 1, recordedAt: 1, event }), initialProgress),
    );
    expect(states.every(({ status }) => status === 'active')).toBe(true);
    expect(states.at(-1)).toMatchObject({ name: 'copy', copying: 0 });
  });
});
