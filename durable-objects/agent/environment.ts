import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { ObjectBindings } from '../stubs.ts';

/** What the Agent object uses of the Worker's bindings. */
export interface AgentEnvironment extends ObjectBindings {
  readonly SANDBOX: SandboxRpc;
  readonly TOOLCHAIN: ToolchainRpc;
  readonly ANTHROPIC_API_KEY?: string;
  readonly ANTHROPIC_BASE_URL?: string;
  readonly OPENAI_API_KEY?: string;
  readonly OPENAI_BASE_URL?: string;
  /** Origins, separated by commas, on which the tools of projects may be. */
  readonly AIDEVOS_TOOL_ORIGINS?: string;
  readonly AIDEVOS_MODEL_CONCURRENCY?: string;
  readonly AIDEVOS_MODEL_STARTS_PER_SECOND?: string;
}
