import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { reviewChange } from '../../durable-objects/project/change-review.ts';
import { projectStub } from '../../durable-objects/stubs.ts';
import { defaultGates } from '../../shared/domain/quality/judge/gate.ts';
import type { ProjectQualityRpc } from '../../shared/rpc/quality.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import { author, createWorld, valueOf, type World } from './method-cases/world.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';

beforeAll(prepareDirectory);

// SAFETY: bound by the wrangler.toml of this ring, whose types are not generated.
const { TOOLCHAIN: toolchain } = env as unknown as { readonly TOOLCHAIN: ToolchainRpc };

const fence = { fencingToken: 1 };
const insecure = 'export const run = (req: { query: { code: string } }) => eval(req.query.code);\n';

const changeOn = async ({ repository }: World, branch: string, content: string): Promise<void> => {
  valueOf(await repository().openBranch({ commandId: `${branch}-1`, branch, from: 'main', ...fence }));
  const changes = [{ path: 'src/run.ts', content }];
  valueOf(await repository().write({ commandId: `${branch}-2`, branch, changes, ...fence }));
  valueOf(await repository().commit({ commandId: `${branch}-3`, branch, message: 'Run', author, ...fence }));
};

describe('the review of a change by the platform', () => {
  it('objects to what the change brings, with place and fix, and not to what main has already', async () => {
    const world = await createWorld();
    await changeOn(world, 'task/run', insecure);
    const first = valueOf(await reviewChange(world.repository(), toolchain, 'task/run'));
    expect(first.objections).toEqual([
      expect.stringMatching(/^src\/run\.ts:1:\d+ code-injection \(CWE-95, critical\): .*Parse the input as data/),
    ]);
    valueOf(
      await world.repository().merge({ commandId: 'm', branch: 'task/run', into: 'main', message: 'Run', author }),
    );
    await changeOn(world, 'task/more', `// The same, one line below.\n${insecure}`);
    expect(valueOf(await reviewChange(world.repository(), toolchain, 'task/more')).objections).toEqual([]);
  });
});

/** One for all tests: it takes the team some time. */
let made: Promise<TestProject> | undefined;

const completed = async (): Promise<TestProject> => {
  made ??= new TestProject().create();
  const project = await made;
  await until(async () => {
    const view = await project.stub.get();
    return view.ok && view.value.status === 'completed' ? true : undefined;
  });
  return project;
};

