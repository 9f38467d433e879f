/** What this isolate remembers of the calls of `/v1`: allowances, rates, and answers that may be given again. */
import type { WorkspaceId } from '../../../shared/domain/ids.ts';
import { RateLimiter, type RateLimits } from '../../../shared/domain/limits/rate-limiter.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { WorkspaceCalls } from '../../../shared/rpc/workspace-calls.ts';
import type { LogWriter } from '../log.ts';
import { ask } from '../objects.ts';
import { WorkspaceAccount } from './account.ts';
import { pause } from './pause.ts';
import { ReadingShare } from './reading-share.ts';
import { ResponseCache } from './response-cache.ts';

export interface ModelCallsParts {
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly limits: RateLimits;
  /** A fresh stub each time. */
  readonly workspace: (workspaceId: WorkspaceId) => WorkspaceCalls;
}

/** More accounts than this are looked through for those that can be forgotten. */
const maxAccounts = 1_000;

export class ModelCalls {
  readonly limiter: RateLimiter;
  readonly cache: ResponseCache;
  readonly readingShare: ReadingShare;
  readonly #parts: ModelCallsParts;
  readonly #accounts = new Map<WorkspaceId, WorkspaceAccount>();

  constructor(parts: ModelCallsParts) {
    this.#parts = parts;
    this.limiter = new RateLimiter(parts.limits);
    this.cache = new ResponseCache(parts.clock);
    this.readingShare = new ReadingShare(parts.clock);
  }

  /** The isolate's account at that workspace. */
  accountOf(workspaceId: WorkspaceId): WorkspaceAccount {
    const known = this.#accounts.get(workspaceId);
    if (known !== undefined) return known;
    if (this.#accounts.size >= maxAccounts) {
      for (const [id, account] of this.#accounts) if (account.isIdle) this.#accounts.delete(id);
    }
    const { clock, log, workspace } = this.#parts;
    const account = new WorkspaceAccount({
      clock,
      pause,
      newName: () => `isolate-${crypto.randomUUID()}`,
      ask: (call) => ask(() => call(workspace(workspaceId)), { log, requestId: '', part: 'workspace' }),
    });
    this.#accounts.set(workspaceId, account);
    return account;
  }
}
