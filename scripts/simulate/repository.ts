/** The repository of a simulation: branches with fencing tokens and commits. Mirrors the rules of `durable-objects/repository`. */
import { decideFence } from '../../shared/domain/engine/decide-fence.ts';
import { SimulatedObject } from './object.ts';
import type { Simulation } from './simulation.ts';
import { EventLog, type KeptLog } from './store.ts';

export type RepositoryEvent =
  | { readonly type: 'created' }
  | { readonly type: 'fenced'; readonly fencingToken: number }
  | { readonly type: 'opened' | 'written' | 'committed'; readonly branch: string; readonly fencingToken: number }
  | { readonly type: 'merged'; readonly branch: string; readonly commit: string };

interface Branch {
  readonly fencingToken: number;
  readonly commit?: string;
}

interface RepositoryState {
  readonly head: string;
  /** The lowest fencing token that any branch takes. */
  readonly lowestToken: number;
  readonly branches: Readonly<Record<string, Branch>>;
}

const evolve = (state: RepositoryState, event: RepositoryEvent, at: number): RepositoryState => {
  switch (event.type) {
    case 'created':
      return { ...state, head: 'commit-0' };
    case 'merged':
      return { ...state, head: event.commit };
    case 'fenced':
      return { ...state, lowestToken: Math.max(state.lowestToken, event.fencingToken) };
    default: {
      const known = state.branches[event.branch];
      const fencingToken = Math.max(known?.fencingToken ?? 0, event.fencingToken);
      const commit = event.type === 'committed' ? `commit-${event.branch}-${at}` : known?.commit;
      const branch: Branch = { fencingToken, ...(commit === undefined ? {} : { commit }) };
      return { ...state, branches: { ...state.branches, [event.branch]: branch } };
    }
  }
};

/** `stale`: the lease passed on to somebody else. */
export type WriteAnswer =
  | { readonly ok: true; readonly commit: string }
  | { readonly ok: false; readonly reason: 'stale' };

export class Repository extends SimulatedObject {
  readonly log: EventLog<RepositoryState, RepositoryEvent>;

  constructor(simulation: Simulation) {
    super('repository', simulation);
    this.log = new EventLog(this.store, { head: '', lowestToken: 0, branches: {} }, evolve);
  }

  protected override wire(): void {}

  protected override copyOwn(): KeptLog<RepositoryState, RepositoryEvent> {
    return this.log.copy();
  }

  protected override beginWithOwn(own: unknown): void {
    // SAFETY: the own part of a repository's disk.
    this.log.beginWith(own as KeptLog<RepositoryState, RepositoryEvent>);
  }

  create(commandId: string): string {
    return this.once(commandId, () => {
      if (this.log.state.head === '') this.log.append({ type: 'created' }, this.simulation.now);
      return this.log.state.head;
    });
  }

  /** Opens, writes or commits; refused for a holder with a token lower than one the branch has seen. */
  change(
    commandId: string,
    type: 'opened' | 'written' | 'committed',
    branch: string,
    fencingToken: number,
  ): WriteAnswer {
    return this.once(commandId, () => {
      const { branches, lowestToken } = this.log.state;
      const seen = Math.max(lowestToken, branches[branch]?.fencingToken ?? 0);
      const fence = this.simulation.isMutated('no-fence') ? 'pass' : decideFence(seen, fencingToken);
      this.simulation.trace(this.name, () => `${type} ${branch} with token ${fencingToken} (seen ${seen}): ${fence}`);
      if (fence === 'refuse') return { ok: false, reason: 'stale' };
      this.log.append({ type, branch, fencingToken }, this.simulation.now);
      return { ok: true, commit: this.log.state.branches[branch]?.commit ?? '' };
    });
  }

  fenceOff(commandId: string, fencingToken: number): null {
    return this.once(commandId, () => {
      this.log.append({ type: 'fenced', fencingToken }, this.simulation.now);
      return null;
    });
  }

  merge(commandId: string, branch: string): string {
    return this.once(commandId, () => {
      const commit = `merge-${this.log.sequence}`;
      this.log.append({ type: 'merged', branch, commit }, this.simulation.now);
      return commit;
    });
  }

  head(): string {
    return this.log.state.head;
  }
}
