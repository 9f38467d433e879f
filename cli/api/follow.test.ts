import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { followEvents, type FollowItem } from './follow.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const listen = (handlers: readonly Handler[]): Promise<{ connection: Connection; urls: readonly string[] }> =>
  new Promise((resolve) => {
    const urls: string[] = [];
    const started = createServer((request, response) => {
      const handler = handlers[Math.min(urls.length, handlers.length - 1)];
      urls.push(request.url ?? '');
      handler?.(request, response);
    });
    server = started;
    started.listen(0, '127.0.0.1', () => {
      const address = started.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ connection: { url: `http://127.0.0.1:${port}`, key: 'k' }, urls });
    });
  });

const frame = (sequence: number): string =>
  `id: ${sequence}\ndata: ${JSON.stringify({ sequence, recordedAt: 1, event: { type: 'project.paused' } })}\n\n`;

const stream = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text);
};

const take = async (connection: Connection, count: number): Promise<readonly FollowItem[]> => {
  const controller = new AbortController();
  const items: FollowItem[] = [];
  for await (const item of followEvents(connection, 'prj_1', { after: 0, signal: controller.signal })) {
    items.push(item);
    if (items.length >= count) controller.abort();
  }
  return items;
};

describe('followEvents', () => {
  it('takes a broken stream up after the last event', async () => {
    const { connection, urls } = await listen([
      (_request, response) => {
        stream(response, `${frame(1)}${frame(2)}id: 3\ndata: {"seq`);
        setImmediate(() => response.destroy());
      },
      (_request, response) => stream(response, `${frame(3)}event: caught_up\ndata: {"sequence":3}\n\n`),
    ]);
    const items = await take(connection, 4);
    expect(items.map((item) => (item.type === 'event' ? item.stored.sequence : item.type))).toEqual([
      1,
      2,
      3,
      'caught_up',
    ]);
    expect(urls).toEqual(['/api/projects/prj_1/events?after=0', '/api/projects/prj_1/events?after=2']);
  });

  it('drops what comes twice, and fetches what a connection left out, events and end alike', async () => {
    const { connection, urls } = await listen([
      (_request, response) => stream(response, `${frame(1)}${frame(1)}${frame(2)}${frame(5)}`),
      (_request, response) => stream(response, `${frame(2)}${frame(3)}event: caught_up\ndata: {"sequence":5}\n\n`),
      (_request, response) => stream(response, `${frame(4)}${frame(5)}event: caught_up\ndata: {"sequence":5}\n\n`),
    ]);
    const items = await take(connection, 6);
    expect(items.map((item) => (item.type === 'event' ? item.stored.sequence : item))).toEqual([
      1,
      2,
      3,
      4,
      5,
      { type: 'caught_up', sequence: 5 },
    ]);
    expect(urls.map((url) => url.split('after=')[1])).toEqual(['0', '2', '3']);
  });

  it('says which events are no longer kept', async () => {
    const { connection } = await listen([
      (_request, response) => {
        const problem = { code: 'cursor.gone', detail: 'The oldest is 31.', oldestSequence: 31 };
        response.writeHead(410).end(JSON.stringify(problem));
      },
    ]);
    await expect(take(connection, 1)).rejects.toMatchObject({
      exitCode: exitCodes.notFound,
      message: 'The oldest is 31.',
    });
  });

  it('comes back while the platform restarts', async () => {
    const { connection } = await listen([
      (_request, response) => response.writeHead(503).end(),
      (_request, response) => stream(response, frame(1)),
    ]);
    expect(await take(connection, 1)).toHaveLength(1);
  });

  it('gives up at once where coming back cannot help', async () => {
    const { connection } = await listen([
      (_request, response) => response.writeHead(404).end(JSON.stringify({ code: 'resource.not_found', detail: 'no' })),
    ]);
    await expect(take(connection, 1)).rejects.toMatchObject({ exitCode: exitCodes.notFound, message: 'no' });
  });
});
