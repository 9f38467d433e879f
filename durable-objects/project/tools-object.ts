/** The Project object with what it offers about its tools: one class over RPC, in four files. */
import type { ProjectToolsRpc } from '../../shared/rpc/project-tools.ts';
import { QualityProjectObject } from './quality-object.ts';

type Command<Method extends keyof ProjectToolsRpc> = Parameters<ProjectToolsRpc[Method]>[0];

export class ToolsProjectObject extends QualityProjectObject implements ProjectToolsRpc {
  async toolSettings(): ReturnType<ProjectToolsRpc['toolSettings']> {
    return this.tools.settings();
  }

  async registerTool(command: Command<'registerTool'>): ReturnType<ProjectToolsRpc['registerTool']> {
    return this.tools.register(command);
  }

  async removeTool(command: Command<'removeTool'>): ReturnType<ProjectToolsRpc['removeTool']> {
    return this.tools.remove(command);
  }

  async configureTools(command: Command<'configureTools'>): ReturnType<ProjectToolsRpc['configureTools']> {
    return this.tools.configure(command);
  }

  async openProgram(command: Command<'openProgram'>): ReturnType<ProjectToolsRpc['openProgram']> {
    return this.tools.programs.open(command);
  }

  async keepProgramAnswer(command: Command<'keepProgramAnswer'>): ReturnType<ProjectToolsRpc['keepProgramAnswer']> {
    return this.tools.programs.keepAnswer(command);
  }

  async keepProgramResult(command: Command<'keepProgramResult'>): ReturnType<ProjectToolsRpc['keepProgramResult']> {
    return this.tools.programs.keepResult(command);
  }
}
