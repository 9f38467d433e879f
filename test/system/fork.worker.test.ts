import { abortAllDurableObjects, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentStub, projectStub, repositoryStub } from '../../durable-objects/stubs.ts';
import { createId, type ProjectId, type RunId } from '../../shared/domain/ids.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { StoredProjectEvent } from '../../shared/rpc/project.ts';
import type { ForkProject } from '../../shared/rpc/replay.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import { createRunningHash, hashText } from '../../shared/adapters/crypto/text-hash.ts';
import { collectAnswer } from '../../shared/domain/model/collect.ts';
import { offlineEngineer } from '../../shared/domain/offline-engineer/engineer.ts';
import { hashValue } from '../../shared/domain/replay/canonical.ts';
import { diffRuns } from '../../shared/domain/replay/diff.ts';
import { readExport } from '../../shared/domain/replay/read-export.ts';
import type { RunExport } from '../../shared/domain/replay/run-export.ts';
import { projectStateAt, replayExport } from '../../shared/domain/replay/verify.ts';
import type { AskAgain } from '../../shared/domain/replay/verify-run.ts';
import { planFork, type ForkSources } from '../../durable-objects/project/fork-command.ts';
import { ok } from '../../shared/errors/result.ts';
import { effectClasses } from '../../shared/domain/engine/effect-class.ts';
import type { ConnectedTool } from '../../shared/protocol/connected-tools.ts';
import { RunExporter } from '../../workers/gateway/run-export.ts';
import { finish, look, openWorkspace, pause, startProject, treeOf, workspaceId } from './projects.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const specification = '# Notes\n\nA note has a title (required) and a text.\n';

const project = (id: ProjectId) => projectStub(env, workspaceId, id);
const repository = (id: ProjectId) => repositoryStub(env, workspaceId, id);

const logOf = async (projectId: ProjectId): Promise<readonly StoredProjectEvent[]> => {
  const events: StoredProjectEvent[] = [];
  for (;;) {
    const page = await project(projectId).events({ after: events.length, limit: 1_000 });
    if (!page.ok) throw new Error(page.error.detail);
    events.push(...page.value);
    if (page.value.length < 1_000) return events;
  }
};

const fork = async (more: Partial<ForkProject> & { readonly from: ProjectId }): Promise<ProjectId> => {
  const projectId: ProjectId = createId('prj', Date.now(), random());
  const forked = await project(projectId).fork({ commandId: 'fork', workspaceId, projectId, ...more });
  if (!forked.ok) throw new Error(forked.error.detail);
  return projectId;
};

/** Everything of a project that a fork might touch, as one text. */
const fingerprint = async (projectId: ProjectId): Promise<string> => {
  const agents = await project(projectId).agents();
  const logs = agents.ok
    ? await Promise.all(
        agents.value.map(async ({ agentId }) => {
          const agent = agentStub(env, workspaceId, agentId);
          return [await agent.events({ after: 0, limit: 1_000 }), await agent.messages({ after: 0, limit: 1_000 })];
        }),
      )
    : [];
  // SAFETY: the entrypoint `Sandbox` stands behind this binding.
  const app = await (env.SANDBOX as unknown as SandboxRpc).request({
    app: `${workspaceId}/app-host/${projectId}`,
    slot: 'production',
    method: 'GET',
    path: '/health',
    headers: {},
  });
  return JSON.stringify([
    await logOf(projectId),
    await project(projectId).messages({ after: 0, limit: 1_000 }),
    await repository(projectId).branches(),
    await treeOf(projectId),
    app.ok ? app.value.status : app.error,
    logs,
  ]);
};

let original: ProjectId;
let log: readonly StoredProjectEvent[];
let before: string;

/** Sequence of the first event that the wanted one is. */
const sequenceOf = (wanted: (event: ProjectEvent) => boolean): number => {
  const found = log.find(({ event }) => wanted(event));
  if (found === undefined) throw new Error('The original has no such event.');
  return found.sequence;
};

beforeAll(async () => {
  await openWorkspace();
  original = await startProject(specification);
  const view = await finish(original);
  if (view.status !== 'completed') throw new Error(view.reason ?? 'The original did not complete.');
  await pause(300);
  log = await logOf(original);
  before = await fingerprint(original);
}, 60_000);

/** The whole record of a project, as the API would export it. */
const exportOf = async (projectId: ProjectId): Promise<RunExport> => {
  const exporter = new RunExporter({
    project: () => project(projectId),
    agent: (agentId) => agentStub(env, workspaceId, agentId),
    repository: () => repository(projectId),
    options: { log: () => undefined, requestId: 'req', part: 'project' },
    now: Date.now,
  });
  const view = await project(projectId).get();
  const header = view.ok ? await exporter.header(view.value) : view;
  if (!header.ok) throw new Error(header.error.detail);
  let text = '';
  for await (const page of exporter.text(header.value)) text += page;
  const run = await readExport(text.split('\n'), createRunningHash());
  if (!run.ok) throw new Error(run.error.detail);
  return run.value;
};

