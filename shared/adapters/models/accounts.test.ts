import { afterEach, describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import { startFakeAnthropic } from '../../testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../../testing/models/fake-openai.ts';
import { createFakeAiBinding, streamOf } from '../../testing/models/fake-ai-binding.ts';
import type { FakeModelServer } from '../../testing/models/script.ts';
import { readModelAccounts } from './accounts.ts';
import { CredentialPools } from './credential-pools.ts';
import { createModelClient } from './index.ts';

let server: FakeModelServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const ask = async (model: string, environment: object, pools = new CredentialPools()) => {
  const selected = createModelClient({ model, accounts: readModelAccounts(environment), pools });
  if (!selected.ok) throw new Error(selected.error.detail);
  const { client, model: name } = selected.value;
  return await collectAnswer(client, {
    model: name,
    system: '',
    messages: [{ role: 'user', content: 'Hello' }],
    tools: [],
    maxOutputTokens: 5,
    idempotencyKey: 'call',
  });
};

const startServer = async (): Promise<FakeModelServer> => {
  server = await startFakeOpenAi(() => ({ text: 'hello from there' }));
  return server;
};

describe('readModelAccounts', () => {
  it('has nothing where nothing is configured, and passes over blank variables', () => {
    expect(readModelAccounts({})).toEqual({});
    expect(readModelAccounts({ OPENAI_API_KEY: ' ', OLLAMA_BASE_URL: '', AIDEVOS_PROVIDERS: '' })).toEqual({});
  });

  it('takes a key, several keys, or an address of one’s own that wants none', () => {
    const { openai } = readModelAccounts({ OPENAI_API_KEY: 'a-key', OPENAI_API_KEYS: 'b-key, c-key,a-key' });
    expect(openai?.accounts.map(({ apiKey }) => apiKey)).toEqual(['a-key', 'b-key', 'c-key']);
    expect(openai?.isElsewhere).toBe(false);
    const local = readModelAccounts({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }).openai;
    expect(local?.accounts).toEqual([{ apiKey: 'none', baseUrl: 'http://127.0.0.1:11434/v1' }]);
    expect(local?.isElsewhere).toBe(true);
    expect(readModelAccounts({ OPENROUTER_API_KEY: 'k' })['openrouter']?.accounts[0]?.baseUrl).toBe(
      'https://openrouter.ai/api/v1',
    );
  });

  it('does not take a named server whose key is missing, nor a list that cannot be read', () => {
    const named = (keyVariable?: string) =>
      JSON.stringify([
        { name: 'lab', baseUrl: 'http://lab.test/v1', ...(keyVariable === undefined ? {} : { keyVariable }) },
      ]);
    expect(Object.keys(readModelAccounts({ AIDEVOS_PROVIDERS: named('LAB_KEY') }))).toEqual([]);
    expect(Object.keys(readModelAccounts({ AIDEVOS_PROVIDERS: named('LAB_KEY'), LAB_KEY: 'k' }))).toEqual(['lab']);
    expect(Object.keys(readModelAccounts({ AIDEVOS_PROVIDERS: named() }))).toEqual(['lab']);
    expect(readModelAccounts({ AIDEVOS_PROVIDERS: '{' })).toEqual({});
  });
});

describe('a provider', () => {
  it.each([
    ['ollama', 'OLLAMA_BASE_URL', 'max_tokens'],
    ['custom', 'CUSTOM_BASE_URL', 'max_tokens'],
    ['openrouter', 'OPENROUTER_BASE_URL', 'max_tokens'],
  ])('%s is reached at its address, with its own parameter for the limit', async (name, variable, limit) => {
    const { url, apiKey, requests } = await startServer();
    const key = `${name.toUpperCase()}_API_KEY`;
    // The fake wants OpenAI's own parameter, and says so with 400.
    const answer = await ask(`${name}/some/model`, { [variable]: `${url}/v1`, [key]: apiKey });
    expect(answer.ok).toBe(false);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.body).toMatchObject({ model: 'some/model', [limit]: 5 });
    expect(requests[0]?.body).not.toHaveProperty('max_completion_tokens');
  });

  it('of one’s own speaks the wire and has the quirks that it is said to have', async () => {
    const { url, apiKey, requests } = await startServer();
    const environment = (more: object) => ({
      LAB_KEY: apiKey,
      AIDEVOS_PROVIDERS: JSON.stringify([
        {
          name: 'lab',
          baseUrl: `${url}/v1`,
          keyVariable: 'LAB_KEY',
          quirks: { tokenLimit: 'max_completion_tokens', headers: { 'x-lab': 'here' }, ...more },
        },
      ]),
    });
    expect(await ask('lab/model', environment({ streamOptions: false }))).toMatchObject({ ok: true });
    expect(requests[0]?.headers).toMatchObject({ 'x-lab': 'here', authorization: `Bearer ${apiKey}` });
    expect(requests[0]?.body).not.toHaveProperty('stream_options');
  });

  it('of one’s own may speak Anthropic’s wire', async () => {
    server = await startFakeAnthropic(() => ({ text: 'hello' }));
    const list = [{ name: 'lab', wire: 'anthropic', baseUrl: server.url, keyVariable: 'LAB_KEY' }];
    const environment = { LAB_KEY: server.apiKey, AIDEVOS_PROVIDERS: JSON.stringify(list) };
    expect(await ask('lab/claude', environment)).toMatchObject({ ok: true, text: 'hello' });
  });

  it('may be a binding', async () => {
    const binding = createFakeAiBinding([() => streamOf([{ response: 'hi' }])]);
    expect(await ask('workers-ai/@cf/a/b', { AI: binding })).toMatchObject({ ok: true, text: 'hi' });
    expect(binding.calls[0]?.model).toBe('@cf/a/b');
    expect(
      createModelClient({ model: 'workers-ai/@cf/a/b', accounts: readModelAccounts({ AI: 'no binding' }) }),
    ).toMatchObject({ ok: false, error: { issues: [{ field: 'AI' }] } });
  });
});

describe('several keys', () => {
  it('are passed over when they are refused, and rest', async () => {
    const { url, apiKey, requests } = await startServer();
    const environment = { OPENAI_API_KEYS: `wrong-key-1,${apiKey}`, OPENAI_BASE_URL: `${url}/v1` };
    const pools = new CredentialPools();
    for (let calls = 0; calls < 4; calls += 1) {
      expect(await ask('openai/model', environment, pools)).toMatchObject({ ok: true });
    }
    const keys = requests.map(({ headers }) => headers['authorization']);
    expect(keys.filter((key) => key === 'Bearer wrong-key-1')).toHaveLength(1);
    expect(keys.filter((key) => key === `Bearer ${apiKey}`)).toHaveLength(4);
  });

  it('tell the last refusal when none is good', async () => {
    const { url, requests } = await startServer();
    const answer = await ask('openai/model', { OPENAI_API_KEYS: 'wrong-1,wrong-2', OPENAI_BASE_URL: `${url}/v1` });
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'authentication' } });
    expect(requests).toHaveLength(2);
  });
});
