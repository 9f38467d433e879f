import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAppProxy, type AppProxy } from './app-proxy.ts';

const seen: { readonly url: string; readonly headers: object }[] = [];
let sandbox: Server;
let proxy: AppProxy;

beforeAll(async () => {
  sandbox = createServer((incoming, response) => {
    seen.push({ url: incoming.url ?? '', headers: incoming.headers });
    if (incoming.url?.endsWith('/big') === true) response.end(Buffer.alloc(11 * 1024 * 1024));
    else response.writeHead(200, { 'x-aidevos-problem': 'internal', 'x-own': '1' }).end('from the app');
  });
  await new Promise<void>((resolve) => {
    sandbox.listen(0, '127.0.0.1', resolve);
  });
  const { port } = sandbox.address() as AddressInfo;
  const sandboxUrl = `http://127.0.0.1:${port}`;
  proxy = await startAppProxy({ sandboxUrl, app: 'a/b', slot: 'preview', host: 'abc.localhost' });
});

afterAll(() => {
  proxy.close();
  sandbox.close();
  sandbox.closeAllConnections();
});

interface Got {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
  readonly headers: object;
}

/** As a browser asks its proxy. */
const ask = (url: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(proxy.server);
    const sent = request({ hostname, port, path: url, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const text = body.subarray(0, 100).toString();
        resolve({ status: response.statusCode ?? 0, bytes: body.byteLength, text, headers: response.headers });
      });
    });
    sent.on('error', reject);
    sent.end();
  });

describe('the proxy of one drive', () => {
  it('leads its own name to the app, and stays in its slot', async () => {
    const answer = await ask('http://abc.localhost/../x/%2e%2e/..%2f/y?q=1', {
      'x-aidevos-prefix': '/forged',
      cookie: 'a=1',
    });
    expect(answer).toMatchObject({ status: 200, text: 'from the app' });
    expect(answer.headers).toMatchObject({ 'x-own': '1' });
    expect(answer.headers).not.toHaveProperty('x-aidevos-problem');
    const { url, headers } = seen.at(-1) ?? { url: '', headers: {} };
    expect(url).toBe('/apps/a%2Fb/preview/..%2f/y?q=1');
    expect(headers).toMatchObject({ cookie: 'a=1', 'x-forwarded-host': 'abc.localhost' });
    expect(headers).not.toHaveProperty('x-aidevos-prefix');
  });

  it.each([
    'http://127.0.0.1/x',
    'http://localhost/x',
    'http://abc.localhost:81/x',
    'http://abc.localhost.evil.test/x',
    'http://abc.localhost@evil.test/x',
    'https://abc.localhost/x',
    'ftp://abc.localhost/x',
    '/x',
  ])('refuses %s and tells of it', async (url) => {
    const before = seen.length;
    expect(await ask(url)).toMatchObject({ status: 403 });
    expect(proxy.refused()).toContain(url);
    expect(seen.length).toBe(before);
  });

  it('gives no tunnel', async () => {
    const { hostname, port } = new URL(proxy.server);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write('CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test\r\n\r\n'),
      );
      socket.once('data', (chunk) => resolve(chunk.toString()));
    });
    expect(answer).toContain('403');
    expect(proxy.refused()).toContain('https://evil.test');
  });

  it('breaks off an answer that is too large', async () => {
    await expect(ask('http://abc.localhost/big')).rejects.toThrow();
    expect(proxy.pending()).toBe(0);
  });
});
