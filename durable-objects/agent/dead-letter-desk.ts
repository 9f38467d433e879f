/**
 * The agent's dead letters: shown, replayed, and their number told to the project. Told outside of the outbox, because
 * the outbox may be what failed.
 */
import type { AgentId } from '../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { DeadLetterView } from '../../shared/rpc/dead-letters.ts';
import { DeadLetters, type Outbox, type Timers } from '../platform/index.ts';

const timerName = 'dead_letters';

export interface DeadLetterDeskParts {
  readonly outbox: Outbox;
  readonly timers: Timers;
  readonly now: () => number;
  /** Undefined before the agent was enrolled. */
  readonly agentId: () => AgentId | undefined;
  /** Tells the project how many there are. */
  readonly tell: (depth: number) => Promise<void>;
}

export class DeadLetterDesk {
  readonly #parts: DeadLetterDeskParts;
  readonly #letters: DeadLetters;

  constructor(parts: DeadLetterDeskParts) {
    this.#parts = parts;
    this.#letters = new DeadLetters(parts);
    parts.timers.on(
      timerName,
      async () => {
        if (parts.agentId() !== undefined) await parts.tell(this.#letters.list().length);
      },
      { attempts: Number.POSITIVE_INFINITY },
    );
  }

  /** The number has changed, or may have while nobody looked. */
  changed(): void {
    this.#parts.timers.ensure({ name: timerName, dueAt: this.#parts.now() });
  }

  /** When the object is loaded: letters may have been parked by its recovery, which tells nobody. */
  activate(): void {
    if (this.#parts.agentId() !== undefined && this.#letters.list().length > 0) this.changed();
  }

  list(): readonly DeadLetterView[] {
    const agentId = this.#parts.agentId() ?? '';
    return this.#letters
      .list()
      .map(({ id, ...letter }) => ({ ...letter, letterId: `${agentId}-${id}`, object: `agent:${agentId}` }));
  }

  /** Inside a transaction. */
  replay(letterId: string): Result<{ readonly replayed: true }> {
    const prefix = `${this.#parts.agentId() ?? ''}-`;
    if (!letterId.startsWith(prefix) || !this.#letters.replay(letterId.slice(prefix.length))) {
      return err({ type: 'resource.not_found', detail: 'There is no such dead letter; it may have been replayed.' });
    }
    this.changed();
    return ok({ replayed: true });
  }
}
