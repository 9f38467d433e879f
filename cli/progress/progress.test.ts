import { describe, expect, it } from 'vitest';
import type { AgentId, ProjectId, TaskId, WorkspaceId } from '../../shared/domain/ids.ts';
import { testCreateIds } from '../../shared/ports/ids.ts';
import type { PlannedTask, ProjectEvent } from '../../shared/protocol/project-events.ts';
import { describeEvent } from '../../shared/domain/progress/describe.ts';
import { renderProgress, type Screen } from './render.ts';
import { advance, initialProgress, type ProgressState } from '../../shared/domain/progress/state.ts';
import { clean, fit, plainStyle } from '../../shared/domain/progress/style.ts';

const ids = testCreateIds();
const projectId: ProjectId = ids.create('prj');
const workspaceId: WorkspaceId = ids.create('wsp');
const backend: AgentId = ids.create('agt');
const reviewer: AgentId = ids.create('agt');
const books: TaskId = ids.create('tsk');
const review: TaskId = ids.create('tsk');

const planned = (title: string, role: string): PlannedTask => ({
  key: title,
  title,
  kind: 'implement',
  role,
  description: '',
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 10,
  paths: [],
});

const assigned = (taskId: TaskId, agentId: AgentId, attempt: number): ProjectEvent => ({
  type: 'task.assigned',
  taskId,
  agentId,
  attempt,
  fencingToken: attempt,
  leaseExpiresAt: 0,
  branch: 'task/books',
});

const created: ProjectEvent = {
  type: 'project.created',
  projectId,
  workspaceId,
  name: 'Bookshelf',
  format: 'markdown',
  specificationPath: 'spec/spec.md',
  specificationLength: 10,
  model: 'offline/engineer',
  roles: [],
  maxRevisions: 3,
  maxAttempts: 3,
};

const opening: readonly ProjectEvent[] = [
  created,
  {
    type: 'team.formed',
    agents: [
      { agentId: backend, role: 'backend', name: 'backend-1' },
      { agentId: reviewer, role: 'reviewer', name: 'reviewer' },
    ],
  },
  { type: 'stage.entered', stage: 'implementation', revision: 0 },
  { type: 'task.created', taskId: books, task: planned('Books', 'backend'), stage: 'implementation' },
];

const fold = (events: readonly ProjectEvent[]): ProgressState =>
  events.reduce(
    (state, event, index) => advance(state, { sequence: index + 1, recordedAt: 1_000 * (index + 1), event }),
    initialProgress,
  );

const screen: Screen = { columns: 80, rows: 24, now: 65_000 };
const picture = (events: readonly ProjectEvent[], size: Screen = screen): readonly string[] =>
  renderProgress(fold(events), size, plainStyle);

describe('advance', () => {
  it('follows a task from its making to its merge', () => {
    const status = (events: readonly ProjectEvent[]) => fold([...opening, ...events]).tasks[0]?.status;
    const work = assigned(books, backend, 1);
    const submitted: ProjectEvent = {
      type: 'task.submitted',
      taskId: books,
      agentId: backend,
      summary: 'done',
      commit: 'c',
    };
    const returned: ProjectEvent = { type: 'task.returned', taskId: books, cause: 'review', comments: ['no tests'] };
    const merged: ProjectEvent = { type: 'task.merged', taskId: books, commit: 'abcdef0123' };
    expect(status([])).toBe('open');
    expect(status([work])).toBe('working');
    expect(status([work, submitted])).toBe('submitted');
    expect(status([work, submitted, returned])).toBe('open');
    expect(status([work, submitted, merged])).toBe('done');
  });

  it('takes an event that comes twice for what it is', () => {
    const once = fold(opening);
    const again = advance(once, { sequence: 4, recordedAt: 9_999, event: opening[3] ?? created });
    expect(again).toBe(once);
  });

  it('keeps why a project did not complete', () => {
    const sentences = [{ sentence: 'It shall dance.', reason: 'no such rule' }];
    expect(fold([...opening, { type: 'project.blocked', sentences }])).toMatchObject({
      status: 'blocked',
      reason: '"It shall dance.": no such rule',
    });
    expect(fold([...opening, { type: 'project.failed', reason: 'no answer' }])).toMatchObject({
      status: 'failed',
      reason: 'no answer',
    });
  });

  it('shows the newest of each measurement', () => {
    const tests = (failed: number): ProjectEvent => ({
      type: 'measurement.recorded',
      measurement: {
        kind: 'tests',
        commit: 'c',
        status: failed === 0 ? 'passed' : 'failed',
        counts: { passed: 5, failed, skipped: 0 },
        durationMs: 1,
        failures: [],
      },
    });
    const state = fold([...opening, tests(2), tests(0)]);
    expect(state.measurements).toHaveLength(1);
    expect(state.tests).toMatchObject({ counts: { passed: 5, failed: 0 } });
  });
});

describe('renderProgress', () => {
  const reviewed: readonly ProjectEvent[] = [
    ...opening,
    assigned(books, backend, 2),
    {
      type: 'task.created',
      taskId: review,
      task: planned('Review: Books', 'reviewer'),
      stage: 'implementation',
      subject: books,
    },
  ];

  it('shows time, counts, stages, and who works on what', () => {
    const lines = picture(reviewed);
    expect(lines[0]).toBe('Bookshelf  1:04  0/2 tasks');
    expect(lines[1]).toContain('implementation');
    expect(lines.join('\n')).toMatch(/Books \(attempt 2\) backend-1: starting\n {4}○ Review: Books/);
  });

  it('stops the clock when the project has ended', () => {
    expect(picture([...opening, { type: 'project.completed', version: 'c' }])[0]).toBe(
      'Bookshelf  0:04  0/1 tasks  completed',
    );
  });

  it('stays within the screen and keeps what is being worked on', () => {
    const many = Array.from({ length: 40 }, (_, index): ProjectEvent => ({
      type: 'task.created',
      taskId: ids.create('tsk'),
      task: planned(`Task ${index} with a title that is longer than the screen is wide, much longer`, 'backend'),
      stage: 'implementation',
    }));
    const lines = picture([...opening, assigned(books, backend, 1), ...many], { columns: 50, rows: 12, now: 0 });
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.every((line) => line.length <= 50)).toBe(true);
    expect(lines.join('\n')).toMatch(/Books backend-1/);
    expect(lines.join('\n')).toMatch(/and \d+ more/);
  });
});

describe('describeEvent', () => {
  it('says what happened, with names instead of ids', () => {
    const state = fold(opening);
    expect(describeEvent(state, assigned(books, backend, 2), plainStyle)).toBe('backend-1 takes "Books" (attempt 2)');
    const failed: ProjectEvent = { type: 'project.failed', reason: 'the judge is missing' };
    expect(describeEvent(state, failed, plainStyle)).toBe('failed: the judge is missing');
  });

  it('never lets a text steer the terminal', () => {
    const said: ProjectEvent = {
      type: 'task.progressed',
      taskId: books,
      agentId: backend,
      activity: { type: 'said', text: 'hello\u001B[2J\r\nworld\u009B31m\u202E' },
      leaseExpiresAt: 0,
    };
    expect(describeEvent(fold(opening), said, plainStyle)).toBe('backend-1: hello [2J world 31m');
  });
});

describe('fit and clean', () => {
  it('cut and say so', () => {
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('abc', 4)).toBe('abc');
    expect(clean(' a\n\tb ')).toBe('a b');
  });
});
