/** Making projects in tests, and watching them. Stubs are made anew each time: one whose object was aborted stays broken. */
import { applyD1Migrations, env } from 'cloudflare:test';
import { agentStub, projectStub, repositoryStub } from '../../durable-objects/stubs.ts';
import { createId, type AgentId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { CreateProject, ProjectRpc, StoredProjectEvent, TaskView } from '../../shared/rpc/project.ts';
import type { ProjectPoolsRpc } from '../../shared/rpc/project-pools.ts';
import type { ProjectToolsRpc } from '../../shared/rpc/project-tools.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';

/** The read model's tables, which every project writes to. */
export const prepareDirectory = async (): Promise<void> => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
};

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Asks again and again until there is an answer; an object that was killed under the question is asked again as well. */
export const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch {
      // The object died under the call; the next one wakes it.
    }
    await pause(20);
  }
};

export class TestProject {
  readonly workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
  readonly projectId: ProjectId = createId('prj', Date.now(), random());

  get stub(): ProjectRpc & ProjectToolsRpc {
    return projectStub(env, this.workspaceId, this.projectId);
  }

  get pools(): ProjectPoolsRpc {
    return projectStub(env, this.workspaceId, this.projectId);
  }

  get repository(): RepositoryRpc {
    return repositoryStub(env, this.workspaceId, this.projectId);
  }

  agent(agentId: AgentId): AgentRpc {
    return agentStub(env, this.workspaceId, agentId);
  }

  async create(more: Partial<CreateProject> = {}): Promise<this> {
    const { workspaceId, projectId } = this;
    const specification = '# Notes\n\nA note has a title (required).\n';
    const command = { commandId: 'create', workspaceId, projectId, specification, ...more };
    const created = await this.stub.create(command);
    if (!created.ok) throw new Error(created.error.detail);
    return this;
  }

  async events(): Promise<readonly StoredProjectEvent[]> {
    const all: StoredProjectEvent[] = [];
    for (;;) {
      const page = await this.stub.events({ after: all.at(-1)?.sequence ?? 0, limit: 1_000 });
      if (!page.ok) throw new Error(page.error.detail);
      if (page.value.length === 0) return all;
      all.push(...page.value);
    }
  }

  /** The first event of the type that fits, as soon as there is one. */
  event<Type extends ProjectEvent['type']>(
    type: Type,
    fits: (event: Extract<ProjectEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<ProjectEvent, { type: Type }>> {
    return until(async () => {
      for (const { event } of await this.events()) {
        // SAFETY: the type was compared.
        if (event.type === type && fits(event as Extract<ProjectEvent, { type: Type }>))
          return event as Extract<ProjectEvent, { type: Type }>;
      }
      return undefined;
    });
  }

  async task(key: string): Promise<TaskView> {
    return until(async () => {
      const tasks = await this.stub.tasks();
      return tasks.ok ? tasks.value.find((task) => task.key === key) : undefined;
    });
  }

  async types(): Promise<readonly string[]> {
    return (await this.events()).map(({ event }) => event.type);
  }
}
