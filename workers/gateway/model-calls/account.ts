/**
 * One isolate as a holder of one workspace's budget. It is given an allowance ahead and spends from it in memory, so
 * that a call usually begins without asking anybody; what calls came to is told in batches after them. What it was given
 * and did not tell of counts as used, so an isolate that dies takes nothing out of the workspace's sight.
 */
import type { ApiCallRow } from '../../../shared/domain/budget/api-calls.ts';
import { noAmounts, type Amounts } from '../../../shared/domain/budget/amounts.ts';
import { chunkCalls, mostChunkCalls } from '../../../shared/domain/budget/giver.ts';
import type { Exhaustion } from '../../../shared/domain/budget/exhaustion.ts';
import {
  ask,
  forgetGrant,
  mayBegin,
  newHolderState,
  receive,
  reserve,
  settle,
  state,
  type Holder,
} from '../../../shared/domain/budget/holder.ts';
import { toGrant, type GrantAnswer } from '../../../shared/domain/budget/usage.ts';
import type { Need } from '../../../shared/domain/model/call-cost.ts';
import type { QualityCounts, QualityScope } from '../../../shared/domain/model/quality/measures.ts';
import type { AppError, Result } from '../../../shared/errors/result.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { CallReport, CallReportReply, ExtendCallGrant } from '../../../shared/rpc/workspace-calls.ts';
import type { Background } from './background.ts';
import { CallNews } from './call-news.ts';
import { within } from './pause.ts';

/** What an account has of its workspace. */
export interface AccountWorkspace {
  extendCallGrant(command: ExtendCallGrant): Promise<Result<GrantAnswer>>;
  reportCalls(report: Omit<CallReport, 'credentialUses'>): Promise<Result<CallReportReply>>;
}

export interface AccountParts {
  readonly clock: Clock;
  readonly newName: () => string;
  readonly pause: (ms: number) => Promise<void>;
  /** Asks the workspace; failures are logged there. */
  readonly ask: <Value>(call: (workspace: AccountWorkspace) => Promise<Result<Value>>) => Promise<Result<Value>>;
}

export type Reservation =
  | { readonly status: 'reserved' }
  | { readonly status: 'exhausted'; readonly exhaustion: Exhaustion }
  /** The rest of the budget is set aside for other calls. */
  | { readonly status: 'busy' }
  | { readonly status: 'failed'; readonly error: AppError };

/** How long the workspace's word on its limits is taken: limits that are set meanwhile hold after this time. */
export const knownMs = 5_000;
/** How long calls gather before the workspace is told of them. */
const reportDelayMs = 300;
/** After so long without a call the rest of the allowance goes back. */
const idleMs = 2_000;
/** One request reports for the others for so long; then another one does. */
const reporterMs = 20_000;
/** After so long without a call the isolate takes another name, so that the workspace may forget the old one. */
const renameMs = 10 * 60_000;
/** How long a call waits for what is set aside for others, and how often it looks. */
const maxWaitMs = 3_000;
const waitMs = 150;
/** Asking again within this time shows that the isolate makes many calls. */
const busyMs = 1_000;
/** How long the workspace's refusal is repeated without asking it. */
const refusalMs = 1_000;

const isNothing = ({ tokens, costMicros, steps }: Amounts): boolean => tokens + costMicros + steps === 0;

