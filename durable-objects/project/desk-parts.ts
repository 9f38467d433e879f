import type { GuardedSandbox } from '../../shared/adapters/services/guarded-sandbox.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ToolchainRpc } from '../../shared/rpc/toolchain.ts';
import type { Storage, Timers } from '../platform/index.ts';
import type { Engine } from './engine.ts';

/** What every desk needs that builds and runs a project's code. */
export interface DeskParts {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly now: () => number;
  readonly engine: Engine;
  readonly toolchain: ToolchainRpc;
  readonly sandbox: GuardedSandbox;
  readonly repository: () => RepositoryRpc;
  /** The project's app in the sandbox. */
  readonly app: () => string;
}
