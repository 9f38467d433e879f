/** The platform's API as a careful client uses it: the same command again, under the same key, until it is answered. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 120_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export class Client {
  readonly url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.#key = key;
  }

  get authorization(): string {
    return `Bearer ${this.#key}`;
  }

  /** Reads until there is an answer that is not about the platform being away. */
  async read<T>(path: string): Promise<T> {
    const answer = await this.#untilAnswered(() => this.#send('GET', path));
    if (answer.status >= 400) throw new Error(`GET ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    // SAFETY: each caller names the documented answer of its route.
    return answer.body as T;
  }

  /** Sends a command under one idempotency key until it is answered; a lost answer is asked for again. */
  async command(method: 'POST' | 'PUT', path: string, body: object): Promise<Answer> {
    const idempotencyKey = randomUUID();
    return this.#untilAnswered(() => this.#send(method, path, body, idempotencyKey));
  }

  async #untilAnswered(send: () => Promise<Answer>): Promise<Answer> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        const answer = await send();
        if (answer.status < 500 && answer.status !== 429) return answer;
        if (Date.now() > deadline)
          throw new Error(`the platform still answers ${answer.status}: ${JSON.stringify(answer.body)}`);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await sleep(50);
    }
  }

  async #send(method: string, path: string, body?: object, idempotencyKey?: string): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: this.authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }
}