export class WorkspaceAccount {
  readonly #parts: AccountParts;
  readonly #news = new CallNews();
  #name: string;
  #holder: Holder = newHolderState;
  #knownUntil = 0;
  #usedAt: number;
  #refused: { readonly exhaustion: Exhaustion; readonly until: number } | undefined;
  #asking: Promise<GrantAnswer | AppError> | undefined;
  #batch = 0;
  #askedAt = 0;
  #ahead = chunkCalls;
  #unsent: Pick<CallReport, 'batch' | 'rows' | 'quality' | 'answers'> | undefined;
  #qualityFactors: Readonly<Record<string, number>> = {};
  #reporter = { until: 0 };

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.#name = parts.newName();
    this.#usedAt = parts.clock.now();
  }

  /** Nothing is under way and nothing is left to tell: the account can be forgotten. */
  get isIdle(): boolean {
    return isNothing(this.#holder.reserved) && !this.#hasNews;
  }

  /** Sets aside what a call needs, without asking. False: the workspace has to be asked. */
  tryReserve({ need, unpricedModel }: Need): boolean {
    const now = this.#parts.clock.now();
    if (now > this.#usedAt + renameMs && this.isIdle) this.#rename();
    this.#usedAt = now;
    const { grant } = this.#holder;
    if (now >= this.#knownUntil || !mayBegin(this.#holder, need, now)) return false;
    if (unpricedModel !== undefined && grant?.type === 'limited' && grant.dimensions.includes('costMicros'))
      return false;
    this.#holder = reserve(this.#holder, need);
    return true;
  }

  /** Sets aside what a call needs, asking the workspace where the allowance does not reach. */
  async reserve(call: Need, background: Background): Promise<Reservation> {
    const giveUpAt = this.#parts.clock.now() + maxWaitMs;
    for (;;) {
      if (this.tryReserve(call)) return { status: 'reserved' };
      const refused = this.#knownRefusal(call);
      if (refused !== undefined) return refused;
      if (this.#asking !== undefined) {
        // For another call's need; afterwards there may be enough for this one, too.
        if (this.#parts.clock.now() >= giveUpAt) return { status: 'busy' };
        const asking = this.#asking;
        const answer = await within(asking, maxWaitMs);
        // The request that asked was ended before it had an answer.
        if (answer === undefined && this.#asking === asking) this.#asking = undefined;
        continue;
      }
      const answer = await this.#ask(call, background);
      if ('type' in answer) {
        // The workspace may have granted all the same: the next report gives it back.
        this.#holder = { ...this.#holder, changed: true };
        this.#tell(background);
        return { status: 'failed', error: answer };
      }
      if (answer.status === 'exhausted') return this.#refuse(answer.exhaustion);
      if (answer.status === 'granted') continue;
      if (this.#parts.clock.now() >= giveUpAt) return { status: 'busy' };
      await this.#parts.pause(waitMs);
    }
  }

  /** What `reserve` would say now; nothing stays set aside. */
  async probe(call: Need, background: Background): Promise<Reservation> {
    const { changed } = this.#holder;
    if (this.tryReserve(call)) {
      this.#holder = { ...settle(this.#holder, call.need, noAmounts), changed };
      return { status: 'reserved' };
    }
    const reservation = await this.reserve(call, background);
    if (reservation.status !== 'reserved') return reservation;
    this.#holder = settle(this.#holder, call.need, noAmounts);
    this.#tell(background);
    return reservation;
  }

  /** A call has ended: what it used in place of what was set aside, and its row for the ledger. */
  settle(reserved: Amounts, used: Amounts, row: ApiCallRow, background: Background): void {
    this.#holder = settle(this.#holder, reserved, used);
    this.note(row, background);
  }

  /** A row for the ledger of what used nothing. */
  note(row: ApiCallRow, background: Background): void {
    this.#usedAt = this.#parts.clock.now();
    this.#news.add(row);
    this.#tell(background);
  }

  /** What a call said of its model, and the ids of its answer. */
  judge(scope: QualityScope, counts: QualityCounts, ids: readonly string[], background: Background): void {
    this.#news.judge(scope, counts, ids);
    this.#tell(background);
  }

  /** By model, what was measured of it as a factor on its quality; what the workspace answered to the last report. */
  get qualityFactors(): Readonly<Record<string, number>> {
    return this.#qualityFactors;
  }

  get #hasNews(): boolean {
    return !this.#news.isEmpty || this.#unsent !== undefined || this.#holder.changed || this.#holdsMore;
  }

  /** Something of the allowance is left, and no call needs it. */
  get #holdsMore(): boolean {
    const { grant, used, reserved } = this.#holder;
    if (grant?.type !== 'limited' || !isNothing(reserved)) return false;
    return grant.dimensions.some((dimension) => grant.granted[dimension] > used[dimension]);
  }

  /** Sees to it that the workspace is told soon. */
  #tell(background: Background): void {
    const now = this.#parts.clock.now();
    if (this.#reporter.until > now) return;
    const reporter = { until: now + reporterMs };
    this.#reporter = reporter;
    background(this.#keepReporting(reporter));
  }

  #rename(): void {
    this.#name = this.#parts.newName();
    this.#holder = newHolderState;
    this.#batch = 0;
    this.#knownUntil = 0;
  }

  #knownRefusal({ need, unpricedModel }: Need): Reservation | undefined {
    if (this.#refused === undefined || this.#refused.until <= this.#parts.clock.now()) return undefined;
    const { exhaustion } = this.#refused;
    const concerns = exhaustion.dimension === 'wallMs' || need[exhaustion.dimension] > 0;
    return concerns && unpricedModel === undefined ? { status: 'exhausted', exhaustion } : undefined;
  }

  #refuse(exhaustion: Exhaustion): Reservation {
    if (exhaustion.unpricedModel === undefined) {
      this.#refused = { exhaustion, until: this.#parts.clock.now() + refusalMs };
    }
    return { status: 'exhausted', exhaustion };
  }

  async #ask(call: Need, background: Background): Promise<GrantAnswer | AppError> {
    const asking = this.#question(call);
    this.#asking = asking;
    // The answer is also wanted by others when this request's client has gone.
    background(asking.then(() => undefined));
    const answer = await asking;
    if (this.#asking === asking) this.#asking = undefined;
    return answer;
  }

  async #question({ need, unpricedModel }: Need): Promise<GrantAnswer | AppError> {
    const askedAt = this.#parts.clock.now();
    // Whoever asks again soon is busy, and asks for more at once.
    const isBusy = askedAt < this.#askedAt + busyMs;
    this.#ahead = isBusy ? Math.min(mostChunkCalls, this.#ahead * 2) : chunkCalls;
    this.#askedAt = askedAt;
    const asked = ask(this.#holder, need, unpricedModel);
    this.#holder = asked.holder;
    const holderId = this.#name;
    const reply = await this.#parts.ask((workspace) =>
      workspace.extendCallGrant({ ...asked.request, ahead: this.#ahead, holderId }),
    );
    if (!reply.ok) return reply.error;
    const answer = reply.value;
    if (answer.status === 'granted' && this.#name === holderId) {
      this.#holder = receive(this.#holder, asked.request.revision, toGrant(answer.grant, askedAt));
      this.#knownUntil = askedAt + knownMs;
      this.#refused = undefined;
    }
    return answer;
  }

  /** Tells the workspace again and again, until there is nothing left to tell or another request does it. */
  async #keepReporting(reporter: { until: number }): Promise<void> {
    const { clock, pause } = this.#parts;
    for (;;) {
      const { grant } = this.#holder;
      if (grant?.type !== 'limited' || !grant.tight) await pause(reportDelayMs);
      const isLast = clock.now() + reportDelayMs >= reporter.until;
      // From here on the next call that ends finds no reporter, and reports for itself.
      if (isLast) reporter.until = 0;
      const wasTold = await this.#report();
      if (isLast) return;
      if (!this.#hasNews) {
        reporter.until = 0;
        return;
      }
      if (!wasTold || this.#news.isEmpty) await pause(reportDelayMs);
    }
  }

  /** One report. False when the workspace could not be told; it is told the same rows the next time. */
  async #report(): Promise<boolean> {
    const { clock } = this.#parts;
    if (this.#asking !== undefined) await within(this.#asking, maxWaitMs);
    const now = clock.now();
    const { grant } = this.#holder;
    const isResting = isNothing(this.#holder.reserved) && now >= this.#usedAt + idleMs;
    const release = isResting || (grant?.type === 'limited' && grant.tight);
    if (this.#news.isEmpty && this.#unsent === undefined && !this.#holder.changed && !release) return true;
    if (this.#unsent === undefined) {
      if (!this.#news.isEmpty) this.#batch += 1;
      this.#unsent = { batch: this.#batch, ...this.#news.drain() };
    }
    const stated = state(this.#holder, release);
    this.#holder = stated.holder;
    const sent = this.#unsent;
    const report = { ...stated.statement, ...sent, holderId: this.#name };
    const reply = await this.#parts.ask((workspace) => workspace.reportCalls(report));
    if (!reply.ok) {
      this.#holder = { ...this.#holder, changed: true };
      return false;
    }
    if (this.#unsent === sent) this.#unsent = undefined;
    this.#qualityFactors = reply.value.qualityFactors;
    this.#learn(reply.value.limited, now);
    return true;
  }

  /** What a report was answered keeps the knowledge fresh that there are no limits, or ends it. */
  #learn(limited: boolean, askedAt: number): void {
    const { grant } = this.#holder;
    if (!limited && grant?.type !== 'limited') {
      this.#holder = { ...this.#holder, grant: { type: 'unlimited' } };
      this.#knownUntil = Math.max(this.#knownUntil, askedAt + knownMs);
    } else if (limited !== (grant?.type === 'limited')) this.#holder = forgetGrant(this.#holder);
  }
}
