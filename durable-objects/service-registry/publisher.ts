/**
 * Tells readers what the registry knows. One write at a time: whoever waits for a change to be visible waits for the next
 * write that begins after it, which many share, so that a burst of changes is few writes.
 */

export class Publisher {
  readonly #write: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when a write that began no earlier than this call has ended; rejects when it failed. */
  publish(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  #start(): Promise<void> {
    const running = this.#write().finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #after(running: Promise<void>): Promise<void> {
    try {
      await running;
    } catch {
      // Told to those who waited for it; this one waits for the next.
    }
    this.#next = undefined;
    await this.#start();
  }
}
