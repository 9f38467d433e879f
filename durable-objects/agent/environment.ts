import type { BrowserVariables } from '../../shared/adapters/browser/browser-service.ts';
import type { WebVariables } from '../../shared/adapters/web/web-of-environment.ts';
import type { SandboxRpc } from '../../shared/rpc/sandbox.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { ObjectCallerEnvironment } from '../object-caller.ts';

/** What the Agent object uses of the Worker's bindings, besides those of providers, which `models.ts` reads. */
export interface AgentEnvironment extends ObjectCallerEnvironment, WebVariables, BrowserVariables {
  readonly SANDBOX: SandboxRpc;
  readonly TOOLCHAIN: ToolchainRpc;
  /** Origins, separated by commas, on which the tools of projects may be. */
  readonly AIDEVOS_TOOL_ORIGINS?: string;
  readonly AIDEVOS_MODEL_CONCURRENCY?: string;
  readonly AIDEVOS_MODEL_STARTS_PER_SECOND?: string;
}
