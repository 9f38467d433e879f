/** Which model a request of `/v1` goes to: aliases, `auto`, chains of fallbacks, and the platform's own list. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { parseAliases, parseFallbacks } from '../../../shared/domain/model/aliases.ts';
import { overrideCards } from '../../../shared/domain/model/registry/registry.ts';
import { parseModelCards } from '../../../shared/schemas/model-cards.ts';
import { createChatModels, type ChatModelsParts } from '../chat-models.ts';
import { parseConfig } from '../config.ts';
import { bindings, createGateway, createWorkspace, prepareDirectory, type Gateway } from '../testing/harness.ts';
import { readError, readStream, textOf, type Completion } from '../testing/openai-answers.ts';

const words = 'one two three four five six seven eight nine ten';
let key: string;

const open = { protect: <Client>(client: Client): Client => client };
const accounts = readModelAccounts(bindings);

const gatewayWith = (more: { aliases?: string; chains?: string; parts?: Partial<ChatModelsParts> }): Gateway => {
  const aliases = parseAliases(more.aliases ?? '');
  const chains = parseFallbacks(more.chains ?? '');
  if (!aliases.ok || !chains.ok) throw new Error('The test is wrong.');
  const parts = { accounts, guard: open, names: [], aliases: aliases.value, chains: chains.value, ...more.parts };
  return createGateway({ chatModels: createChatModels(parts) });
};

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(createGateway())).ownerKey;
});

const chat = { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: 100 };
const tool = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } };

const ask = async (gateway: Gateway, json: object): Promise<Response> =>
  await gateway.send('/v1/chat/completions', { key, json: { ...chat, ...json } });

/** One request in twenty goes to another model, to learn how it does; which one follows from its id. */
const askUnexplored = async (gateway: Gateway, json: object): Promise<Response> => {
  for (;;) {
    const answer = await ask(gateway, json);
    if (answer.headers.get('x-aidevos-model-reason')?.includes('tried to learn') !== true) return answer;
    await answer.body?.cancel();
  }
};

const contentOf = async (answer: Response): Promise<string | null | undefined> => {
  const completion: Completion = await answer.json();
  return completion.choices[0]?.message.content;
};

describe('an alias', () => {
  it('is listed, found and used, whole and streamed', async () => {
    const gateway = gatewayWith({ aliases: 'fast=openai/plain,best=anthropic/plain' });
    const list: { data: { id: string }[] } = await (await gateway.send('/v1/models', { key })).json();
    expect(list.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['fast', 'best']));
    expect((await gateway.send('/v1/models/fast', { key })).status).toBe(200);
    for (const [alias, name] of [
      ['fast', 'openai/plain'],
      ['best', 'anthropic/plain'],
    ]) {
      const answer = await ask(gateway, { model: alias });
      expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, name]);
      expect(await contentOf(answer)).toBe(words);
    }
    expect(textOf(await readStream(await ask(gateway, { model: 'best', stream: true })))).toBe(words);
  });
});

