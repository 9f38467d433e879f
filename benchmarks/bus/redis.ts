/**
 * As much of Redis' protocol (https://redis.io/docs/latest/develop/reference/protocol-spec/) as the comparison of streams
 * needs: commands out; of answers only where each ends.
 */
import type { Socket } from 'node:net';
import { measureDeliveries, type Contender } from './load.ts';
import { connectTo, type RunningServer } from './servers.ts';

/** The position after the value that begins at `from`; -1 when it has not all come. @throws Error of the server. */
const endOfValue = (text: string, from: number): number => {
  const end = text.indexOf('\r\n', from);
  if (end === -1) return -1;
  const count = Number(text.slice(from + 1, end));
  switch (text[from]) {
    case '-':
      throw new Error(`Redis answered ${text.slice(from + 1, end)}`);
    case '$': {
      const last = count < 0 ? end + 2 : end + 2 + count + 2;
      return last > text.length ? -1 : last;
    }
    case '*': {
      let position = end + 2;
      for (let entry = 0; entry < count && position !== -1; entry += 1) position = endOfValue(text, position);
      return position;
    }
    default:
      return end + 2;
  }
};

class RedisClient {
  readonly #socket: Socket;
  readonly #waiting: (() => void)[] = [];
  #text = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (part) => {
      this.#text += String(part);
      for (let end = endOfValue(this.#text, 0); this.#text !== '' && end !== -1; end = endOfValue(this.#text, 0)) {
        this.#text = this.#text.slice(end);
        this.#waiting.shift()?.();
      }
    });
  }

  /** Resolves when the server has answered. */
  send(...words: readonly string[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.#socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A stream, followed by clients of their own that block for what is new, as Redis has it. */
export const openRedis = async ({ port }: RunningServer): Promise<Contender> => {
  const clients: RedisClient[] = [];
  const open = async (): Promise<RedisClient> => {
    const client = new RedisClient(await connectTo(port));
    clients.push(client);
    return client;
  };
  const publisher = await open();
  const publish = (payload: string): Promise<void> => publisher.send('XADD', 'orders', '*', 'data', payload);
  let ended = false;
  const follow = async (told: () => void): Promise<void> => {
    const client = await open();
    // It asks again only after it was answered, which events one after the other allow.
    const readAll = async (): Promise<void> => {
      for (;;) {
        await client.send('XREAD', 'BLOCK', '0', 'STREAMS', 'orders', '$');
        if (ended) return;
        told();
      }
    };
    void readAll();
  };
  return {
    publish,
    deliver: async (subscribers, events) =>
      await measureDeliveries(subscribers, events, publish, async (told) => {
        for (let index = 0; index < subscribers; index += 1) await follow(told);
      }),
    close: async () => {
      ended = true;
      for (const client of clients) client.close();
    },
  };
};
