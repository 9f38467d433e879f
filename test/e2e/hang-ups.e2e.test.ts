/**
 * Clients that leave, by real connections to the running platform: the provider's work ends and the call is settled. The
 * provider is a server of the workspace's own, reached with a key from its vault.
 */
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { request, sendJson } from './client.ts';

const providerKey = 'lab-key-0123456789-abcdef';

interface Asked {
  readonly authorization: string | undefined;
  /** Ends when the gateway has left the connection. */
  readonly left: Promise<void>;
}

const asked = new Map<string, Asked>();

const frame = (model: string): string =>
  `data: ${JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta: { role: 'assistant', content: 'word ' }, finish_reason: null }],
  })}\n\n`;

/** Models whose names begin with `talking` say a word ten times a second, all others nothing; none of them ever ends. */
const upstream: Server = createServer((incoming, response) => {
  const parts: Buffer[] = [];
  incoming.on('data', (part: Buffer) => parts.push(part));
  incoming.on('end', () => {
    const { model } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { readonly model: string };
    const left = new Promise<void>((resolve) => {
      response.once('close', resolve);
    });
    asked.set(model, { authorization: incoming.headers.authorization, left });
    if (!model.startsWith('talking')) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frame(model));
    const talk = setInterval(() => response.write(frame(model)), 100);
    response.once('close', () => clearInterval(talk));
  });
});

let workspaceId: string;

beforeAll(async () => {
  const { hostname, port } = new URL(inject('modelOrigin'));
  await new Promise<void>((resolve) => {
    upstream.listen(Number(port), hostname, resolve);
  });
  const credential = { apiKey: providerKey, baseUrl: `${inject('modelOrigin')}/v1` };
  expect((await sendJson('/api/credentials/custom/lab', credential, 'PUT')).status).toBe(200);
  ({ workspaceId } = (await request('/api/caller')).json as { readonly workspaceId: string });
});

afterAll(async () => {
  await request('/api/credentials/custom/lab', { method: 'DELETE' });
  upstream.closeAllConnections();
  upstream.close();
});

const messages = [{ role: 'user', content: 'Hello' }];
const wires = {
  chat: ['/v1/chat/completions', { messages, max_tokens: 50 }],
  responses: ['/v1/responses', { input: 'Hello', store: false, max_output_tokens: 50 }],
  messages: ['/v1/messages', { messages, max_tokens: 50 }],
} as const;

type Leave = 'close' | 'reset';

/** Asks over a connection of its own and leaves it when the provider was asked, and has said something if it talks. */
const askAndLeave = async (wire: keyof typeof wires, name: string, stream: boolean, leave: Leave): Promise<void> => {
  const [path, rest] = wires[wire];
  const body = JSON.stringify({ ...rest, model: `custom/${name}`, stream });
  const { hostname, port, host } = new URL(inject('url'));
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (part: Buffer) => (received += part.toString('utf8')));
  const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${inject('apiKey')}`];
  const length = `content-length: ${Buffer.byteLength(body)}`;
  socket.write(`${[...head, 'content-type: application/json', length].join('\r\n')}\r\n\r\n${body}`);
  await vi.waitFor(
    () => {
      expect(asked.has(name)).toBe(true);
      if (stream && name.startsWith('talking')) expect(received).toContain('word');
    },
    { timeout: 30_000, interval: 50 },
  );
  if (leave === 'reset') socket.resetAndDestroy();
  else socket.destroy();
};

interface Usage {
  readonly models: readonly { readonly model: string; readonly cancelled: number; readonly estimated: number }[];
}

const cases: readonly (readonly [what: string, kind: string, stream: boolean, leave: Leave])[] = [
  ['a stream that flows, left by closing', 'talking-closed', true, 'close'],
  ['a stream that flows, left by a reset', 'talking-reset', true, 'reset'],
  ['a stream that has not begun, left by a reset', 'silent-stream', true, 'reset'],
  ['a whole answer, left by a reset', 'silent-whole', false, 'reset'],
];

describe('a client that leaves', () => {
  it.each(cases)('ends the provider’s work, and the call is settled: %s', async (_what, kind, stream, leave) => {
    const names = ['chat', 'responses', 'messages'] as const;
    await Promise.all(
      names.map(async (wire) => {
        const name = `${kind}-${wire}`;
        await askAndLeave(wire, name, stream, leave);
        await asked.get(name)?.left;
        expect(asked.get(name)?.authorization).toBe(`Bearer ${providerKey}`);
        await vi.waitFor(
          async () => {
            const usage = (await request(`/api/workspaces/${workspaceId}/usage`)).json as Usage;
            const row = usage.models.find(({ model }) => model === `custom/${name}`);
            expect(row).toMatchObject({ cancelled: 1, estimated: 1 });
          },
          { timeout: 30_000, interval: 200 },
        );
      }),
    );
  });
});
