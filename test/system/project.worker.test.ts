import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectStub, repositoryStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { ProjectView } from '../../shared/rpc/project.ts';
import bookshelf from '../../examples/bookshelf/spec.md?raw';
import petstore from '../../examples/petstore/openapi.json?raw';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());

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
});

const start = async (specification: string, more: object = {}): Promise<ProjectId> => {
  const projectId: ProjectId = createId('prj', Date.now(), random());
  const created = await projectStub(env, workspaceId, projectId).create({
    commandId: 'create',
    workspaceId,
    projectId,
    specification,
    ...more,
  });
  if (!created.ok) throw new Error(created.error.detail);
  return projectId;
};

/** A new stub each time, because one whose object was aborted stays broken. */
const look = async (projectId: ProjectId): Promise<ProjectView | undefined> => {
  try {
    const view = await projectStub(env, workspaceId, projectId).get();
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
    await pause(50);
  }
};

const treeOf = async (projectId: ProjectId): Promise<readonly string[]> => {
  const files = await repositoryStub(env, workspaceId, projectId).listFiles({ ref: 'main', limit: 1_000 });
  return files.ok ? files.value.files.map(({ path, oid }) => `${path} ${oid}`) : [];
};

describe('a project', () => {
  it('goes from a specification to a running application', async () => {
    const projectId = await start(bookshelf);
    const view = await finish(projectId);
    expect(view.reason).toBeUndefined();
    expect(view.status).toBe('completed');
    const report = await projectStub(env, workspaceId, projectId).report();
    expect(report.ok && report.value.gates.every(({ passed }) => passed)).toBe(true);
    expect(report.ok && report.value.markdown).toContain('## Gates');
  });

  it('ends blocked with the sentence quoted when it does not understand', async () => {
    const view = await finish(await start('# Bücherregal\n\nDas Buch muss jeden Abend gelüftet werden.\n'));
    expect(view.status).toBe('blocked');
    expect(JSON.stringify(view.sentences)).toContain('Buch');
  });

  it('fails visibly when a role is missing', async () => {
    const view = await finish(
      await start(bookshelf, { roles: ['project_manager', 'architect', 'tech_lead', 'security'] }),
    );
    expect(view.status).toBe('failed');
    expect(view.reason).toContain('nobody in the team is backend');
  });

  it('writes its rows into the directory', async () => {
    const projectId = await start('# Notes\n\nA note has a title (required) and a text.\n');
    await finish(projectId);
    await pause(500);
    const row = await env.DIRECTORY.prepare('SELECT status, tasks_done, tasks_total FROM project WHERE id = ?')
      .bind(projectId)
      .first();
    expect(row).toMatchObject({ status: 'completed' });
    expect(row?.['tasks_done']).toBe(row?.['tasks_total']);
  });

  it('ends as an undisturbed run does when all objects are killed again and again', async () => {
    const undisturbed = await start(petstore);
    await finish(undisturbed);
    const disturbed = await start(petstore);
    let killsAtWork = 0;
    while (killsAtWork < 12) {
      await pause(150);
      const view = await look(disturbed);
      if (view !== undefined && isFinalStatus(view.status)) break;
      // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
      await scheduler.wait(0);
      await abortAllDurableObjects();
      killsAtWork += 1;
    }
    expect(killsAtWork).toBeGreaterThan(5);
    const view = await finish(disturbed);
    expect(view.status).toBe('completed');
    expect(await treeOf(disturbed)).toEqual(await treeOf(undisturbed));
  });
});
