/** The fake project with what it answers about its tools and its pools. */
import { ok } from '../../../shared/errors/result.ts';
import type { ToolSettings } from '../../../shared/protocol/tool-settings.ts';
import type { ProjectPoolsRpc } from '../../../shared/rpc/project-pools.ts';
import type { KeptCall } from '../../../shared/rpc/person-programs.ts';
import type { ProjectToolsRpc } from '../../../shared/rpc/project-tools.ts';
import { FakeProject } from './fake-project.ts';

type Command<Method extends keyof ProjectToolsRpc> = Parameters<ProjectToolsRpc[Method]>[0];

const nothing: ToolSettings = { tools: [], grants: [], fetchOrigins: [] };

export class FakeToolsProject extends FakeProject implements ProjectToolsRpc, ProjectPoolsRpc {
  async pools(): ReturnType<ProjectPoolsRpc['pools']> {
    return ok([]);
  }

  async setPools({ pools }: Parameters<ProjectPoolsRpc['setPools']>[0]): ReturnType<ProjectPoolsRpc['setPools']> {
    return ok(pools.map((pool) => ({ ...pool, agents: pool.minimum, working: 0, resting: 0, queued: 0, short: 0 })));
  }

  async toolSettings(): ReturnType<ProjectToolsRpc['toolSettings']> {
    return ok(nothing);
  }

  async registerTool({ tool }: Command<'registerTool'>): ReturnType<ProjectToolsRpc['registerTool']> {
    return ok({ ...nothing, tools: [tool] });
  }

  async removeTool(): ReturnType<ProjectToolsRpc['removeTool']> {
    return ok(nothing);
  }

  async configureTools({
    grants,
    fetchOrigins,
  }: Command<'configureTools'>): ReturnType<ProjectToolsRpc['configureTools']> {
    return ok({ ...nothing, grants, fetchOrigins });
  }

  /** Of the one program that a test runs. */
  readonly #calls: KeptCall[] = [];
  #result: string | undefined;

  async openProgram(): ReturnType<ProjectToolsRpc['openProgram']> {
    const result = this.#result === undefined ? {} : { result: this.#result };
    return ok({ startedAt: 5, calls: [...this.#calls], ...result });
  }

  async keepProgramAnswer(call: Command<'keepProgramAnswer'>): ReturnType<ProjectToolsRpc['keepProgramAnswer']> {
    this.#calls.push(call);
    return ok(call.answer);
  }

  async keepProgramResult({ result }: Command<'keepProgramResult'>): ReturnType<ProjectToolsRpc['keepProgramResult']> {
    this.#result = result;
    return ok({ result });
  }
}