const askAgain: AskAgain = (_model, request) => collectAnswer(offlineEngineer, { ...request, idempotencyKey: 'k' });

/** The fork, completed, and shown to be a project whose record replays. */
const complete = async (projectId: ProjectId): Promise<RunExport> => {
  const view = await finish(projectId);
  expect([view.status, view.reason]).toEqual(['completed', undefined]);
  const run = await exportOf(projectId);
  const report = await replayExport(run, hashText, askAgain);
  expect(report.divergences).toEqual([]);
  return run;
};

const keyOf = (taskId: string): string =>
  log.flatMap(({ event }) => (event.type === 'task.created' && event.taskId === taskId ? [event.task.key] : []))[0] ??
  '';

describe('a record', () => {
  it('replays, asks for the same, and gets the same answers', async () => {
    const run = await exportOf(original);
    const report = await replayExport(run, hashText, askAgain);
    expect(report.divergences).toEqual([]);
    expect(report.answersAskedAgain).toBeGreaterThan(40);
    expect(report.requestsCompared).toBe(report.answersAskedAgain);
    const hash = await project(original).stateHash({ sequence: 100 });
    expect(hash.ok && hash.value.hash).toBe(hashValue(projectStateAt(run.events, 100), hashText));
  });
});

describe('a fork', () => {
  it('goes on from any stage to the same tree, without touching the original', async () => {
    const moments = [
      sequenceOf((event) => event.type === 'task.assigned' && event.branch === 'task/acceptance'),
      sequenceOf((event) => event.type === 'task.submitted' && keyOf(event.taskId) === 'acceptance'),
      sequenceOf((event) => event.type === 'task.accepted' && keyOf(event.taskId) === 'acceptance'),
      sequenceOf((event) => event.type === 'stage.entered' && event.stage === 'validation'),
      sequenceOf(({ type }) => type === 'deployment.recorded'),
      log.length,
    ];
    const tree = await treeOf(original);
    const source = await exportOf(original);
    for (const sequence of moments) {
      const projectId = await fork({ from: original, at: { sequence } });
      const run = await complete(projectId);
      expect(await treeOf(projectId)).toEqual(tree);
      const [begun, ...copied] = await logOf(projectId);
      if (begun?.event.type !== 'project.forked') throw new Error('not a fork');
      // A moment reaches to the end of the decision that it lies in.
      expect(begun.event.sequence).toBeGreaterThanOrEqual(sequence);
      expect(copied[begun.event.sequence]?.event.type).toBe('fork.completed');
      expect(JSON.stringify(copied)).not.toContain(original);
      expect(diffRuns(source, run)).toMatchObject({ equal: true });
    }
    expect(await fingerprint(original)).toBe(before);
  }, 240_000);

  it('is whole or not there, however often everything is killed while it is made', async () => {
    const sequence = sequenceOf((event) => event.type === 'task.accepted' && keyOf(event.taskId) === 'acceptance');
    const projectId = await fork({ from: original, at: { sequence } });
    let kills = 0;
    for (;;) {
      const view = await look(projectId);
      if (view !== undefined && view.sequence > 1) {
        expect(view.sequence).toBeGreaterThan(sequence);
        break;
      }
      expect(view?.stage ?? 'initialize').toBe('initialize');
      await scheduler.wait(0);
      await abortAllDurableObjects();
      kills += 1;
      // The gap grows, so that a slow machine gets through a step in the end.
      await pause(Math.min(20 * kills, 400));
    }
    expect(kills).toBeGreaterThan(2);
    await complete(projectId);
    expect(await treeOf(projectId)).toEqual(await treeOf(original));
    expect(await fingerprint(original)).toBe(before);
  }, 120_000);

  it('goes on within a run, with what the agent had written and not committed', async () => {
    const source = await exportOf(original);
    const qa = source.agents.find(({ seat }) => seat.role === 'qa');
    const runId = qa?.events.flatMap(({ event }) => (event.type === 'run.started' ? [event.runId] : []))[0] as RunId;
    const steps = qa?.events.filter(({ event }) => event.type === 'tool.returned' || event.type === 'model.responded');
    const written =
      steps?.findIndex(({ event }) => event.type === 'tool.returned' && event.tool === 'write_files') ?? -1;
    expect(written).toBeGreaterThan(0);
    for (const step of [0, written + 1, written + 2]) {
      const projectId = await fork({ from: original, at: { runId, step }, instructions: 'Be thorough.' });
      const run = await complete(projectId);
      expect(await treeOf(projectId)).toEqual(await treeOf(original));
      const agent = run.agents.find(({ seat }) => seat.role === 'qa');
      const adopted = agent?.events.find(({ event }) => event.type === 'run.forked');
      expect(adopted?.event).toMatchObject({ from: { projectId: original, runId, step } });
      const started = agent?.events.find(({ event }) => event.type === 'run.started')?.event;
      expect(started?.type === 'run.started' && started.assignment.context.instructions).toBe('Be thorough.');
      expect(agent?.events.filter(({ event }) => event.type === 'run.started')).toHaveLength(1);
      expect(diffRuns(source, run).attempts).toEqual([]);
    }
    const last = await project(createId('prj', 1, random())).fork({
      commandId: 'f',
      workspaceId,
      projectId: createId('prj', 1, random()),
      from: original,
      at: { runId, step: steps?.length ?? 0 },
    });
    expect(last).toMatchObject({ ok: false, error: { type: 'request.invalid' } });
    expect(await fingerprint(original)).toBe(before);
  }, 240_000);

  it('builds on code that a person puts in, measures it, and can be forked itself', async () => {
    const code = [{ path: 'src/extra.ts', content: 'export const extra: number = 1;\n' }];
    const projectId = await fork({ from: original, code });
    await complete(projectId);
    const added = (await treeOf(projectId)).filter((line) => line.startsWith('src/extra.ts'));
    expect(added).toHaveLength(1);
    expect((await treeOf(projectId)).filter((line) => !added.includes(line))).toEqual(await treeOf(original));
    const report = await project(projectId).report();
    const view = report.ok ? report.value : undefined;
    expect(view?.measurements.find(({ kind }) => kind === 'types')).toMatchObject({
      commit: view?.deployments[0]?.version,
    });
    const again = await fork({ from: projectId, name: 'again' });
    await complete(again);
    expect(await treeOf(again)).toEqual(await treeOf(projectId));
    expect(await fingerprint(original)).toBe(before);
  }, 120_000);

  it('goes another way with another model', async () => {
    const sequence = sequenceOf((event) => event.type === 'task.assigned' && keyOf(event.taskId) === 'application');
    const projectId = await fork({
      from: original,
      at: { sequence },
      model: 'offline/engineer?faults=1',
      role: 'backend',
    });
    const run = await complete(projectId);
    const difference = diffRuns(await exportOf(original), run);
    expect(difference.equal).toBe(false);
    expect(difference.first).toMatchObject({ taskKey: 'application', role: 'backend', step: 3 });
    expect(run.agents.filter(({ seat }) => seat.model.includes('faults')).map(({ seat }) => seat.role)).toEqual(
      run.agents.filter(({ seat }) => seat.role === 'backend').map(({ seat }) => seat.role),
    );
  }, 120_000);

  it('does not act on the outside a second time unless it is asked to', async () => {
    const point = await project(original).forkPoint({});
    if (!point.ok) throw new Error(point.error.detail);
    const shape = {
      description: 'd',
      parameters: {},
      url: 'http://127.0.0.1/x',
      taskKinds: ['implement'],
      timeoutMs: 1,
    };
    const tools = effectClasses.map((effectClass) => ({ ...shape, name: effectClass, effectClass }) as ConnectedTool);
    const source = {
      agents: () => project(original).agents(),
      specification: () => project(original).specification(),
      forkPoint: async () => ok({ ...point.value, tools }),
    } as unknown as ReturnType<ForkSources['source']>;
    const sources: ForkSources = {
      source: () => source,
      agent: (id) => agentStub(env, workspaceId, id),
      environment: env,
    };
    const copy: ProjectId = createId('prj', Date.now(), random());
    const command = { commandId: 'c', workspaceId, projectId: copy, from: original };
    for (const [keepTools, names] of [
      [false, ['pure']],
      [true, effectClasses],
    ] as const) {
      const planned = await planFork({ ...command, keepTools }, sources);
      expect(planned.ok && planned.value.event.tools?.map(({ name }) => name)).toEqual(names);
    }
  });

  it('is made once for one command, and refuses what cannot be', async () => {
    const projectId: ProjectId = createId('prj', Date.now(), random());
    const command = { commandId: 'once', workspaceId, projectId, from: original, at: { sequence: log.length } };
    const first = await project(projectId).fork(command);
    expect(await project(projectId).fork(command)).toEqual(first);
    expect(await project(projectId).fork({ ...command, at: { sequence: 9 } })).toMatchObject({
      ok: false,
      error: { type: 'idempotency.mismatch' },
    });
    expect(await project(projectId).fork({ ...command, commandId: 'other' })).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict' },
    });
    expect(await project(projectId).pause({ commandId: 'p' })).toMatchObject({ ok: false });
    expect((await project(projectId).cancel({ commandId: 'c' })).ok).toBe(true);
    await pause(300);
    expect(await look(projectId)).toMatchObject({ status: 'cancelled' });
    const elsewhere: ProjectId = createId('prj', Date.now(), random());
    const stranger = { commandId: 'x', workspaceId, projectId: elsewhere, from: createId('prj', 1, random()) };
    expect(await project(elsewhere).fork(stranger)).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    for (const wrong of [
      { role: 'pilot' },
      { model: 'nobody/nothing' },
      { at: { sequence: 1 } },
      { code: [{ path: '../x', content: '' }] },
    ])
      expect((await project(elsewhere).fork({ ...stranger, from: original, ...wrong })).ok).toBe(false);
    expect(await look(elsewhere)).toBeUndefined();
  });
});
