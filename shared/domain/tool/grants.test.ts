import { Validator } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { taskKinds } from '../../protocol/stages.ts';
import type { ToolGrant } from '../../protocol/tool-settings.ts';
import { decideGrant, findGrantFaults, type GrantSubject } from './grants.ts';
import { findTool, platformCards, toolsOfRun } from './index.ts';
import { findRole } from '../team/roles/index.ts';
import type { RunTools } from './index.ts';

const backend: GrantSubject = { kind: 'implement', role: 'backend', task: 'books' };

const decide = (
  name: string,
  grants: readonly ToolGrant[] = [],
  subject = backend,
  offered = false,
  roleTools = ['*'],
) => {
  const tool = findTool(name, []);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return decideGrant(tool, offered, subject, roleTools, grants);
};

describe('decideGrant', () => {
  it('lets a kind of task find what belongs to its work, and no more', () => {
    expect(decide('run_shell')).toEqual({ allowed: true });
    expect(decide('apply_diff', [], { ...backend, kind: 'review' })).toEqual({
      allowed: false,
      reason: 'A task of the kind review may not use apply_diff (files.write).',
    });
    expect(decide('drive_app')).toMatchObject({ allowed: false });
    expect(decide('drive_app', [], { ...backend, kind: 'test' })).toEqual({ allowed: true });
    expect(decide('run_shell', [], backend, false, ['read_file'])).toEqual({
      allowed: false,
      reason: 'The role backend may not use run_shell.',
    });
  });

  it('goes by the last rule that fits, by name, capability, role, kind and task', () => {
    const deny: ToolGrant = { effect: 'deny', tools: ['capability:process'], roles: ['backend'], reason: 'too costly' };
    expect(decide('run_shell', [deny])).toEqual({
      allowed: false,
      reason: 'run_shell is denied to the backend in implement tasks by a rule of the project: too costly.',
    });
    expect(decide('run_shell', [deny, { effect: 'allow', tools: ['run_shell'], tasks: ['books'] }])).toEqual({
      allowed: true,
    });
    expect(decide('run_shell', [{ effect: 'allow', tools: ['*'] }, deny])).toMatchObject({ allowed: false });
    expect(decide('run_shell', [{ ...deny, roles: ['qa'] }])).toEqual({ allowed: true });
    expect(decide('run_shell', [{ ...deny, taskKinds: ['test'] }])).toEqual({ allowed: true });
    expect(decide('run_shell', [{ ...deny, tasks: ['members'] }])).toEqual({ allowed: true });
    expect(decide('drive_app', [{ effect: 'allow', tools: ['drive_app'] }])).toEqual({ allowed: true });
  });

  it('neither gives nor takes what a kind of task consists of', () => {
    const all: readonly ToolGrant[] = [{ effect: 'allow', tools: ['*'] }];
    expect(decide('deploy', all)).toMatchObject({ allowed: false });
    expect(decide('submit_verdict', all)).toMatchObject({ allowed: false });
    expect(decide('complete_task', [{ effect: 'deny', tools: ['*'] }], backend, true)).toEqual({ allowed: true });
  });
});

describe('the tools of a run', () => {
  const role = findRole('backend');
  const run = (grants: readonly ToolGrant[], found?: RunTools['found']): RunTools =>
    ({
      assignment: { task: { kind: 'implement', key: 'books' }, context: { grants } },
      ...(found === undefined ? {} : { found }),
    }) as unknown as RunTools;

  it('are those of its kind, without what a rule denies, and what it found', () => {
    if (role === undefined) throw new Error('no role');
    const namesOf = (tools: RunTools): readonly string[] => toolsOfRun(tools, role).map(({ name }) => name);
    expect(namesOf(run([]))).toContain('find_tools');
    expect(namesOf(run([]))).not.toContain('run_shell');
    expect(namesOf(run([{ effect: 'deny', tools: ['send_message'] }]))).not.toContain('send_message');
    expect(
      namesOf(run([], { tools: ['run_shell', 'read_file'], connected: [] })).filter((name) => name === 'read_file'),
    ).toHaveLength(1);
    expect(namesOf(run([], { tools: ['run_shell'], connected: [] })).at(-1)).toBe('run_shell');
  });
});

describe('the platform’s tools', () => {
  it('are all found by some kind of task, or begin one', () => {
    const subjects = taskKinds.map((kind) => ({ ...backend, kind }));
    const unreachable = platformCards()
      .filter(({ capability }) => !['outcome', 'release', 'discovery'].includes(capability))
      .filter(({ name }) => subjects.every((subject) => !decide(name, [], subject).allowed));
    expect(unreachable).toEqual([]);
  });

  it('have examples that their own schemas take', () => {
    const examples = platformCards().flatMap((card) => card.examples.map((example) => ({ ...card, example })));
    expect(examples.length).toBeGreaterThan(10);
    for (const { name, parameters, example } of examples) {
      const { valid, errors } = new Validator(parameters).validate(example.arguments);
      expect({ name, valid, errors }).toEqual({ name, valid: true, errors: [] });
    }
  });
});

describe('findGrantFaults', () => {
  it('names what there is not', () => {
    const knows = { tool: (name: string) => name === 'grep', role: (name: string) => name === 'qa' };
    expect(
      findGrantFaults(
        [
          {
            effect: 'deny',
            tools: ['grep', '*', 'grip', 'capability:files.read', 'capability:x'],
            roles: ['qa', 'boss'],
          },
        ],
        knows,
      ),
    ).toEqual([
      { field: 'grants.0.tools', reason: expect.stringContaining('grip is no tool') },
      { field: 'grants.0.tools', reason: expect.stringContaining('capability:x is no capability') },
      { field: 'grants.0.roles', reason: 'boss is no role' },
    ]);
  });
});
