/** What persons decide about the tools of a project, as it stands in its log and travels to its agents. */
import type { ConnectedTool } from './connected-tools.ts';
import type { RoleName, TaskKind } from './stages.ts';

/**
 * A rule about who may call what. A call is refused by the last rule that fits it when that one denies; a rule that
 * allows also gives a task what its kind does not offer by itself, but never the tools that end a task or release.
 */
export interface ToolGrant {
  readonly effect: 'allow' | 'deny';
  /** Names of tools, `capability:<name>` for all of one capability, or `*`. */
  readonly tools: readonly string[];
  /** Absent: all roles. */
  readonly roles?: readonly RoleName[];
  /** Absent: all kinds of task. */
  readonly taskKinds?: readonly TaskKind[];
  /** Keys of tasks. Absent: all tasks. */
  readonly tasks?: readonly string[];
  /** Told to who is refused. */
  readonly reason?: string;
}

/** As they are at a moment. */
export interface ToolSettings {
  /** The project's own tools. */
  readonly tools: readonly ConnectedTool[];
  readonly grants: readonly ToolGrant[];
  /** Origins that agents may fetch from; none unless told. */
  readonly fetchOrigins: readonly string[];
}

/** What a run found beyond the tools it began with. */
export interface FoundTools {
  /** Names of tools of the platform. */
  readonly tools: readonly string[];
  readonly connected: readonly ConnectedTool[];
}

/** Where a result comes from. */
export interface ToolProvenance {
  readonly tool: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The head of the branch it was read from, or written on; absent for tools that read no code. */
  readonly commit?: string;
  /** True when only the beginning of the result is shown. */
  readonly truncated: boolean;
}

export type ToolEvent =
  | { readonly type: 'tool.registered'; readonly tool: ConnectedTool; readonly by: string }
  | { readonly type: 'tool.removed'; readonly name: string; readonly by: string }
  | {
      readonly type: 'tools.configured';
      readonly grants: readonly ToolGrant[];
      readonly fetchOrigins: readonly string[];
      readonly by: string;
    };

export const maxToolGrants = 100;
export const maxFetchOrigins = 50;
