/** Attempts to sign in and up, counted before they are tried. */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { countAttempt, throttleLimits, waitMs } from '../../../shared/domain/services/auth/throttle.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AuthStore } from './store.ts';

/** How many different addresses one client may try in a row, and how many tries one address takes from everywhere. */
type Subject = readonly [kind: keyof typeof throttleLimits, name: string];

const subjectsOf = (email: string, client: string | undefined): readonly Subject[] => [
  ['account', `account ${email}`],
  ...(client === undefined
    ? []
    : ([
        ['pair', `pair ${email} ${client}`],
        ['client', `client ${client}`],
      ] as const)),
];

export class AttemptLog {
  readonly #store: AuthStore;

  constructor(store: AuthStore) {
    this.#store = store;
  }

  /** Inside a transaction. Counts one attempt, or says when the next may be made. */
  begin(email: string, client: string | undefined, now: number): Result<null> {
    const subjects = subjectsOf(email, client).map(([kind, name]) => ({ kind, key: hashText(name) }));
    const waits = subjects.map(({ kind, key }) => waitMs(this.#store.attempts(key), throttleLimits[kind], now));
    const longest = Math.max(0, ...waits);
    if (longest > 0) {
      const seconds = Math.ceil(longest / 1_000);
      return err({ type: 'rate.limited', detail: `Too many attempts. Try again in ${seconds} seconds.` });
    }
    for (const { key } of subjects) this.#store.saveAttempts(key, countAttempt(this.#store.attempts(key), now));
    return ok(null);
  }

  /**
   * Inside a transaction. The right password clears what its account and client had, but not what the client did to
   * other accounts: one account of one's own would otherwise be a way to go on guessing.
   */
  succeed(email: string, client: string | undefined): void {
    for (const [kind, name] of subjectsOf(email, client)) {
      if (kind !== 'client') this.#store.removeAttempts(hashText(name));
    }
  }
}
