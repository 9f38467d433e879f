import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TaskAssignment } from '../agent/assignment.ts';
import { toolsFor } from './index.ts';
import { completeTask, submitPlan, submitVerdict } from './outcome-tools.ts';
import { writeFiles } from './file-tools.ts';
import { placeOf } from './place.ts';
import { defineTool, type ToolContext } from './tool.ts';

const assignment = (over: Partial<TaskAssignment> = {}): TaskAssignment => ({
  taskId: 'tsk_1' as TaskAssignment['taskId'],
  attempt: 1,
  fencingToken: 4,
  leaseMs: 1,
  branch: 'task/books',
  writes: true,
  task: {
    key: 'books',
    title: 'Books',
    kind: 'implement',
    role: 'backend',
    description: 'The books.',
    acceptanceCriteria: [],
    dependsOn: [],
    priority: 1,
    estimateMinutes: 1,
    paths: ['src/books/', 'test/books.test.ts'],
  },
  context: {
    projectName: 'x',
    specificationPath: 'SPEC.md',
    stage: 'implementation',
    revision: 0,
    team: ['backend'],
    comments: [],
    measurements: [],
    gates: [],
    plannedKeys: [],
  },
  ...over,
});

const context = (over: Partial<TaskAssignment> = {}, repository: object = {}): ToolContext =>
  ({
    assignment: assignment(over),
    place: placeOf(assignment(over)),
    repository,
    commandId: 'c1',
  }) as unknown as ToolContext;

describe('defineTool', () => {
  const tool = defineTool({
    name: 'add',
    description: 'adds',
    parameters: z.strictObject({ left: z.number(), right: z.number() }),
    effectClass: 'pure',
    capability: 'system',
    cost: 'low',
    run: ({ left, right }) => ({ content: String(left + right) }),
  });

  it('answers wrong arguments with what is wrong, and never throws', async () => {
    expect(await tool.run('{"left":1,"right":2}', context())).toEqual({ content: '3' });
    expect(await tool.run('{"left":1', context())).toMatchObject({
      isError: true,
      content: expect.stringContaining('not JSON'),
    });
    expect(await tool.run('{"left":1}', context())).toMatchObject({
      isError: true,
      content: expect.stringContaining('right'),
    });
    expect(await tool.run('{"left":1,"right":2,"extra":3}', context())).toMatchObject({ isError: true });
    expect(await tool.run('', context())).toMatchObject({ isError: true });
  });

  it('describes its arguments as JSON Schema', () => {
    expect(tool.definition.parameters).toMatchObject({
      type: 'object',
      required: ['left', 'right'],
      additionalProperties: false,
    });
    expect(tool.definition.parameters).not.toHaveProperty('$schema');
  });
});

describe('write_files', () => {
  const files = (path: string): string => JSON.stringify({ files: [{ path, content: 'x' }] });

  it('writes with the fencing token of the lease, within the paths of the task only', async () => {
    const seen: unknown[] = [];
    const repository = {
      write: async (command: unknown) => {
        seen.push(command);
        return { ok: true, value: { written: 1 } };
      },
    };
    expect(await writeFiles.run(files('src/books/store.ts'), context({}, repository))).toMatchObject({
      content: expect.stringContaining('Changed'),
    });
    expect(seen).toEqual([
      {
        commandId: 'c1',
        branch: 'task/books',
        fencingToken: 4,
        changes: [{ path: 'src/books/store.ts', content: 'x' }],
      },
    ]);
    expect(await writeFiles.run(files('src/members/store.ts'), context({}, repository))).toMatchObject({
      isError: true,
    });
    expect(await writeFiles.run(files('src/books/store.ts'), context({ writes: false }, repository))).toMatchObject({
      isError: true,
    });
    expect(seen).toHaveLength(1);
  });
});

describe('outcome tools', () => {
  it('refuses a plan with faults, and hands in one without', async () => {
    const plan = (dependsOn: readonly string[]) =>
      JSON.stringify({ summary: 's', tasks: [{ ...assignment().task, dependsOn }] });
    expect(await submitPlan.run(plan(['nothing']), context())).toMatchObject({
      isError: true,
      content: expect.stringContaining('nothing'),
    });
    expect(await submitPlan.run(plan([]), context())).toMatchObject({ outcome: { type: 'planned' } });
  });

  it('does not hand in what is not committed', async () => {
    const repository = {
      branches: async () => [{ name: 'task/books', head: 'h1', uncommittedChanges: 2 }],
      diff: async () => ({ ok: true, value: [] }),
    };
    expect(await completeTask.run('{"summary":"done"}', context({}, repository))).toMatchObject({
      isError: true,
      content: expect.stringContaining('not committed'),
    });
  });

  it('does not pass a version whose gates did not', async () => {
    const gates = [{ name: 'tests', passed: false, evidence: '1 failed' }];
    const judged = context({ context: { ...assignment().context, gates } });
    expect(await submitVerdict.run('{"verdict":"pass","reasons":[]}', judged)).toMatchObject({ isError: true });
    expect(await submitVerdict.run('{"verdict":"fail","reasons":["x"]}', judged)).toMatchObject({
      outcome: { verdict: 'fail' },
    });
  });
});

describe('toolsFor', () => {
  it('offers what the kind has, narrowed by the role', () => {
    expect(toolsFor('judge', ['*']).map(({ name }) => name)).toEqual(['read_measurements', 'submit_verdict']);
    expect(toolsFor('judge', ['submit_verdict']).map(({ name }) => name)).toEqual(['submit_verdict']);
  });
});
