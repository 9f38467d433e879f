import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import type { FakeModelServer } from '../../testing/models/script.ts';
import { anthropicMessages, anthropicTokenCount } from './pass-through-anthropic.ts';
import { passThrough } from './pass-through.ts';

let server: FakeModelServer;

beforeAll(async () => {
  server = await startFakeAnthropic(() => ({
    text: 'one two',
    inputTokens: 12,
    outputTokens: 7,
    cachedInputTokens: 4,
  }));
});

afterAll(async () => {
  await server.close();
});

const body =
  '{"model":"plain","max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"web_search_20250305","name":"web_search"}],"something_new":[1,{"cache_control":{"ttl":"1h"}}]}';

const extras = { betas: 'a-2025-01-01,b-2025-02-02', isBeta: true };

const send = async (stream: boolean, wire = anthropicMessages(extras)) => {
  const sent = stream ? body.replace('{', '{"stream":true,') : body;
  const account = { apiKey: server.apiKey, baseUrl: `${server.url}/` };
  const answer = await passThrough(account, { body: sent, stream, choices: 1, idempotencyKey: 'req_1' }, wire);
  if (!answer.ok) throw new Error(answer.error.failure.message);
  return answer.value;
};

const usage = { inputTokens: 12, outputTokens: 7, cachedInputTokens: 4, cacheWriteTokens: 0 };

describe('what goes on to Anthropic', () => {
  it('is the body as it came, the platform’s key, and the features that the caller asks for', async () => {
    await send(false);
    expect(server.requests.at(-1)).toMatchObject({
      path: '/v1/messages?beta=true',
      body: JSON.parse(body),
      headers: {
        'x-api-key': server.apiKey,
        'anthropic-version': '2023-06-01',
        'anthropic-beta': extras.betas,
        'idempotency-key': 'req_1',
      },
    });
    expect(server.requests.at(-1)?.headers['authorization']).toBeUndefined();
  });

  it('comes back with its tokens, whole and streamed', async () => {
    expect((await send(false)).body).toMatchObject({ type: 'whole', usage });
    const { body: pieces } = await send(true);
    if (pieces.type !== 'stream') throw new Error('the answer does not stream');
    let last = await pieces.next();
    while (last.type === 'more') last = await pieces.next();
    expect(last).toMatchObject({ type: 'end', usage });
  });

  it('may be counted', async () => {
    const counted = await send(false, anthropicTokenCount({ isBeta: false }));
    expect(server.requests.at(-1)?.path).toBe('/v1/messages/count_tokens');
    if (counted.body.type !== 'whole') throw new Error('the count streams');
    expect(JSON.parse(new TextDecoder().decode(counted.body.bytes))).toEqual({
      input_tokens: JSON.stringify([{ role: 'user', content: 'Hi' }]).length,
    });
    expect(counted.body.usage).toBeUndefined();
  });
});
