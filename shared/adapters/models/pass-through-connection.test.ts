/** What becomes of the provider's connection after a stream: a server of sockets tells. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { passThrough } from './pass-through.ts';

let server: Server | undefined;

afterEach(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server?.close(() => resolve());
  server?.closeAllConnections();
  await promise;
});

const frames = [
  'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n',
  'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: [DONE]\n\n',
].join('');

interface Provider {
  readonly url: string;
  readonly counts: { connections: number };
  /** The first connection to end. */
  readonly ended: Promise<void>;
}

const start = async (answer: (response: ServerResponse) => void): Promise<Provider> => {
  const counts = { connections: 0 };
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const listening = Promise.withResolvers<void>();
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frames);
    answer(response);
  });
  server.on('connection', (socket) => {
    counts.connections += 1;
    socket.on('close', () => resolve());
  });
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  // SAFETY: a server that listens at a port of TCP.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, counts, ended };
};

const stream = async (url: string): Promise<void> => {
  const account = { apiKey: 'a-key', baseUrl: url };
  const request = { body: '{"stream":true}', stream: true, choices: 1, idempotencyKey: 'req_1' };
  const answer = await passThrough(account, request);
  if (!answer.ok || answer.value.body.type !== 'stream') throw new Error('the answer does not stream');
  let piece = await answer.value.body.next();
  while (piece.type === 'more') piece = await answer.value.body.next();
  expect(piece.type).toBe('end');
};

/** After what was begun before has come to its end. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('the connection of a stream that has come to its end', () => {
  it('serves the next call', async () => {
    const { url, counts } = await start((response) => {
      setTimeout(() => response.end(), 5);
    });
    for (let call = 0; call < 4; call += 1) {
      await stream(url);
      await turn();
    }
    expect(counts.connections).toBe(1);
  });

  it('is closed where the provider leaves it open', async () => {
    const { url, ended } = await start(() => undefined);
    await stream(url);
    await ended;
  });

  it('is closed where the provider goes on after its end', async () => {
    const { url, ended } = await start((response) => {
      setTimeout(() => response.write('data: more\n\n'), 10);
    });
    await stream(url);
    await ended;
  });
});