describe('a chain of fallbacks', () => {
  const gateway = () =>
    gatewayWith({
      aliases: 'safe=anthropic/plain',
      chains: 'openai/broken=anthropic/plain|offline/engineer,openai/cut=anthropic/plain,anthropic/cut=openai/plain',
    });

  it('answers unseen with the next model, of a provider whose bytes are passed on otherwise', async () => {
    const whole = await ask(gateway(), { model: 'openai/broken' });
    expect([whole.status, whole.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    expect(await contentOf(whole)).toBe(words);
    const streamed = await ask(gateway(), { model: 'openai/broken', stream: true });
    expect(streamed.headers.get('x-aidevos-model')).toBe('anthropic/plain');
    const stream = await readStream(streamed);
    expect([textOf(stream), stream.isDone, stream.error]).toEqual([words, true, undefined]);
  });

  it.each(['openai/cut', 'anthropic/cut'])('completes a stream of %s that breaks in the middle', async (model) => {
    const stream = await readStream(await ask(gateway(), { model, stream: true }));
    expect([textOf(stream), stream.isDone, stream.error]).toEqual([words, true, undefined]);
  });

  it('can be said by the request, and names what is unknown', async () => {
    const answer = await ask(gateway(), { model: 'openai/rate-limited', models: ['safe'] });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    const unknown = await ask(gateway(), { model: 'openai/plain', models: ['nobody/knows'] });
    expect(unknown.status).toBe(404);
    expect(await readError(unknown)).toMatchObject({ param: 'models', code: 'model_not_found' });
    expect((await ask(gateway(), { model: 'openai/plain', models: 'x' })).status).toBe(400);
  });

  it('never goes to a model that cannot do what is asked', async () => {
    // Of this one the table says that it calls no tools.
    const limited = gatewayWith({
      chains: 'openai/broken=workers-ai/@cf/meta/llama-guard-3-8b',
      parts: {
        accounts: readModelAccounts({ ...bindings, AI: { run: () => Promise.reject(new Error('not asked')) } }),
      },
    });
    const answer = await ask(limited, { model: 'openai/broken', tools: [tool] });
    expect(answer.status).toBe(502);
    expect((await readError(answer)).code).toBe('provider_error');
  });

  it('lets what only the provider’s own wire can say through to it', async () => {
    const answer = await ask(gateway(), { model: 'openai/cut', logprobs: true, n: 1 });
    expect(answer.headers.get('x-aidevos-model')).not.toBe('anthropic/plain');
  });
});

describe('responses', () => {
  const respond = async (gateway: Gateway, json: object): Promise<Response> =>
    await gateway.send('/v1/responses', { key, json: { input: 'Hello', store: false, ...json } });

  it('are answered by a chain and by auto too, which say by whom', async () => {
    const chained = await respond(gatewayWith({ chains: 'openai/broken=anthropic/plain' }), { model: 'openai/broken' });
    expect([chained.status, chained.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    expect(await chained.text()).toContain(words);
    const nobody = gatewayWith({ parts: { accounts: {} } });
    const chosen = await respond(nobody, { model: 'auto' });
    expect([chosen.status, chosen.headers.get('x-aidevos-model')]).toEqual([200, 'offline/engineer']);
    expect(chosen.headers.get('x-aidevos-model-reason')).toContain('no provider');
  });

  it('are refused by auto where no model is known to do what is asked', async () => {
    const tools = [{ type: 'function', name: 'get_weather', parameters: { type: 'object' } }];
    const refused = await respond(gatewayWith({ parts: { names: ['openai/plain'] } }), { model: 'auto', tools });
    expect(refused.status).toBe(400);
    expect(await readError(refused)).toMatchObject({ param: 'model', code: 'invalid_value' });
  });
});

describe('auto', () => {
  it('is the offline engineer where no provider is configured', async () => {
    const answer = await ask(gatewayWith({ parts: { accounts: {} } }), { model: 'auto' });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'offline/engineer']);
    expect(answer.headers.get('x-aidevos-model-reason')).toContain('no provider');
  });

  it('chooses by what the request needs, and says what and why in headers and log', async () => {
    const names = ['openai/gpt-5', 'openai/gpt-5-nano', 'anthropic/claude-sonnet-4-5'];
    const gateway = gatewayWith({ parts: { names } });
    for (const [model, more] of [
      ['auto', {}],
      ['auto:cheap', { tools: [tool] }],
      ['auto:best', { stream: true }],
    ] as const) {
      const answer = await ask(gateway, { model, ...more });
      expect(answer.status).toBe(200);
      expect(names).toContain(answer.headers.get('x-aidevos-model'));
      expect(answer.headers.get('x-aidevos-model-reason')).toMatch(/quality \d+, about \d+ micro-dollars/);
      await answer.text();
    }
    expect(gateway.log.filter(({ message }) => message === 'a model was chosen')).toHaveLength(3);
  });

  it('refuses what no configured model is known to do', async () => {
    const answer = await ask(gatewayWith({ parts: { names: ['openai/mystery'] } }), { model: 'auto', tools: [tool] });
    expect(answer.status).toBe(400);
    expect(await readError(answer)).toMatchObject({ param: 'model', code: 'invalid_value' });
  });
});

interface Listed {
  readonly models: readonly {
    name: string;
    configured: boolean;
    aliases: string[];
    price?: object;
    abilities?: string[];
  }[];
  readonly tableDate: string;
}

describe('GET /api/models', () => {
  it('tells of each model that can be used what is known', async () => {
    const gateway = gatewayWith({
      aliases: 'fast=openai/gpt-5-nano',
      parts: { names: ['openai/gpt-5-nano', 'openai/own'] },
    });
    const body: Listed = await (await gateway.send('/api/models', { key })).json();
    expect(body.models.map(({ name }) => name)).toEqual([
      'offline/engineer',
      'offline/embedder',
      'openai/gpt-5-nano',
      'openai/own',
    ]);
    const [, , nano, own] = body.models;
    expect(nano).toMatchObject({
      aliases: ['fast'],
      configured: true,
      price: { input: 50_000 },
      abilities: ['tools', 'images', 'reasoning', 'json_schema'],
    });
    expect(own).toEqual({
      name: 'openai/own',
      title: 'own',
      provider: 'openai',
      kind: 'chat',
      configured: true,
      aliases: [],
      fallbacks: [],
      overridden: false,
      deprecated: false,
    });
  });

  it('shows the whole table when asked, and nothing to nobody', async () => {
    const gateway = gatewayWith({});
    const body: Listed = await (await gateway.send('/api/models?all=true', { key })).json();
    expect(body.models.filter(({ configured }) => !configured).length).toBeGreaterThan(100);
    expect((await gateway.send('/api/models?all=maybe', { key })).status).toBe(400);
    expect((await gateway.send('/api/models')).status).toBe(401);
  });
});

describe('the operator’s own cards', () => {
  it('go before the table, and are told as such', async () => {
    const price = { input: 1, cachedInput: 0, output: 2 };
    const cards = parseModelCards(
      JSON.stringify([
        { name: 'openai/gpt-5-nano', price },
        { name: 'openai/own', abilities: ['tools'], quality: 99, price },
      ]),
    );
    if (!cards.ok) throw new Error(cards.error);
    overrideCards(cards.value);
    try {
      const gateway = gatewayWith({ parts: { names: ['openai/gpt-5-nano', 'openai/own'] } });
      const { models }: Listed = await (await gateway.send('/api/models', { key })).json();
      const [, , nano, own] = models;
      expect(nano).toMatchObject({ overridden: true, price, abilities: expect.arrayContaining(['json_schema']) });
      expect(own).toMatchObject({ overridden: true, price, quality: 99, abilities: ['tools'] });
      const answer = await askUnexplored(gateway, { model: 'auto:best', tools: [tool] });
      expect(answer.headers.get('x-aidevos-model')).toBe('openai/own');
      expect(answer.headers.get('x-aidevos-model-reason')).toContain('quality 99');
    } finally {
      overrideCards([]);
    }
  });
});

describe('the variables of models', () => {
  it.each([
    ['AIDEVOS_PRICES', '[{"name":"openai/gpt-5","price":{"input":"free"}}]'],
    ['AIDEVOS_MODEL_ALIASES', 'fast'],
    ['AIDEVOS_MODEL_FALLBACKS', 'openai/gpt-5'],
    ['AIDEVOS_PROVIDERS', '[{"name":"openai","baseUrl":"http://a.test"}]'],
    ['OLLAMA_BASE_URL', 'localhost'],
    ['AIDEVOS_MODEL', 'Not a name'],
  ])('are checked when the gateway starts: %s', (name, value) => {
    const config = parseConfig({ AIDEVOS_KEY_PEPPER: 'x'.repeat(40), [name]: value });
    expect(config).toMatchObject({ ok: false, error: { issues: [{ field: name }] } });
  });

  it('are the configuration', () => {
    const config = parseConfig({
      AIDEVOS_KEY_PEPPER: 'x'.repeat(40),
      AIDEVOS_MODEL: 'fast',
      AIDEVOS_MODEL_ALIASES: 'fast=ollama/qwen3',
      AIDEVOS_MODEL_FALLBACKS: 'ollama/qwen3=offline/engineer',
      OLLAMA_BASE_URL: 'http://127.0.0.1:11434/v1',
    });
    expect(config).toMatchObject({ ok: true, value: { defaultModel: 'ollama/qwen3' } });
  });
});
