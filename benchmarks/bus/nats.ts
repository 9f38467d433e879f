/**
 * As much of NATS' client protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol) and of JetStream's API as
 * the comparison needs.
 */
import type { Socket } from 'node:net';
import { measureDeliveries, type Contender } from './load.ts';
import { connectTo, type RunningServer } from './servers.ts';

type Take = (payload: string) => void;

class NatsClient {
  readonly #socket: Socket;
  readonly #takers = new Map<string, Take>();
  #text = '';
  #count = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (part) => this.#read(String(part)));
    socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
  }

  subscribe(subject: string, take: Take): void {
    this.#count += 1;
    const id = String(this.#count);
    this.#takers.set(id, take);
    this.#socket.write(`SUB ${subject} ${id}\r\n`);
  }

  /** Publishes with an inbox to answer to; resolves with the answer. */
  request(subject: string, payload: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#count += 1;
    const id = String(this.#count);
    this.#takers.set(id, (answer) => {
      this.#takers.delete(id);
      resolve(answer);
    });
    const inbox = `_INBOX.${process.pid}.${id}`;
    this.#socket.write(
      `SUB ${inbox} ${id}\r\nUNSUB ${id} 1\r\nPUB ${subject} ${inbox} ${payload.length}\r\n${payload}\r\n`,
    );
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(part: string): void {
    this.#text += part;
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end === -1) return;
      const words = this.#text.slice(0, end).split(' ');
      let rest = end + 2;
      if (words[0] === 'PING') this.#socket.write('PONG\r\n');
      if (words[0] === 'MSG') {
        const length = Number(words.at(-1));
        if (this.#text.length < rest + length + 2) return;
        this.#takers.get(words[2] ?? '')?.(this.#text.slice(rest, rest + length));
        rest += length + 2;
      }
      this.#text = this.#text.slice(rest);
    }
  }
}

const checked = (answer: string): void => {
  if (answer.includes('"error"')) throw new Error(`JetStream answered ${answer}`);
};

/** A stream on disk with 100 consumers. */
export const openNats = async ({ port }: RunningServer): Promise<Contender> => {
  const client = new NatsClient(await connectTo(port));
  const stream = JSON.stringify({ name: 'ORDERS', subjects: ['orders'], storage: 'file', retention: 'limits' });
  checked(await client.request('$JS.API.STREAM.CREATE.ORDERS', stream));
  const publish = async (payload: string): Promise<void> => checked(await client.request('orders', payload));
  return {
    publish,
    deliver: (subscribers, events) =>
      measureDeliveries(subscribers, events, publish, async (told) => {
        for (let index = 0; index < subscribers; index += 1) {
          const subject = `deliver.${index}`;
          client.subscribe(subject, told);
          const config = { deliver_subject: subject, deliver_policy: 'new', ack_policy: 'none' };
          const body = JSON.stringify({ stream_name: 'ORDERS', config });
          checked(await client.request('$JS.API.CONSUMER.CREATE.ORDERS', body));
        }
      }),
    close: async () => client.close(),
  };
};
