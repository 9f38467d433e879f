/**
 * Leases: an instance that may vanish promises to be heard of within its lease, and proves with a token that it is the
 * one that was registered. Times are milliseconds of the registry's clock.
 */
import type { ServiceAddress } from './service.ts';

export interface Lease extends ServiceAddress {
  readonly seconds: number;
  readonly expiresAt: number;
}

/** How late the registry may look before it takes itself, and not its services, for the one who was away. */
const outageMs = 10_000;

/** How long heartbeats may wait before the snapshot tells of them: readers see two thirds of each lease at least. */
export const heartbeatDelayMs = (leaseSeconds: number): number => Math.floor((leaseSeconds * 1_000) / 3);

/** The end of a lease that begins now. */
export const leaseEnd = (seconds: number, now: number): number => now + seconds * 1_000;

export interface Expiry<Held extends Lease> {
  readonly expired: readonly Held[];
  /** Given one more lease, because nobody could be heard while the registry was away. */
  readonly extended: readonly Held[];
}

/**
 * What becomes of leases at a time.
 * @param plannedAt when the registry meant to look; much later means that it was down, and heartbeats were lost with it.
 */
export const decideExpiry = <Held extends Lease>(
  leases: readonly Held[],
  now: number,
  plannedAt: number,
): Expiry<Held> => {
  const ended = leases.filter(({ expiresAt }) => expiresAt <= now);
  if (now - plannedAt <= outageMs) return { expired: ended, extended: [] };
  return { expired: [], extended: ended.map((lease) => ({ ...lease, expiresAt: leaseEnd(lease.seconds, now) })) };
};

/** Equal in a time that does not tell how much of the texts is equal. */
export const isSameToken = (given: string, held: string): boolean => {
  let difference = given.length ^ held.length;
  for (let index = 0; index < held.length; index += 1) {
    difference |= held.charCodeAt(index) ^ (given.charCodeAt(index) || 0);
  }
  return difference === 0;
};