describe('a project', () => {
  const quality = (project: TestProject): ProjectQualityRpc => projectStub(env, project.workspaceId, project.projectId);

  it('is scanned with each change and in its validation, and its verdict comes from measurements of its commit', async () => {
    const project = await completed();
    const scans = valueOf(await quality(project).scans({ limit: 100 }));
    expect(new Set(scans.map(({ verdict }) => verdict))).toEqual(new Set(['approve']));
    expect(scans.filter(({ subject }) => subject.startsWith('tsk_')).length).toBeGreaterThan(1);
    const { verdict } = valueOf(await quality(project).quality());
    expect(verdict).toMatchObject({
      passed: true,
      gates: defaultGates.map(({ name }) => ({ gate: name, outcome: 'passed' })),
    });
    const found = valueOf(await quality(project).findings({ subject: 'main' }));
    expect(found).toMatchObject({ commit: verdict?.commit, blocking: 0, skipped: [] });
    expect(JSON.parse(valueOf(await quality(project).sbom()).document)).toMatchObject({
      specVersion: '1.6',
      metadata: { component: { name: 'Notes' } },
    });
  });

  it('fails a gate that nothing was measured for, until a person waives it for a time', async () => {
    const project = await new TestProject().create();
    await project.event('repository.created');
    const by = 'person:key_1';
    const gates = [
      { name: 'coverage', kind: 'coverage', stage: 'validation', conditions: [{ figure: 'changed', atLeast: 80 }] },
    ] as const;
    const set = valueOf(await quality(project).setGates({ commandId: 'g', gates, by }));
    expect(set.verdict).toMatchObject({ passed: false, gates: [{ outcome: 'missing' }] });
    const wanted = { gate: 'coverage', reason: 'Coverage comes next week.', endsAt: Date.now() + 60_000 };
    const agent = await quality(project).grantWaiver({ commandId: 'a', ...wanted, person: 'agent:agt_1' });
    expect(agent).toMatchObject({ ok: false, error: { type: 'request.invalid', issues: [{ field: 'person' }] } });
    const waiver = valueOf(await quality(project).grantWaiver({ commandId: 'w', ...wanted, person: by }));
    expect(valueOf(await quality(project).quality()).verdict).toMatchObject({
      passed: true,
      gates: [{ outcome: 'waived' }],
    });
    const revoked = await quality(project).revokeWaiver({ commandId: 'r', waiverId: waiver.waiverId, by });
    expect(valueOf(revoked).verdict?.passed).toBe(false);
    await project.stub.cancel({ commandId: 'end' });
  });

  it('measures every kind on request, on the commit of main, and its gates count on no other', async () => {
    const project = await completed();
    const gates = [
      ['coverage', 'changed', { atLeast: 50 }],
      ['mutation', 'changed', { atLeast: 101 }],
      ['quality', 'complexity', { atMost: 500 }],
      ['size', 'bytes', { atLeast: 100 }],
      ['resources', 'steps', { atLeast: 1 }],
      ['documentation', 'readme', { atLeast: 1 }],
      ['api', 'breaking', { atMost: 0 }],
    ] as const;
    const set = gates.map(([kind, figure, bound]) => ({
      name: kind,
      kind,
      stage: 'validation' as const,
      conditions: [{ figure, ...bound }],
    }));
    const before = valueOf(await quality(project).setGates({ commandId: 'g', gates: set, by: 'person:key_1' }));
    expect(before.verdict?.gates.map(({ outcome }) => outcome)).toEqual(gates.map(() => 'missing'));
    const kinds = gates.map(([kind]) => kind);
    valueOf(await quality(project).startMeasuring({ commandId: 'm', kinds }));
    const second = await quality(project).startMeasuring({ commandId: 'm2', kinds });
    expect(second).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    const run = await until(async () => {
      const view = valueOf(await quality(project).measuring());
      return view.status === 'running' ? undefined : view;
    });
    const { verdict, figures } = valueOf(await quality(project).quality());
    expect(run).toMatchObject({ status: 'done', results: { length: kinds.length } });
    expect(run.results.filter(({ outcome }) => outcome !== 'measured')).toEqual([]);
    expect(new Set(run.results.map(({ commit }) => commit))).toEqual(new Set([verdict?.commit]));
    expect(verdict?.gates.map(({ gate, outcome }) => [gate, outcome])).toEqual(
      kinds.map((kind) => [kind, kind === 'mutation' ? 'failed' : 'passed']),
    );
    const score = figures.find(({ kind }) => kind === 'mutation')?.figures['changed'];
    expect(verdict?.gates[1]).toMatchObject({
      conditions: [{ measured: score, missedBy: Math.round((101 - (score ?? 0)) * 1_000) / 1_000 }],
      wanted: expect.stringContaining('killed mutants of the change: at least 101 percent'),
    });
    // Nothing that an agent or an older commit says is looked at: another commit on main leaves all of it behind.
    const fence = { fencingToken: 1_000_000 };
    valueOf(await project.repository.openBranch({ commandId: 'b', branch: 'more', from: 'main', ...fence }));
    const changes = [{ path: 'NOTES.md', content: 'coverage: 100 %' }];
    valueOf(await project.repository.write({ commandId: 'w', branch: 'more', changes, ...fence }));
    valueOf(
      await project.repository.commit({ commandId: 'c', branch: 'more', message: 'All gates pass', author, ...fence }),
    );
    valueOf(
      await project.repository.merge({ commandId: 'me', branch: 'more', into: 'main', message: 'All pass', author }),
    );
    valueOf(await quality(project).startMeasuring({ commandId: 'm3', kinds: ['size'] }));
    await until(async () => (valueOf(await quality(project).measuring()).status === 'running' ? undefined : true));
    const after = valueOf(await quality(project).quality());
    expect(after.verdict?.commit).not.toBe(verdict?.commit);
    expect(after.verdict?.gates.map(({ outcome }) => outcome)).toEqual(
      kinds.map((kind) => (kind === 'size' ? 'passed' : 'stale')),
    );
    const ofEveryValidation = ['tests', 'types', 'security'] as const;
    valueOf(await quality(project).startMeasuring({ commandId: 'm4', kinds: ofEveryValidation }));
    const validated = await until(async () => {
      const view = valueOf(await quality(project).measuring());
      return view.status === 'running' ? undefined : view;
    });
    expect(validated.results.map(({ kind, commit }) => [kind, commit])).toEqual(
      ofEveryValidation.map((kind) => [kind, after.verdict?.commit]),
    );
  });
});
