import { describe, expect, it } from 'vitest';
import type { LoadRequest } from '../../../shared/rpc/bench.ts';
import { built, sandbox } from '../testing/run-files.ts';

const entry = 'app.ts';
const app = (body: string): string => `
  import { DurableObject } from 'cloudflare:workers';
  export class App extends DurableObject {
    async fetch(request: Request): Promise<Response> {
      this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS note (text TEXT)');
      const count = () => this.ctx.storage.sql.exec('SELECT COUNT(*) AS count FROM note').one().count;
      ${body}
    }
  }`;
const keeping = app(`
  if (request.method === 'POST') { this.ctx.storage.sql.exec('INSERT INTO note VALUES (?)', await request.text()); return new Response('kept', { status: 201 }); }
  return new Response(String(count()), { status: count() === 1 ? 200 : 500 });`);

const side = (version: string, text: string) => ({ version, built: built({ [entry]: text }, [entry]), entry });
const request = (over: Partial<LoadRequest> = {}): LoadRequest => ({
  app: `load-${crypto.randomUUID()}`,
  sides: [side('before', keeping), side('change', keeping)],
  prepare: [{ method: 'POST', path: '/notes', body: 'one' }],
  exchanges: [{ method: 'GET', path: '/notes' }],
  ratePerSecond: 50,
  blockMs: 200,
  blocks: 2,
  seed: 3,
  ...over,
});

describe('load', () => {
  it('is made at a fixed rate on both versions in turn, each with data of its own that is gone afterwards', async () => {
    const wanted = request();
    for (let again = 0; again < 2; again += 1) {
      const blocks = await sandbox.load(wanted);
      if (!blocks.ok) throw new Error(blocks.error.detail);
      expect(blocks.value.map(({ side: index }) => index).toSorted((left, right) => left - right)).toEqual([
        0, 0, 1, 1,
      ]);
      for (const { sent, failed, dropped, timesMs } of blocks.value) {
        expect({ sent, failed, dropped }).toEqual({ sent: 10, failed: 0, dropped: 0 });
        expect(timesMs).toHaveLength(10);
      }
    }
    expect(await sandbox.status(wanted.app)).toEqual([]);
  });

  it('charges a version that stalls for the requests that would have come meanwhile', async () => {
    const stalling = app(`
      if (new URL(request.url).pathname === '/stall') await new Promise((resolve) => setTimeout(resolve, 150));
      return new Response('done');`);
    const exchanges = [
      ...Array.from({ length: 9 }, () => ({ method: 'GET', path: '/' })),
      { method: 'GET', path: '/stall' },
    ];
    const blocks = await sandbox.load(request({ sides: [side('a', stalling)], prepare: [], exchanges, blocks: 1 }));
    if (!blocks.ok) throw new Error(blocks.error.detail);
    expect(blocks.value[0]?.timesMs).toHaveLength(10);
    expect(Math.max(...(blocks.value[0]?.timesMs ?? []))).toBeGreaterThanOrEqual(149);
  });

  it('counts what fails, and refuses a preparation that does', async () => {
    const failing = app(
      `if (request.method === 'POST') return new Response('no', { status: 503 }); throw new Error('broken');`,
    );
    const sides = [side('a', failing)];
    const blocks = await sandbox.load(request({ sides, prepare: [] }));
    expect(blocks).toMatchObject({ ok: true, value: [{ sent: 10, failed: 10, timesMs: [] }, { failed: 10 }] });
    expect(await sandbox.load(request({ sides }))).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining('POST /notes of the preparation answered 503') as string },
    });
  });

  it.each([
    [{ ratePerSecond: 501 }, 'ratePerSecond'],
    [{ exchanges: [] }, 'exchanges'],
    [{ exchanges: [{ method: 'GET', path: 'notes' }] }, 'exchanges'],
    [{ blockMs: 40_000 }, 'blockMs'],
    [{ sides: [] }, 'sides'],
  ])('refuses %j', async (over, field) => {
    expect(await sandbox.load(request(over))).toMatchObject({ ok: false, error: { issues: [{ field }] } });
  });
});
