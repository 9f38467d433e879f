/** A notebook as a managed object: its log, its state, its life and its copies come from the base class. */
import { EventStore, ManagedObject, type Aggregate } from '../../durable-objects/platform/index.ts';
import type { Result } from '../../shared/errors/result.ts';

type NotebookEvent =
  | { readonly type: 'note.written'; readonly title: string; readonly text: string }
  | { readonly type: 'note.erased'; readonly title: string };

export type Notes = Readonly<Record<string, string>>;

const notebook: Aggregate<Notes, NotebookEvent> = {
  initial: {},
  stateVersion: 1,
  eventTypes: { 'note.written': true, 'note.erased': true },
  evolve: (notes, event) =>
    event.type === 'note.written'
      ? { ...notes, [event.title]: event.text }
      : Object.fromEntries(Object.entries(notes).filter(([title]) => title !== event.title)),
  // Everything it ever does is in its state, so every version can be restored.
  restoreOver: () => undefined,
};

export class Notebook extends ManagedObject {
  readonly #events = new EventStore(this.storage, notebook);

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, { migrations: [] });
  }

  /** Takes a message; given twice it is taken once. Without a text the note is erased. */
  async receive(message: { readonly messageId: string; readonly title: string; readonly text?: string }) {
    const { messageId, title, text } = message;
    const event: NotebookEvent =
      text === undefined ? { type: 'note.erased', title } : { type: 'note.written', title, text };
    return this.transact((): Result<Notes> => this.inbox.once(messageId, message, this.now(), () => {
      this.#events.append([event], this.now());
      return this.#events.state;
    }));
  }
}
