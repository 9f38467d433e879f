/**
 * Two of these talk to each other: what one publishes is an event, a count in its own table and an outbox entry, in one
 * transaction; what the other receives is deduplicated by its inbox and answered as often as the message asks.
 */

import { type Aggregate, EventStore, ManagedObject, statement } from '../index.ts';

export interface Letter {
  readonly text: string;
  /** How often it goes on to the other side. */
  readonly hops: number;
}

type PeerEvent = { readonly type: 'published' | 'applied' } & Letter;

export interface PeerState {
  readonly published: readonly string[];
  readonly applied: readonly string[];
}

const aggregate: Aggregate<PeerState, PeerEvent> = {
  initial: { published: [], applied: [] },
  stateVersion: 1,
  eventTypes: { published: true, applied: true },
  evolve: (state, { type, text }) => ({ ...state, [type]: [...state[type], text] }),
};

const migrations = [
  {
    id: 1,
    name: 'tally',
    up: `CREATE TABLE tally (id INTEGER PRIMARY KEY CHECK (id = 1), published INTEGER NOT NULL) STRICT;
         INSERT INTO tally (id, published) VALUES (1, 0)`,
  },
];

const countPublished = statement`UPDATE tally SET published = published + 1`;
const selectTally = statement<[], { published: number }>`SELECT published FROM tally`;

interface PeerEnvironment {
  readonly PEER: DurableObjectNamespace<Peer>;
}

export class Peer extends ManagedObject<PeerEnvironment> {
  readonly store = new EventStore(this.storage, aggregate, { snapshotEvery: 7 });

  constructor(ctx: DurableObjectState, env: PeerEnvironment) {
    super(ctx, env, { migrations });
    this.outbox.on('letter', async (payload, { deliveryId }) => {
      // SAFETY: enqueued by `#publish` alone.
      await env.PEER.getByName(this.#other()).receive(deliveryId, payload as Letter);
    });
  }

  /** Publishes letters, once for each command. */
  publish(commandId: string, letters: readonly Letter[]): void {
    this.transact(() => {
      const taken = this.inbox.once(commandId, letters, this.now(), () => {
        for (const letter of letters) this.#publish(letter);
      });
      if (!taken.ok) throw new Error(taken.error.detail);
    });
  }

  /** Publishes and is stopped in the same turn, before anything of it can be on disk. */
  publishAndDie(commandId: string, letters: readonly Letter[]): void {
    this.publish(commandId, letters);
    this.ctx.abort('the test stops it');
  }

  receive(deliveryId: string, letter: Letter): void {
    this.transact(() => {
      const taken = this.inbox.once(deliveryId, letter, this.now(), () => {
        this.store.append([{ type: 'applied', ...letter }], this.now());
        if (letter.hops > 0) this.#publish({ text: `${letter.text}'`, hops: letter.hops - 1 });
      });
      if (!taken.ok) throw new Error(taken.error.detail);
    });
  }

  /** Everything there is to compare: state, count, log and what is still on its way. */
  account(): PeerState & { readonly tally: number; readonly sequences: readonly number[]; readonly pending: number } {
    const sequences = this.store.read({ after: 0, limit: 10_000 }).map(({ sequence }) => sequence);
    const tally = this.storage.first(selectTally)?.published ?? -1;
    return { ...this.store.state, tally, sequences, pending: this.outbox.pending() };
  }

  #publish(letter: Letter): void {
    this.store.append([{ type: 'published', ...letter }], this.now());
    this.storage.run(countPublished);
    this.outbox.enqueue({ lane: 'other', kind: 'letter', payload: letter });
  }

  /** `a:<name>` and `b:<name>` are each other's. */
  #other(): string {
    const name = this.ctx.id.name ?? '';
    return `${name.startsWith('a') ? 'b' : 'a'}${name.slice(1)}`;
  }
}
