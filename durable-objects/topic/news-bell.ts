/** Wakes pulls that wait for events. Holds nothing that could be lost: who wakes looks for itself. */
export class NewsBell {
  #heard = Promise.withResolvers<void>();

  /** The next ring, to be taken before one looks whether there is something: a ring in between is not missed. */
  next(): Promise<void> {
    return this.#heard.promise;
  }

  ring(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers<void>();
  }

  /** Until that ring, or for so long. */
  async wait(ring: Promise<void>, timeoutMs: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timeout = setTimeout(() => late.resolve(), timeoutMs);
    try {
      await Promise.race([ring, late.promise]);
    } finally {
      clearTimeout(timeout);
    }
  }
}
