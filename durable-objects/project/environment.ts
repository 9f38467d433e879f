import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { ObjectBindings } from '../stubs.ts';

/** What the Project object uses of the Worker's bindings. */
export interface ProjectEnvironment extends ObjectBindings {
  readonly SANDBOX: SandboxRpc;
  readonly TOOLCHAIN: ToolchainRpc;
  readonly DIRECTORY: D1Database;
  /** `<provider>/<model>` for projects that name none. */
  readonly AIDEVOS_MODEL?: string;
  /** Other names for models. */
  readonly AIDEVOS_MODEL_ALIASES?: string;
  /** Origins, separated by commas, on which the tools of projects may be. */
  readonly AIDEVOS_TOOL_ORIGINS?: string;
}

export const defaultModel = 'offline/engineer';
