/** Whole projects in this test's workerd: starting them, waiting for their end, and what they made. */
import { applyD1Migrations, env } from 'cloudflare:test';
import { projectStub, repositoryStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import type { ProjectView } from '../../shared/rpc/project.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

export const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());

/** The directory's tables and the workspace of this file. */
export const openWorkspace = async (): Promise<void> => {
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
};

/** Creates a project; `more` are further fields of the command. */
export const startProject = async (specification: string, more: object = {}): Promise<ProjectId> => {
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

/** A new stub each time, because one whose object was aborted stays broken; undefined while it is away. */
export const look = async (projectId: ProjectId): Promise<ProjectView | undefined> => {
  try {
    const view = await projectStub(env, workspaceId, projectId).get();
    return view.ok ? view.value : undefined;
  } catch {
    return undefined;
  }
};

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Waits until the project does not move by itself any more. */
export const finish = async (projectId: ProjectId): Promise<ProjectView> => {
  for (;;) {
    const view = await look(projectId);
    if (view !== undefined && isFinalStatus(view.status)) return view;
    await pause(50);
  }
};

export const treeOf = async (projectId: ProjectId): Promise<readonly string[]> => {
  const files = await repositoryStub(env, workspaceId, projectId).listFiles({ ref: 'main', limit: 1_000 });
  return files.ok ? files.value.files.map(({ path, oid }) => `${path} ${oid}`) : [];
};
