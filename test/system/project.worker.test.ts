import { applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { ProjectView } from '../../shared/rpc/project.ts';
import { projectStub, repositoryStub } from '../../durable-objects/stubs.ts';
import bookshelf from '../../examples/bookshelf/spec.md?raw';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
});

const start = async (specification: string, more: object = {}) => {
  const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
  const projectId: ProjectId = createId('prj', Date.now(), random());
  const project = projectStub(env, workspaceId, projectId);
  const created = await project.create({ commandId: 'create', workspaceId, projectId, specification, ...more });
  return { project, created, workspaceId, projectId };
};

const finish = async (project: Awaited<ReturnType<typeof start>>['project']): Promise<ProjectView> => {
  for (;;) {
    const view = await project.get();
    if (!view.ok) throw new Error(view.error.detail);
    if (isFinalStatus(view.value.status)) return view.value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe('a project', () => {
  it('goes from a specification to a running application', async () => {
    const { project, workspaceId, projectId } = await start(bookshelf);
    const view = await finish(project);
    const report = await project.report();
    expect(view.reason).toBeUndefined();
    expect(view.status).toBe('completed');
    expect(report.ok && report.value.gates.every(({ passed }) => passed)).toBe(true);
    const files = await repositoryStub(env, workspaceId, projectId).listFiles({ ref: 'main' });
    expect(files.ok && files.value.files.length).toBeGreaterThan(10);
  });

  it('ends blocked with the sentence quoted when it does not understand', async () => {
    const sentence = 'Das Buch muss jeden Abend gelüftet werden.';
    const { project } = await start(`# Bücherregal\n\n${sentence}\n`);
    const view = await finish(project);
    expect(view.status).toBe('blocked');
    expect(JSON.stringify(view.sentences)).toContain('Buch');
  });

  it('fails visibly when a role is missing', async () => {
    const { project } = await start(bookshelf, {
      roles: ['project_manager', 'architect', 'tech_lead', 'backend', 'frontend', 'qa', 'security', 'devops', 'judge'],
    });
    const view = await finish(project);
    expect(view.status).toBe('failed');
    expect(view.reason).toContain('reviewer');
  });
});
