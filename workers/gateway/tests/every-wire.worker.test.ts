/** What holds for every wire alike: aliases, `auto`, chains of fallbacks, what the budget forbids, and honest ends. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { parseAliases, parseFallbacks } from '../../../shared/domain/model/aliases.ts';
import { createChatModels, type ChatModelsParts } from '../chat-models.ts';
import {
  bindings,
  createGateway,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';
import { wires } from '../testing/wires.ts';

const words = 'one two three four five six seven eight nine ten';
const guard = { protect: <Client>(client: Client): Client => client };

const gatewayWith = (more: { aliases?: string; chains?: string; parts?: Partial<ChatModelsParts> }): Gateway => {
  const aliases = parseAliases(more.aliases ?? '');
  const chains = parseFallbacks(more.chains ?? '');
  if (!aliases.ok || !chains.ok) throw new Error('The test is wrong.');
  const accounts = readModelAccounts(bindings);
  const parts = { accounts, guard, names: [], aliases: aliases.value, chains: chains.value, ...more.parts };
  return createGateway({ chatModels: createChatModels(parts) });
};

let workspace: TestWorkspace;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(createGateway());
});

describe.each(wires)('over $name', (wire) => {
  const ask = async (gateway: Gateway, model: string, more: object = {}, key = workspace.ownerKey) =>
    await gateway.send(wire.path, { key, json: { model, ...wire.body, ...more } });

  const stream = { stream: true };

  it('an alias is the model that it stands for', async () => {
    const gateway = gatewayWith({ aliases: 'fast=openai/plain,best=anthropic/plain' });
    for (const [alias, name] of [
      ['fast', 'openai/plain'],
      ['best', 'anthropic/plain'],
    ] as const) {
      for (const more of [{}, stream]) {
        const answer = await ask(gateway, alias, more);
        expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, name]);
        expect(await wire.read(answer)).toEqual({ text: words, end: 'finished' });
      }
    }
  });

  it('a chain answers unseen with the next model, whoever speaks which wire', async () => {
    const gateway = gatewayWith({
      chains: 'openai/broken=anthropic/plain|offline/engineer,anthropic/broken=openai/plain',
    });
    for (const [model, answering] of [
      ['openai/broken', 'anthropic/plain'],
      ['anthropic/broken', 'openai/plain'],
    ] as const) {
      for (const more of [{}, stream]) {
        const answer = await ask(gateway, model, more);
        expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, answering]);
        expect(await wire.read(answer)).toEqual({ text: words, end: 'finished' });
      }
    }
  });

  it('a request can say itself who stands in, and is told who is unknown', async () => {
    const gateway = gatewayWith({ aliases: 'safe=anthropic/plain' });
    const answer = await ask(gateway, 'openai/broken', { models: ['safe'] });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    const unknown = await ask(gateway, 'openai/plain', { models: ['nobody/knows'] });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain('nobody/knows');
  });

  it('a stream that breaks goes on where it stopped, or ends as broken', async () => {
    const chains = 'openai/cut=anthropic/plain,anthropic/cut=openai/plain,openai/closed=openai/broken';
    const gateway = gatewayWith({ chains });
    for (const model of ['openai/cut', 'anthropic/cut']) {
      expect(await wire.read(await ask(gateway, model, stream))).toEqual({ text: words, end: 'finished' });
    }
    for (const model of ['openai/closed', 'anthropic/closed']) {
      const { text, end } = await wire.read(await ask(gateway, model, stream));
      expect(end).toBe('broken');
      expect(words.startsWith(text)).toBe(true);
    }
  });

  it('nobody stands in who cannot call tools, so that none vanishes', async () => {
    const run = (): Promise<never> => Promise.reject(new Error('not asked'));
    const accounts = readModelAccounts({ ...bindings, AI: { run } });
    // Of this one the table says that it calls no tools.
    const chains = 'openai/broken=workers-ai/@cf/meta/llama-guard-3-8b|anthropic/plain';
    const gateway = gatewayWith({ chains, parts: { accounts } });
    const answer = await ask(gateway, 'openai/broken', { tools: [wire.tool] });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'anthropic/plain']);
    expect(JSON.stringify(await answer.json())).toContain('get_weather');
    const alone = gatewayWith({ chains: 'openai/broken=workers-ai/@cf/meta/llama-guard-3-8b', parts: { accounts } });
    expect((await ask(alone, 'openai/broken', { tools: [wire.tool] })).status).toBe(502);
  });

  it('auto chooses, and says what and why in headers and log', async () => {
    const names = ['openai/gpt-5', 'openai/gpt-5-nano', 'anthropic/claude-opus-4-8'];
    const gateway = gatewayWith({ parts: { names } });
    for (const [model, more] of [
      ['auto', {}],
      ['auto:cheap', { tools: [wire.tool] }],
      ['auto:best', stream],
    ] as const) {
      const answer = await ask(gateway, model, more);
      expect(answer.status).toBe(200);
      expect(names).toContain(answer.headers.get('x-aidevos-model'));
      expect(answer.headers.get('x-aidevos-model-reason')).toMatch(/quality \d+, about \d+ micro-dollars/);
      await answer.text();
    }
    expect(gateway.log.filter(({ message }) => message === 'a model was chosen')).toHaveLength(3);
    const lines = gateway.log.filter(({ message }) => message === 'model call');
    expect(lines).toMatchObject([{ fields: { wire: wire.name } }, {}, {}]);
  });

  it('auto is the offline engineer without a provider, and refuses what nobody is known to do', async () => {
    const answer = await ask(gatewayWith({ parts: { accounts: {} } }), 'auto');
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, 'offline/engineer']);
    const refused = await ask(gatewayWith({ parts: { names: ['openai/mystery'] } }), 'auto', { tools: [wire.tool] });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('can do tools; name a model yourself');
  });

  it('auto never picks what the budget forbids', async () => {
    const own = await createWorkspace(createGateway());
    const { openai = never(), ollama = never() } = readModelAccounts({ ...bindings, OLLAMA_BASE_URL: 'http://a.test' });
    const names = ['openai/unheard-of', 'openai/gpt-5-nano', 'ollama/plain'];
    const budget = { key: own.ownerKey, method: 'PUT', json: { maxCostMicros: 1 } };
    const gateway = gatewayWith({ parts: { accounts: { openai }, names } });
    await gateway.send(`/api/workspaces/${own.workspaceId}/budget`, budget);
    // No price is known of the first one, so that no limit in money can hold it.
    const priced = await ask(gateway, 'auto', {}, own.ownerKey);
    expect([priced.status, priced.headers.get('x-aidevos-model')]).toEqual([200, 'openai/gpt-5-nano']);
    await priced.text();
    await gateway.settle();
    const broke = await ask(gateway, 'auto', {}, own.ownerKey);
    expect(broke.status).toBe(429);
    expect(await broke.text()).toContain('The budget of the workspace is used up');
    const { quirks } = openai.provider;
    const local = { ...ollama, provider: { ...ollama.provider, quirks }, accounts: openai.accounts };
    const other = gatewayWith({ parts: { accounts: { openai, ollama: local }, names } });
    const free = await ask(other, 'auto:best', {}, own.ownerKey);
    expect([free.status, free.headers.get('x-aidevos-model')]).toEqual([200, 'ollama/plain']);
    expect(free.headers.get('x-aidevos-model-reason')).toContain('the budget forbids openai/');
    await free.text();
  });
});

const never = (): never => {
  throw new Error('The test is wrong.');
};
