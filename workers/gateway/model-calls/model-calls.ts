/** What this isolate remembers of the calls of `/v1`: allowances, rates, and answers that may be given again. */
import type { WorkspaceId } from '../../../shared/domain/ids.ts';
import { RateLimiter, type RateLimits } from '../../../shared/domain/limits/rate-limiter.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Vaults } from '../../../shared/adapters/vault/vaults.ts';
import type { Result } from '../../../shared/errors/result.ts';
import type { VaultRevision, WorkspaceCalls } from '../../../shared/rpc/workspace-calls.ts';
import type { LogWriter } from '../log.ts';
import { ask } from '../objects.ts';
import { WorkspaceAccount, type AccountWorkspace } from './account.ts';
import { pause } from './pause.ts';
import { ReadingShare } from './reading-share.ts';
import { ResponseCache } from './response-cache.ts';

export interface ModelCallsParts {
  readonly clock: Clock;
  readonly log: LogWriter;
  readonly limits: RateLimits;
  /** Learn from what the workspace is asked for other reasons, and tell it how its keys did. */
  readonly vaults: Pick<Vaults, 'hear' | 'takeUses' | 'giveBack'>;
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
    const { clock, log } = this.#parts;
    const account = new WorkspaceAccount({
      clock,
      pause,
      newName: () => `isolate-${crypto.randomUUID()}`,
      ask: (call) => ask(() => call(this.#listening(workspaceId)), { log, requestId: '', part: 'workspace' }),
    });
    this.#accounts.set(workspaceId, account);
    return account;
  }

  /** The workspace, whose answers also tell whether its keys changed. */
  #listening(workspaceId: WorkspaceId): AccountWorkspace {
    const { clock, vaults, workspace } = this.#parts;
    const hear = async <Value extends VaultRevision>(asked: Promise<Result<Value>>): Promise<Result<Value>> => {
      const askedAt = clock.now();
      const answer = await asked;
      if (answer.ok) vaults.hear(workspaceId, answer.value.vaultRevision, askedAt);
      return answer;
    };
    return {
      extendCallGrant: (command) => hear(workspace(workspaceId).extendCallGrant(command)),
      reportCalls: async (report) => {
        const credentialUses = vaults.takeUses(workspaceId);
        try {
          const answer = await hear(workspace(workspaceId).reportCalls({ ...report, credentialUses }));
          if (!answer.ok) vaults.giveBack(workspaceId, credentialUses);
          return answer;
        } catch (error) {
          vaults.giveBack(workspaceId, credentialUses);
          throw error;
        }
      },
    };
  }
}
