/** Requests to a service outside, while it is upgraded under load, and over a WebSocket. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { request, sendJson } from './client.ts';

const root = join(import.meta.dirname, '../..');

/** What each path of the service outside does; a path is an instance. */
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
const handlers = new Map<string, Handler>();
const sockets = new WebSocketServer({ noServer: true });

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('/')[1] ?? '';

beforeAll(async () => {
  server = createServer((incoming, response) => {
    const handler = handlers.get(pathOf(incoming));
    if (handler !== undefined) return handler(incoming, response);
    response.statusCode = 404;
    response.end();
  });
  server.on('upgrade', (incoming, socket, head) => {
    sockets.handleUpgrade(incoming, socket, head, (opened) => sockets.emit('connection', opened, incoming));
  });
  server.listen(Number(new URL(inject('routedOrigin')).port), '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
});

const register = async (name: string, instance: string, version: string, weight: number): Promise<void> => {
  const metadata = { version, weight };
  const endpoints = [{ kind: 'http', url: `${inject('routedOrigin')}/${name}-${instance}` }];
  const answer = await sendJson('/api/services', { name, instance, metadata, endpoints });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
};

const runCli = async (...args: string[]): Promise<{ readonly exitCode: number; readonly output: string }> => {
  const env = { ...process.env, AIDEVOS_URL: inject('url'), AIDEVOS_KEY: inject('apiKey') };
  const child = spawn(process.execPath, [join(root, 'cli/bin.mjs'), 'services', ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { exitCode: code ?? 1, output };
};

interface Load {
  readonly failed: readonly number[];
  readonly count: number;
  readonly byInstance: ReadonlyMap<string, number>;
}

let loading: { stop: () => Promise<Load> } | undefined;

afterEach(async () => {
  await loading?.stop();
  loading = undefined;
});

/** Four callers, each with its next request as soon as it has an answer. */
const startLoad = (name: string): { stop: () => Promise<Load> } => {
  let isOver = false;
  const failed: number[] = [];
  const byInstance = new Map<string, number>();
  let count = 0;
  const call = async (): Promise<void> => {
    while (!isOver) {
      const { status, headers } = await request(`/api/services/${name}/`);
      count += 1;
      if (status !== 200) failed.push(status);
      const instance = headers.get('x-aidevos-instance') ?? 'nobody';
      byInstance.set(instance, (byInstance.get(instance) ?? 0) + 1);
    }
  };
  const callers = Array.from({ length: 4 }, call);
  const stop = async (): Promise<Load> => {
    isOver = true;
    await Promise.all(callers);
    return { failed, count, byInstance };
  };
  return { stop };
};

const weightsOf = async (name: string): Promise<unknown> => {
  const { json } = await request(`/api/services/${name}`);
  const { services } = json as { readonly services: readonly { metadata: { weight: number } }[] };
  return services.map(({ metadata }) => metadata.weight);
};

const ok: Handler = (_request, response) => void response.end('fine');

describe('a rolling upgrade under load', () => {
  it('of a good version goes through with no failed request, and what the old one still answers ends well', async () => {
    let release = (): void => undefined;
    handlers.set('good-old', (incoming, response) => {
      if (incoming.url?.endsWith('/hold') === true) release = () => void response.end('held');
      else response.end('fine');
    });
    handlers.set('good-new', ok);
    await register('good', 'old', '1.0.0', 100);
    await register('good', 'new', '2.0.0', 0);
    const held = request('/api/services/good/hold', { headers: { 'x-aidevos-timeout-ms': '120000' } });
    loading = startLoad('good');
    const upgraded = await runCli(
      'upgrade',
      'good',
      '--to',
      '2.0.0',
      '--steps',
      '10,50,100',
      '--requests',
      '20',
      '--watch',
    );
    expect([upgraded.exitCode, upgraded.output]).toEqual([
      0,
      expect.stringContaining('completed, every step was passed'),
    ]);
    const { failed, byInstance } = await loading.stop();
    expect(failed).toEqual([]);
    expect(byInstance.get('good/new')).toBeGreaterThan(60);
    expect(await weightsOf('good')).toEqual([100, 0]);
    release();
    expect(await held).toMatchObject({ status: 200, text: 'held' });
    const shown = await runCli('upgrades');
    expect(shown.output).toMatch(/good +1\.0\.0 +2\.0\.0 +completed/);
  });

  it('of a version that fails in three of ten is stopped by itself at its first step', async () => {
    let asked = 0;
    handlers.set('bad-old', ok);
    handlers.set('bad-new', (_request, response) => {
      asked += 1;
      response.statusCode = asked % 10 < 3 ? 500 : 200;
      response.end();
    });
    await register('bad', 'old', '1.0.0', 100);
    await register('bad', 'new', '2.0.0', 0);
    loading = startLoad('bad');
    const upgraded = await runCli('upgrade', 'bad', '--to', '2.0.0', '--requests', '100', '--seconds', '60', '--watch');
    expect(upgraded.exitCode).toBe(1);
    expect(upgraded.output).toContain('stopped, the new version fails more often than the old one');
    expect(upgraded.output).toContain('The old version has all requests again');
    expect(await weightsOf('bad')).toEqual([0, 100]);
    const { failed, count } = await loading.stop();
    expect(failed.length).toBeLessThan(30);
    expect(failed.length / count).toBeLessThan(0.05);
    const { json } = await request('/api/service-upgrades/bad');
    expect(json).toMatchObject({ status: 'stopped', end: 'errors', step: 0 });
  });

  it('is refused by field and reason, paused, resumed and aborted', async () => {
    handlers.set('slow-old', ok);
    handlers.set('slow-new', ok);
    await register('slow', 'old', '1.0.0', 100);
    const early = await sendJson('/api/service-upgrades', { name: 'slow', to: '2.0.0' });
    expect([early.status, early.text]).toEqual([400, expect.stringContaining('there are: 1.0.0')]);
    await register('slow', 'new', '2.0.0', 0);
    const steps = await sendJson('/api/service-upgrades', { name: 'slow', to: '2.0.0', steps: [50, 5, 100] });
    expect([steps.status, steps.text]).toEqual([400, expect.stringContaining('rising')]);
    expect((await request('/api/service-upgrades/nobody')).status).toBe(404);
    expect((await sendJson('/api/service-upgrades', { name: 'slow', to: '2.0.0' })).status).toBe(202);
    const again = await sendJson('/api/service-upgrades', { name: 'slow', to: '2.0.0' });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('already')]);
    const weight = await sendJson('/api/service-instances/slow/old', { metadata: { weight: 3 } }, 'PATCH');
    expect([weight.status, weight.text]).toEqual([409, expect.stringContaining('abort it first')]);
    expect((await runCli('upgrade', 'slow', '--pause')).output).toContain('paused, step 1 of 4 (5%)');
    const resumed = await request('/api/service-upgrades/slow/resume', { method: 'POST' });
    expect([resumed.status, resumed.json]).toMatchObject([200, { status: 'running' }]);
    expect(await weightsOf('slow')).toEqual([5, 95]);
    const aborted = await request('/api/service-upgrades/slow/abort', { method: 'POST' });
    expect([aborted.status, aborted.json]).toMatchObject([200, { status: 'aborted', end: 'asked' }]);
    expect(await weightsOf('slow')).toEqual([0, 100]);
  });
});

describe('a WebSocket to a service outside', () => {
  const open = async (): Promise<{ readonly client: WebSocket; readonly service: WebSocket }> => {
    const accepted = once(sockets, 'connection') as Promise<[WebSocket]>;
    const url = `${inject('url').replace('http', 'ws')}/api/services/talk/rooms/7`;
    const client = new WebSocket(url, { headers: { authorization: `Bearer ${inject('apiKey')}` } });
    await once(client, 'open');
    const [service] = await accepted;
    return { client, service };
  };

  it('carries text and bytes both ways, and the code and reason of whoever closes it', async () => {
    await register('talk', 'one', '1.0.0', 100);
    const first = await open();
    const heard = once(first.service, 'message') as Promise<[Buffer, boolean]>;
    first.client.send('hello');
    const [text, isBinary] = await heard;
    expect([text.toString(), isBinary]).toEqual(['hello', false]);
    const answered = once(first.client, 'message') as Promise<[Buffer, boolean]>;
    first.service.send(Buffer.from([1, 2, 255]));
    expect((await answered)[0]).toEqual(Buffer.from([1, 2, 255]));
    const atService = once(first.service, 'close') as Promise<[number, Buffer]>;
    first.client.close(4001, 'done with it');
    const [code, reason] = await atService;
    expect([code, reason.toString()]).toEqual([4001, 'done with it']);
    const second = await open();
    const atClient = once(second.client, 'close') as Promise<[number, Buffer]>;
    second.service.close(4002, 'shutting down');
    const [otherCode, otherReason] = await atClient;
    expect([otherCode, otherReason.toString()]).toEqual([4002, 'shutting down']);
  });
});
