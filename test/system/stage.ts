/** A workspace of a test's own in a migrated directory, and projects of a scripted model in it. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { agentStub, projectStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type AgentId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { Result } from '../../shared/errors/result.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ModelCallView } from '../../shared/rpc/agent.ts';
import type { CreateProject } from '../../shared/rpc/project.ts';
import type { ScriptedAnswer } from './scripted-provider.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

/** Three dollars for a million tokens of input, fifteen for output. */
const model = 'anthropic/claude-sonnet-4-6';

const specification = '# Notes\n\nA note has a title (required) and a text.\n';

/**
 * An answer that asks for one more tool, and so for another call: each time for another one that is not there, so that
 * each result is new and the run is not taken for stuck.
 */
export const askAgain = (index: number, over: Partial<ScriptedAnswer> = {}): ScriptedAnswer => ({
  text: 'I read on.',
  toolCalls: [{ name: `look_${index}`, arguments: {} }],
  inputTokens: 1_000,
  outputTokens: 100,
  ...over,
});

/** Waits for what objects write meanwhile; each look is a turn of its own. */
export const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  // So that a test that waits in vain does not look on beside the next one.
  for (let looks = 0; looks < 4_000; looks += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await scheduler.wait(10);
  }
  throw new Error(`It never came true: ${look.toString()}`);
};

export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

/** Kills every object, as a crash of the runtime does. */
export const kill = async (): Promise<void> => {
  // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

export class Stage {
  readonly workspaceId: WorkspaceId = createId('wsp', Date.now(), random());

  static async create(): Promise<Stage> {
    // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
    const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
    await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
    const stage = new Stage();
    const { workspaceId } = stage;
    const keyId = createId('key', Date.now(), random());
    const firstKey = { keyId, name: 'first', role: 'owner' as const, hash: '0'.repeat(64) };
    valueOf(await stage.workspace().create({ commandId: 'create', workspaceId, name: 'Tests', firstKey }));
    return stage;
  }

  /** A new stub each time, because one whose object was aborted stays broken. */
  workspace() {
    return workspaceStub(env, this.workspaceId);
  }

  project(projectId: ProjectId) {
    return projectStub(env, this.workspaceId, projectId);
  }

  agent(agentId: AgentId) {
    return agentStub(env, this.workspaceId, agentId);
  }

  async start(more: Partial<CreateProject> = {}): Promise<ProjectId> {
    const projectId: ProjectId = createId('prj', Date.now(), random());
    const { workspaceId } = this;
    const command = { commandId: 'create', workspaceId, projectId, specification, model, ...more };
    valueOf(await this.project(projectId).create(command));
    return projectId;
  }

  /** The first agent that has something to do. */
  worker(projectId: ProjectId): Promise<AgentId> {
    return until(async () => {
      const agents = valueOf(await this.project(projectId).agents());
      return agents.find(({ status }) => status === 'working')?.agentId;
    });
  }

  async ledger(agentId: AgentId): Promise<readonly ModelCallView[]> {
    return valueOf(await this.agent(agentId).modelCalls({ after: 0, limit: 1_000 }));
  }

  async events(projectId: ProjectId): Promise<readonly ProjectEvent[]> {
    const events = valueOf(await this.project(projectId).events({ after: 0, limit: 1_000 }));
    return events.map(({ event }) => event);
  }

  async end(...projects: readonly ProjectId[]): Promise<void> {
    for (const projectId of projects) await this.project(projectId).cancel({ commandId: 'end' });
  }
}
