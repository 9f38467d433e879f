import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FetchRules } from '../../domain/tool/fetch-rules.ts';
import { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';

let server: Server;
let origin: string;
const seen: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${JSON.stringify(request.headers)}`);
    if (pathname === '/to') {
      response.writeHead(302, { location: searchParams.get('url') ?? '' });
      response.end();
      return;
    }
    if (pathname === '/hang') return;
    response.writeHead(pathname === '/missing' ? 404 : 200, { 'content-type': 'text/plain' });
    response.end(pathname === '/huge' ? 'x'.repeat(3_000_000) : `hello from ${pathname}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (url: string, rules: Partial<FetchRules> = {}, options: Partial<GuardedFetchOptions> = {}) =>
  createGuardedFetch({ resolve: async () => ['93.184.216.34'], ...options }).fetch({
    url,
    method: 'GET',
    headers: { accept: 'text/plain', authorization: 'Bearer secret', Cookie: 'a=b' },
    rules: { allowed: [origin], opened: [origin], ...rules },
  });

describe('fetching for agents', () => {
  it('fetches what is allowed, and sends no credentials', async () => {
    expect(await get(`${origin}/a`)).toEqual({
      type: 'answered',
      url: `${origin}/a`,
      status: 200,
      contentType: 'text/plain',
      text: 'hello from /a',
      cut: false,
    });
    expect(seen.at(-1)).not.toMatch(/secret|a=b|authorization/);
    expect(await get(`${origin}/missing`)).toMatchObject({ type: 'answered', status: 404 });
  });

  it('follows redirects within what is allowed, and looks at each', async () => {
    expect(await get(`${origin}/to?url=/a`)).toMatchObject({ type: 'answered', url: `${origin}/a` });
    const before = seen.length;
    for (const url of [
      'http://169.254.169.254/latest',
      'https://example.com/',
      'file:///etc/passwd',
      'http://a:b@127.0.0.1/',
      'http://[bad',
    ]) {
      expect(await get(`${origin}/to?url=${encodeURIComponent(url)}`)).toMatchObject({
        type: 'refused',
        reason: expect.stringContaining('Redirect 1 to'),
      });
    }
    expect(seen.length - before).toBe(5);
    const loop = `${origin}/to?url=`;
    expect(
      await get(
        `${loop}${encodeURIComponent(`${loop}/b`)}`,
        {},
        { fetch: async () => new Response(null, { status: 302, headers: { location: '/again' } }) },
      ),
    ).toEqual({
      type: 'refused',
      reason: 'There were more than 5 redirects.',
    });
  });

  it('refuses a private address that the operator did not open, before it connects', async () => {
    const before = seen.length;
    expect(await get(`${origin}/a`, { opened: [] })).toMatchObject({
      type: 'refused',
      reason: expect.stringContaining('on this machine'),
    });
    expect(seen).toHaveLength(before);
  });

  it.each([[['127.0.0.1']], [['93.184.216.34', '10.0.0.1']], [['::ffff:169.254.169.254']], [['fd00::1']], [[]]])(
    'refuses a name that leads to %j',
    async (addresses) => {
      const never = () => Promise.reject(new Error('was connected to'));
      const answer = await get(
        'https://example.com/',
        { allowed: ['https://example.com'] },
        { resolve: async () => addresses, fetch: never },
      );
      expect(answer).toMatchObject({ type: 'refused' });
    },
  );

  it('says when names cannot be resolved or nothing answers', async () => {
    const rules = { allowed: ['https://example.com'] };
    const unresolved = () => Promise.reject(new Error('no resolver'));
    expect(await get('https://example.com/', rules, { resolve: unresolved })).toMatchObject({
      type: 'failed',
      reason: 'The connection failed: no resolver',
    });
    const timedOut = () => Promise.reject(new DOMException('late', 'TimeoutError'));
    expect(await get('https://example.com/', rules, { fetch: timedOut })).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('no whole answer within'),
    });
  });

  it('reads no more than it may', async () => {
    const answer = await get(`${origin}/huge`);
    expect(answer).toMatchObject({ type: 'answered', cut: true });
    expect(answer.type === 'answered' && answer.text.length).toBe(1_000_000);
  });
});
