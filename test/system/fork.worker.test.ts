import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentStub, projectStub, repositoryStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type ProjectId, type RunId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { isFinalStatus, type ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectView, StoredProjectEvent } from '../../shared/rpc/project.ts';
import type { ForkProject } from '../../shared/rpc/replay.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
const specification = '# Notes\n\nA note has a title (required) and a text.\n';

const project = (id: ProjectId) => projectStub(env, workspaceId, id);
const repository = (id: ProjectId) => repositoryStub(env, workspaceId, id);

/** A new stub each time, because one whose object was aborted stays broken. */
const look = async (projectId: ProjectId): Promise<ProjectView | undefined> => {
  try {
    const view = await project(projectId).get();
    return view.ok ? view.value : undefined;
  } catch {
    return undefined;
  }
};

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

const finish = async (projectId: ProjectId): Promise<ProjectView> => {
  for (;;) {
    const view = await look(projectId);
    if (view !== undefined && isFinalStatus(view.status)) return view;
    if (Date.now() % 5000 < 60) console.log(JSON.stringify((await logOf(projectId)).slice(-3)).slice(0, 1500));
    await pause(50);
  }
};

const logOf = async (projectId: ProjectId): Promise<readonly StoredProjectEvent[]> => {
  const events: StoredProjectEvent[] = [];
  for (;;) {
    const page = await project(projectId).events({ after: events.length, limit: 1_000 });
    if (!page.ok) throw new Error(page.error.detail);
    events.push(...page.value);
    if (page.value.length < 1_000) return events;
  }
};

const treeOf = async (projectId: ProjectId): Promise<readonly string[]> => {
  const files = await repository(projectId).listFiles({ ref: 'main', limit: 1_000 });
  if (!files.ok) throw new Error(files.error.detail);
  return files.value.files.map(({ path, oid }) => `${path} ${oid}`);
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
  const app = await env.SANDBOX.request({
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
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
  const firstKey = {
    keyId: createId('key', Date.now(), random()),
    name: 'first',
    role: 'owner' as const,
    hash: '0'.repeat(64),
  };
  await workspaceStub(env, workspaceId).create({ commandId: 'create', workspaceId, name: 'Tests', firstKey });
  original = createId('prj', Date.now(), random());
  await project(original).create({ commandId: 'create', workspaceId, projectId: original, specification });
  const view = await finish(original);
  if (view.status !== 'completed') throw new Error(view.reason ?? 'The original did not complete.');
  await pause(300);
  log = await logOf(original);
  before = await fingerprint(original);
}, 60_000);

describe('a fork', () => {
  it('goes on from any stage to the same tree, without touching the original', async () => {
    const moments = [
      sequenceOf(({ type }) => type === 'repository.created'),
      sequenceOf((event) => event.type === 'task.assigned' && event.branch.startsWith('task/')),
      sequenceOf(({ type }) => type === 'task.submitted'),
      sequenceOf(({ type }) => type === 'task.accepted'),
      sequenceOf((event) => event.type === 'stage.entered' && event.stage === 'validation'),
      sequenceOf(({ type }) => type === 'deployment.recorded'),
      log.length,
    ];
    const tree = await treeOf(original);
    for (const sequence of moments) {
      const startedAt = Date.now();
      const projectId = await fork({ from: original, at: { sequence } });
      const view = await finish(projectId);
      console.log(sequence, view.status, view.reason, Date.now() - startedAt, (await logOf(projectId)).length);
      expect([sequence, view.status, view.reason]).toEqual([sequence, 'completed', undefined]);
      expect(await treeOf(projectId)).toEqual(tree);
      const forkLog = await logOf(projectId);
      expect(forkLog[0]?.event).toMatchObject({ type: 'project.forked', from: original, sequence });
      expect(JSON.stringify(forkLog.slice(1))).not.toContain(original);
      expect(forkLog[sequence + 1]?.event.type).toBe('fork.completed');
    }
    expect(await fingerprint(original)).toBe(before);
  }, 300_000);
});
