/** `/v1/embeddings`: made here, passed on, and refused. */
import type OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { createFakeAiBinding, refusalOf, vectorsOf } from '../../../shared/testing/models/fake-ai-binding.ts';
import { createChatModels } from '../chat-models.ts';
import { createGateway, createRoleKey, createWorkspace, operatorKey, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';

const gateway = createGateway();
const path = '/v1/embeddings';
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
});

type Embeddings = OpenAI.CreateEmbeddingResponse;

const embed = async (json: object): Promise<Response> =>
  await gateway.send(path, { key, json: { model: 'offline/embedder', ...json } });

const decode = (text: unknown): number[] => {
  const bytes = Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));
  return [...new Float32Array(bytes.buffer)];
};

describe('the offline embedder', () => {
  it('answers numbers, and the same ones in base64', async () => {
    const input = ['A bookshelf', 'sorts its books'];
    const numbers: Embeddings = await (await embed({ input, encoding_format: 'float' })).json();
    const encoded: Embeddings = await (await embed({ input, encoding_format: 'base64' })).json();
    expect(numbers).toMatchObject({
      object: 'list',
      model: 'offline/embedder',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    expect(numbers.data.map(({ object, index }) => [object, index])).toEqual([
      ['embedding', 0],
      ['embedding', 1],
    ]);
    for (const [index, { embedding }] of numbers.data.entries()) {
      expect(embedding).toHaveLength(1_024);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 4);
      expect(decode(encoded.data[index]?.embedding)).toEqual(embedding);
    }
  });

  it.each([
    ['an empty text', { input: '' }, 'input'],
    ['no texts', { input: [] }, 'input'],
    ['an empty text among others', { input: ['a', ''] }, 'input[1]'],
    ['2,049 texts', { input: Array.from({ length: 2_049 }, () => 'a') }, 'input'],
    ['tokens', { input: [1, 2, 3] }, 'input'],
    ['lists of tokens', { input: [[1, 2], [3]] }, 'input'],
    ['a million characters and one', { input: 'x'.repeat(1_000_001) }, 'input'],
    ['no dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
    ['too many dimensions', { input: 'a', dimensions: 1_537 }, 'dimensions'],
    ['an unknown encoding', { input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    ['an unknown parameter', { input: 'a', colour: 'red' }, 'colour'],
  ])('refuses %s', async (_name, json, param) => {
    const answer = await embed(json);
    expect(answer.status).toBe(400);
    expect((await readError(answer)).param).toBe(param);
  });

  it('takes 2,048 texts at once, in as many dimensions as are wanted', async () => {
    const input = Array.from({ length: 2_048 }, (_, index) => `text ${index}`);
    const body: Embeddings = await (await embed({ input, dimensions: 16, encoding_format: 'float' })).json();
    expect(body.data).toHaveLength(2_048);
    expect(body.data[2_047]?.embedding).toHaveLength(16);
  });
});

describe('other models', () => {
  /** A provider that answers what it was asked, in the tests' own process. */
  const passedOn = async (json: object): Promise<Response> => await gateway.send(path, { key, json });

  it('are not there when they make no embeddings', async () => {
    for (const model of ['offline/engineer', 'anthropic/plain', 'nobody/knows', 'auto']) {
      const answer = await passedOn({ model, input: 'a' });
      expect(answer.status).toBe(404);
      expect(await readError(answer)).toMatchObject({ param: 'model', code: 'model_not_found' });
    }
  });

  it('tell a provider’s refusal in OpenAI’s shape', async () => {
    const accounts = readModelAccounts({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' });
    const chatModels = createChatModels({ accounts, guard: { protect: (client) => client }, names: [] });
    const nowhere = await createGateway({ chatModels }).send(path, { key, json: { model: 'openai/x', input: 'a' } });
    expect(nowhere.status).toBe(502);
    expect((await readError(nowhere)).code).toBe('provider_connection_lost');
  });

  it('are not for viewers, and count in the budget of a workspace, which those of the offline embedder do as well', async () => {
    const workspace = await createWorkspace(gateway);
    const viewer = await createRoleKey(gateway, workspace, 'viewer');
    expect((await gateway.send(path, { key: viewer, json: { model: 'offline/embedder', input: 'a' } })).status).toBe(
      403,
    );
    const budget = `/api/workspaces/${workspace.workspaceId}/budget`;
    const set = await gateway.send(budget, { method: 'PUT', key: operatorKey, json: { maxTokens: 1_050 } });
    expect(set.status).toBeLessThan(300);
    const send = (model: string) => gateway.send(path, { key: workspace.ownerKey, json: { model, input: 'a' } });
    expect((await send('offline/embedder')).status).toBe(200);
    await gateway.settle();
    const lower = await gateway.send(budget, { method: 'PUT', key: operatorKey, json: { maxTokens: 1 } });
    expect(lower.status).toBeLessThan(300);
    for (const model of ['offline/embedder', 'openai/plain']) expect((await send(model)).status).toBe(429);
  });
});

describe('a request that is none', () => {
  it('is refused', async () => {
    expect((await gateway.send(path, { key, json: {} })).status).toBe(400);
    expect((await gateway.send(path, { key, method: 'POST', body: 'x' })).status).toBe(415);
  });
});

describe('those of Workers AI', () => {
  const model = 'workers-ai/@cf/baai/bge-m3';
  const through = (answers: Parameters<typeof createFakeAiBinding>[0]) => {
    const binding = createFakeAiBinding(answers);
    const accounts = readModelAccounts({ AI: binding });
    const chatModels = createChatModels({ accounts, guard: { protect: (client) => client }, names: [] });
    const bound = createGateway({ chatModels });
    const ask = (json: object): Promise<Response> => bound.send(path, { key, json: { model, ...json } });
    return { binding, ask, bound };
  };

  it('are made by the binding, in order, with the tokens that it tells', async () => {
    const usage = { prompt_tokens: 7, total_tokens: 7 };
    const { ask, binding } = through([
      () =>
        vectorsOf(
          [
            [0.25, -1],
            [0.5, 2],
          ],
          usage,
        ),
    ]);
    const answer = await ask({ input: ['one', 'two'] });
    expect([answer.status, answer.headers.get('x-aidevos-model')]).toEqual([200, model]);
    expect(await answer.json()).toEqual({
      object: 'list',
      model,
      data: [
        { object: 'embedding', index: 0, embedding: [0.25, -1] },
        { object: 'embedding', index: 1, embedding: [0.5, 2] },
      ],
      usage,
    });
    expect(binding.calls).toEqual([{ model: '@cf/baai/bge-m3', inputs: { text: ['one', 'two'] } }]);
  });

  it('come as base64, and only in the dimensions that the model has', async () => {
    const { ask } = through([() => vectorsOf([[0.25, -1]]), () => vectorsOf([[0.25, -1]]), () => vectorsOf([[1, 2]])]);
    const coded: Embeddings = await (await ask({ input: 'a', encoding_format: 'base64', dimensions: 2 })).json();
    const bytes = Buffer.from(String(coded.data[0]?.embedding), 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4), coded.usage.prompt_tokens]).toEqual([0.25, -1, 0]);
    const other = await ask({ input: 'a', dimensions: 3 });
    expect([other.status, (await readError(other)).param]).toEqual([400, 'dimensions']);
    const tokens = await ask({ input: [1, 2] });
    expect([tokens.status, (await readError(tokens)).param]).toEqual([400, 'input']);
  });

  it('are asked for a hundred at a time', async () => {
    const many = (count: number) => () => vectorsOf(Array.from({ length: count }, (_, index) => [index, 1]));
    const { ask, binding } = through([many(100), many(100), many(5)]);
    const body: Embeddings = await (
      await ask({ input: Array.from({ length: 205 }, (_, index) => `t${index}`) })
    ).json();
    expect(body.data.map(({ index }) => index)).toEqual(Array.from({ length: 205 }, (_, index) => index));
    expect(binding.calls.map(({ inputs }) => Object.values(inputs).flat().length)).toEqual([100, 100, 5]);
  });

  it.each([
    ['an unknown model', () => refusalOf(400, 5007, 'No such model'), 404],
    ['a limit', () => refusalOf(429, 3040, 'Capacity temporarily exceeded'), 503],
    ['a text that is too long', () => refusalOf(413, 5021, 'too many tokens'), 400],
    ['HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 502],
    ['too few vectors', () => vectorsOf([[1]]), 502],
    ['a broken binding', () => Promise.reject(new Error('gone')), 502],
  ])('tell %s in OpenAI’s shape', async (_name, refuse, status) => {
    const answer = await through([refuse]).ask({ input: ['a', 'b'] });
    expect(answer.status).toBe(status);
    await readError(answer);
  });
});
