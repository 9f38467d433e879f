/** Clients that follow a project live, one by server-sent events and one by WebSocket, and check that nothing is missing. */
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { createSseParser } from '../../cli/api/sse.ts';
import type { Client } from './client.ts';

export interface Followed {
  /** Sequences that came out of order or not at all. */
  readonly gaps: number;
  /** Events that came again after a reconnection; they must be dropped, and are no fault. */
  readonly repeats: number;
  readonly last: number;
  readonly reconnections: number;
}

interface Received {
  readonly sequence: number;
  readonly recordedAt: number;
}

/** Counts what a stream of sequences says: the next one, one seen before, or a gap. */
class Continuity {
  gaps = 0;
  repeats = 0;
  last = 0;
  connections = 0;

  take(sequence: number): void {
    if (sequence <= this.last) this.repeats += 1;
    else if (sequence > this.last + 1) this.gaps += sequence - this.last - 1;
    this.last = Math.max(this.last, sequence);
  }

  get summary(): Followed {
    return {
      gaps: this.gaps,
      repeats: this.repeats,
      last: this.last,
      reconnections: Math.max(0, this.connections - 1),
    };
  }
}

export class Follower {
  readonly #client: Client;
  readonly #projectId: string;
  readonly #onEvent: (received: Received) => void;
  readonly #stop = new AbortController();
  readonly #sse = new Continuity();
  readonly #socket = new Continuity();
  readonly #running: Promise<unknown>;

  constructor(client: Client, projectId: string, onEvent: (received: Received) => void) {
    this.#client = client;
    this.#projectId = projectId;
    this.#onEvent = onEvent;
    this.#running = Promise.all([this.#again(() => this.#followEvents()), this.#again(() => this.#followSocket())]);
  }

  /** Waits until both have come to this sequence, or the time is over; then leaves. */
  async finish(sequence: number, timeoutMs: number): Promise<{ readonly sse: Followed; readonly socket: Followed }> {
    const deadline = Date.now() + timeoutMs;
    while ((this.#sse.last < sequence || this.#socket.last < sequence) && Date.now() < deadline) await sleep(50);
    this.#stop.abort();
    await this.#running;
    return { sse: this.#sse.summary, socket: this.#socket.summary };
  }

  async #again(connect: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await connect();
      } catch {
        // The platform is away: come back after the last event.
      }
      if (!this.#stop.signal.aborted) await sleep(60);
    }
  }

  async #followEvents(): Promise<void> {
    const continuity = this.#sse;
    const response = await fetch(`${this.#client.url}/api/projects/${this.#projectId}/events`, {
      headers: {
        authorization: this.#client.authorization,
        accept: 'text/event-stream',
        'last-event-id': String(continuity.last),
      },
      signal: this.#stop.signal,
    });
    if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
    continuity.connections += 1;
    const parser = createSseParser();
    const decoder = new TextDecoder();
    for await (const bytes of response.body) {
      for (const sent of parser.push(decoder.decode(bytes, { stream: true }))) {
        if (sent.name !== 'message') continue;
        // SAFETY: what the gateway writes for each event; see its server-sent events.
        const received = JSON.parse(sent.data) as Received;
        continuity.take(received.sequence);
        this.#onEvent(received);
      }
    }
  }

  #followSocket(): Promise<void> {
    const continuity = this.#socket;
    const address = `${this.#client.url.replace('http', 'ws')}/api/projects/${this.#projectId}/ws?after=${continuity.last}`;
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address, { headers: { authorization: this.#client.authorization } });
      const leave = (): void => socket.close(1000);
      this.#stop.signal.addEventListener('abort', leave, { once: true });
      socket.on('open', () => {
        continuity.connections += 1;
      });
      socket.on('message', (data) => {
        // SAFETY: the frames of shared/protocol/socket-frames.ts.
        const frame = JSON.parse((data as Buffer).toString()) as { readonly type: string; readonly sequence: number };
        if (frame.type !== 'event') return;
        continuity.take(frame.sequence);
        if (frame.sequence % 64 === 0) socket.send(JSON.stringify({ type: 'ack', sequence: frame.sequence }));
      });
      socket.on('error', reject);
      socket.on('close', () => {
        this.#stop.signal.removeEventListener('abort', leave);
        resolve();
      });
    });
  }
}
