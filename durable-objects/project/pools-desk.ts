/** The project's desk for pools: how many agents of a role there are at a time. */
import { decideSetPools, viewPools } from '../../shared/domain/project/pools.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { PoolView, ProjectPoolsRpc } from '../../shared/rpc/project-pools.ts';
import { attachSeats, type SeatsParts } from './seats.ts';

const notFound: AppError = { type: 'resource.not_found', detail: 'There is no such project.' };

export interface PoolsDeskParts extends SeatsParts {
  readonly now: () => number;
  /** Does a command once; a repeat gets the first answer. */
  readonly once: <T>(commandId: string, body: unknown, handle: () => Result<T>) => Result<T>;
}

export class PoolsDesk {
  readonly #parts: PoolsDeskParts;

  constructor(parts: PoolsDeskParts) {
    this.#parts = parts;
    attachSeats(parts);
  }

  view(): Result<readonly PoolView[]> {
    const { engine, now } = this.#parts;
    return engine.state.identity === undefined ? err(notFound) : ok(viewPools(engine.state, now()));
  }

  set({ commandId, pools, by }: Parameters<ProjectPoolsRpc['setPools']>[0]): Result<readonly PoolView[]> {
    const { engine, once } = this.#parts;
    return once(commandId, { pools, by }, () => {
      if (engine.state.identity === undefined) return err(notFound);
      const events = decideSetPools(engine.state, pools, by);
      if (!events.ok) return events;
      engine.apply(() => events.value);
      return this.view();
    });
  }
}
