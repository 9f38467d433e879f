import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedgerServer, type LedgerServer } from '../../testing/tools/ledger-server.ts';
import { createHttpToolServer, maxAnswerBytes } from './http-tool-server.ts';

let ledger: LedgerServer;

beforeAll(async () => {
  ledger = await startLedgerServer();
});

afterAll(async () => {
  await ledger.close();
});

const behave = (tool: string, as: string): Promise<Response> => fetch(`${ledger.origin}/behave/${tool}?as=${as}`);

const server = () => createHttpToolServer({ allowedOrigins: [ledger.origin] });

const call = (tool: string, over: { idempotencyKey?: string; timeoutMs?: number } = {}) =>
  server().call({
    url: `${ledger.origin}/tools/${tool}`,
    timeoutMs: 5_000,
    body: { tool, arguments: { a: 1 }, call: { attempt: 1 } },
    ...over,
  });

describe('a call', () => {
  it('answers what the server did, and sends the key as a header', async () => {
    expect(await call('plain', { idempotencyKey: 'eff_1' })).toMatchObject({
      type: 'answered',
      text: expect.stringContaining('"plain"'),
      cut: false,
    });
    expect(ledger.entries.find(({ tool }) => tool === 'plain')).toMatchObject({ headerKey: 'eff_1' });
    await call('without');
    expect(ledger.entries.find(({ tool }) => tool === 'without')).not.toHaveProperty('headerKey');
  });

  it.each([
    ['do_and_fail', { type: 'unknown', reason: expect.stringContaining('500') }],
    ['do_and_cut', { type: 'unknown', reason: expect.stringContaining('connection') }],
    ['answer_half', { type: 'unknown' }],
    ['refuse', { type: 'refused', reason: expect.stringMatching(/422[^]*not like this/) }],
    ['redirect', { type: 'unknown', reason: expect.stringContaining('not followed') }],
    ['answer_binary', { type: 'answered', text: expect.stringContaining('\uFFFD') }],
  ])('that meets %s', async (behaviour, expected) => {
    await behave(`odd-${behaviour}`, behaviour);
    expect(await call(`odd-${behaviour}`)).toMatchObject(expected);
    expect(ledger.entries.some(({ tool }) => tool === 'elsewhere')).toBe(false);
  });

  it('does not wait longer than it may', async () => {
    await behave('slow', 'hang');
    expect(await call('slow', { timeoutMs: 50 })).toEqual({
      type: 'unknown',
      reason: 'The server did not answer whole within 50 ms.',
    });
  });

  it('reads an endless answer up to its bound', async () => {
    await behave('huge', 'answer_huge');
    const answer = await call('huge');
    expect(answer).toMatchObject({ type: 'answered', cut: true });
    expect(answer.type === 'answered' && answer.text.length).toBe(maxAnswerBytes);
  });

  it('never goes to an address that is not on the list', async () => {
    const elsewhere = createHttpToolServer({
      allowedOrigins: ['https://tools.example.com'],
      fetch: () => Promise.reject(new Error('was called')),
    });
    for (const url of [
      `${ledger.origin}/tools/x`,
      'https://tools.example.com.evil.test/',
      'https://user:secret@tools.example.com/',
      'http://tools.example.com/',
      'https://tools.example.com:8443/',
      'file:///etc/passwd',
      '//tools.example.com/',
      'not an address',
    ]) {
      expect(await elsewhere.call({ url, timeoutMs: 1_000, body: {} })).toMatchObject({ type: 'refused' });
      expect(await elsewhere.lookUp({ url, key: 'k', timeoutMs: 1_000 })).toMatchObject({ type: 'unknown' });
    }
  });

  it('takes a conflict under a key for a call that is under way, without one for a refusal', async () => {
    const conflict = createHttpToolServer({
      allowedOrigins: ['https://a.test'],
      fetch: async () => new Response('busy', { status: 409 }),
    });
    const sent = { url: 'https://a.test/x', timeoutMs: 1_000, body: {} };
    expect(await conflict.call({ ...sent, idempotencyKey: 'k' })).toMatchObject({ type: 'unknown' });
    expect(await conflict.call(sent)).toMatchObject({ type: 'refused' });
  });
});

describe('a lookup', () => {
  const lookUp = (tool: string, key: string) =>
    server().lookUp({ url: `${ledger.origin}/lookup/${tool}`, key, timeoutMs: 200 });

  it('finds what happened, and says when it did not', async () => {
    await server().call({
      url: `${ledger.origin}/tools/sought`,
      timeoutMs: 1_000,
      idempotencyKey: 'eff_2',
      body: { tool: 'sought', arguments: {}, call: { key: 'eff_2', attempt: 1 } },
    });
    expect(await lookUp('sought', 'eff_2')).toMatchObject({ type: 'found', text: expect.stringContaining('sought') });
    expect(await lookUp('sought', 'eff_3')).toEqual({ type: 'absent' });
  });

  it.each(['do_and_fail', 'do_and_cut', 'hang', 'refuse', 'redirect', 'answer_by_key', 'answer_huge', 'answer_binary'])(
    'that meets %s does not know',
    async (behaviour) => {
      await behave(`lookup/odd-${behaviour}`, behaviour);
      expect(await lookUp(`odd-${behaviour}`, 'eff_2')).toMatchObject({ type: 'unknown' });
    },
  );
});
