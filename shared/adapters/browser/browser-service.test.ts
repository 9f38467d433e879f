import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserOf } from './browser-service.ts';

const report = { taken: ['200 /'], page: '200 /', notes: [] };
const seen: string[] = [];
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const { app } = JSON.parse(text) as { readonly app: string };
      if (app === 'hangs') return;
      if (app === 'breaks') response.destroy();
      else if (app === 'moves') response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      else if (app === 'busy') response.writeHead(503).end('{"detail":"2 browsers are busy"}');
      else if (app === 'lies') response.end('{"taken":"all of them"}');
      else if (app === 'floods') response.end('x'.repeat(3_000_000));
      else response.end(JSON.stringify(report));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const drive = (app: string, timeoutMs?: number) =>
  browserOf({ AIDEVOS_BROWSER_URL: url, AIDEVOS_BROWSER_TOKEN: 'secret' }, timeoutMs).drive({
    app,
    slot: 'preview',
    steps: [],
  });

describe('the browser service from the gateway', () => {
  it('is asked with the token, and its report is handed on', async () => {
    expect(await drive('app')).toEqual({ status: 'driven', report });
    expect(seen.at(-1)).toBe('POST /drive Bearer secret');
  });

  it.each([
    ['busy', 'answered 503: {"detail":"2 browsers are busy"}'],
    ['moves', 'answered 302'],
    ['lies', 'answered what is no report'],
    ['floods', 'answered what is no report'],
    ['breaks', 'could not be reached'],
  ])('is unavailable when it %s', async (app, reason) => {
    const unavailable = { status: 'unavailable', reason: expect.stringContaining(reason), mayHaveActed: true };
    expect(await drive(app)).toEqual(unavailable);
  });

  it('is unavailable when it does not answer in time, and when there is none', async () => {
    expect(await drive('hangs', 50)).toMatchObject({ reason: 'the browser service did not answer within 0.05 s' });
    const none = await browserOf({}).drive({ app: 'app', slot: 'preview', steps: [] });
    expect(none).toEqual({ status: 'unavailable', reason: 'there is no browser here', mayHaveActed: false });
  });
});
