/** An object's event socket, read frame by frame. What is not asked for stays with the object, but for one window. */
import { creditWindowEvents, serverFrameSchema, type ServerFrame } from '../../shared/protocol/socket-frames.ts';
import type { EventFrames } from './services.ts';

/** The frame in a message; undefined for what is none. */
export const parseFrame = (data: unknown): ServerFrame | undefined =>
  typeof data === 'string' ? serverFrameSchema.safeParse(JSON.parse(data)).data : undefined;

export class SocketFrames implements EventFrames {
  readonly #socket: WebSocket;
  readonly #arrived: ServerFrame[] = [];
  #acknowledged: number;
  #isOpen = true;
  /** Wakes the one who waits. */
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket, after: number) {
    this.#socket = socket;
    this.#acknowledged = after;
    socket.addEventListener('message', ({ data }) => {
      const frame = parseFrame(data);
      if (frame !== undefined) this.#arrived.push(frame);
      this.#wake();
    });
    const end = (): void => {
      this.#isOpen = false;
      this.#wake();
    };
    socket.addEventListener('close', end);
    socket.addEventListener('error', end);
    socket.accept();
  }

  async next(withinMs: number): Promise<ServerFrame | { readonly type: 'waiting' | 'closed' }> {
    if (this.#arrived.length === 0 && this.#isOpen) await this.#wait(withinMs);
    const frame = this.#arrived.shift();
    if (frame === undefined) return { type: this.#isOpen ? 'waiting' : 'closed' };
    if (frame.type === 'event') this.#acknowledge(frame.sequence);
    return frame;
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.close(1000, 'the reader left');
  }

  async #wait(withinMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
  }

  #acknowledge(sequence: number): void {
    if (!this.#isOpen || sequence - this.#acknowledged < creditWindowEvents / 2) return;
    this.#acknowledged = sequence;
    this.#socket.send(JSON.stringify({ type: 'ack', sequence }));
  }
}
