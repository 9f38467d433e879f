/**
 * When a service counts as hung. Pure: the watchdog asks once per tick and tells what it saw.
 *
 * Ticks that came late say more about the machine than about the service (a laptop that slept, a starved process),
 * so a late tick starts the count again instead of adding to it.
 */

export interface HealthState {
  /** Ticks in a row without an answer. */
  readonly missed: number;
}

export interface HealthPolicy {
  readonly tickMs: number;
  /** Missed ticks in a row after which the service is hung. */
  readonly missesAllowed: number;
}

export const healthPolicy: HealthPolicy = { tickMs: 1_000, missesAllowed: 5 };

export const healthy: HealthState = { missed: 0 };

/** The state after one tick, and whether the service is to be killed and started again. */
export const observe = (
  state: HealthState,
  tick: { readonly answered: boolean; readonly sinceLastTickMs: number },
  policy: HealthPolicy = healthPolicy,
): { readonly state: HealthState; readonly hung: boolean } => {
  if (tick.answered || tick.sinceLastTickMs > policy.tickMs * 2) return { state: healthy, hung: false };
  const missed = state.missed + 1;
  return missed >= policy.missesAllowed ? { state: healthy, hung: true } : { state: { missed }, hung: false };
};

/** How long to wait before the n-th start in a row of a service that keeps dying (n from 1), in milliseconds. */
export const restartDelayMs = (failuresInARow: number): number =>
  failuresInARow <= 1 ? 0 : Math.min(10_000, 250 * 2 ** (failuresInARow - 2));
