/** What a project offers about its tools over Workers RPC: those it brings, and the rules about all of them. */
import type { Result } from '../errors/result.ts';
import type { ConnectedTool } from '../protocol/connected-tools.ts';
import type { PersonProgramsRpc } from './person-programs.ts';
import type { ToolGrant, ToolSettings } from '../protocol/tool-settings.ts';

export interface ProjectToolsRpc extends PersonProgramsRpc {
  toolSettings(): Promise<Result<ToolSettings>>;
  /** Adds a tool of the project, or replaces the one of its name. Runs under way find it from now on. */
  registerTool(command: {
    readonly commandId: string;
    readonly tool: ConnectedTool;
    readonly by: string;
  }): Promise<Result<ToolSettings>>;
  removeTool(command: {
    readonly commandId: string;
    readonly name: string;
    readonly by: string;
  }): Promise<Result<ToolSettings>>;
  /** Replaces the rules about tools, and the origins that agents may fetch from. */
  configureTools(command: {
    readonly commandId: string;
    readonly grants: readonly ToolGrant[];
    readonly fetchOrigins: readonly string[];
    readonly by: string;
  }): Promise<Result<ToolSettings>>;
}
