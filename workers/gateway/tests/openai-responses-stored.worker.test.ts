/** What is kept of `/v1/responses`: chains, branches, references, pages, deletion, and whose it is. */
import type OpenAI from 'openai';
import { beforeAll, describe, expect, it } from 'vitest';
import { ok } from '../../../shared/errors/result.ts';
import type { ModelClient, ModelRequest } from '../../../shared/ports/model-client.ts';
import { offlineCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import { createChatModels } from '../chat-models.ts';
import { createGateway, createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';
import { createOpenAi } from '../testing/openai-client.ts';

/** What the model was sent, newest last. */
const asked: ModelRequest[] = [];

/** Thinks, says how many messages it was sent, and calls a tool where there is one. */
const thinker: ModelClient = {
  async *stream(request) {
    asked.push(request);
    yield { type: 'reasoning_delta', text: `hm ${request.messages.length}` };
    yield { type: 'reasoning_signed', signature: `signed ${request.messages.length}` };
    yield { type: 'reasoning_redacted', data: 'secret' };
    yield { type: 'text_delta', text: String(request.messages.length) };
    const [tool] = request.tools;
    const calls = tool !== undefined && request.messages.at(-1)?.role !== 'tool';
    if (calls) yield { type: 'tool_call_started', index: 0, id: 'call_0', name: tool.name };
    yield { type: 'usage', usage: { inputTokens: 5, outputTokens: 9, cachedInputTokens: 1, reasoningTokens: 4 } };
    yield { type: 'finished', stopReason: calls ? 'tool_calls' : 'end' };
  },
};

const offline = createChatModels({ accounts: {}, guard: { protect: (client) => client }, names: [] });
const gateway = createGateway({
  chatModels: Object.assign(offline, {
    translated: () =>
      ok({
        type: 'translated' as const,
        name: 'test/thinker',
        model: 'thinker',
        client: thinker,
        capabilities: offlineCapabilities,
      }),
  }),
});
let key: string;
let otherKey: string;
let client: OpenAI;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
  otherKey = (await createWorkspace(gateway)).ownerKey;
  client = createOpenAi(gateway, key);
});

const model = 'test/thinker';
const look = { type: 'function' as const, name: 'look', parameters: null, strict: false };

const ask = async (more: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
  await client.responses.create({ model, input: 'x', ...more });

const lastMessages = (): ModelRequest['messages'] => asked.at(-1)?.messages ?? [];

describe('a chain', () => {
  it('gives the model everything before, with what it thought, and none of the instructions before', async () => {
    const first = await ask({ input: 'one', instructions: 'Be brief.', tools: [look] });
    const second = await ask({
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: 'call_0', output: 'seen' }],
    });
    await ask({ previous_response_id: second.id, input: 'two' });
    const thought = (count: number) => [
      { type: 'text', text: `hm ${count}`, signature: `signed ${count}` },
      { type: 'redacted', data: 'secret' },
    ];
    expect(asked.at(-1)?.system).toBe('');
    expect(lastMessages()).toEqual([
      { role: 'user', content: 'one' },
      {
        role: 'assistant',
        content: '1',
        toolCalls: [{ id: 'call_0', name: 'look', argumentsJson: '{}' }],
        reasoning: thought(1),
      },
      { role: 'tool', toolCallId: 'call_0', toolName: 'look', content: 'seen', isError: false },
      { role: 'assistant', content: '3', toolCalls: [], reasoning: thought(3) },
      { role: 'user', content: 'two' },
    ]);
  });

  it('branches from any answer, also streamed, and gives a repeated id of a call another one', async () => {
    const first = await ask({ input: 'one' });
    const left = await ask({ previous_response_id: first.id, input: 'left' });
    const right = await client.responses
      .stream({ model, previous_response_id: first.id, input: 'right', tools: [look] })
      .finalResponse();
    const results = [{ type: 'function_call_output' as const, call_id: 'call_0', output: 'seen' }];
    const again = await ask({
      previous_response_id: right.id,
      input: [...results, { role: 'user', content: 'x' }],
      tools: [look],
    });
    expect(again.output.at(-1)).toMatchObject({ type: 'function_call', call_id: 'call_0_2' });
    await ask({ previous_response_id: left.id, input: 'more' });
    expect(lastMessages().map(({ content }) => content)).toEqual(['one', '1', 'left', '3', 'more']);
  });

  it('wants a result for every call', async () => {
    const first = await ask({ tools: [look] });
    const answer = await gateway.send('/v1/responses', {
      key,
      json: { model, input: 'and?', previous_response_id: first.id },
    });
    expect(await readError(answer)).toMatchObject({
      message: 'No tool output found for function call call_0.',
      param: 'input',
    });
  });

  it('that has grown too large is refused before the model is asked', async () => {
    const large = { role: 'user' as const, content: 'x'.repeat(7 * 1_048_576) };
    const first = await ask({ input: [large] });
    const before = asked.length;
    const answer = await gateway.send('/v1/responses', {
      key,
      json: { model, input: [large], previous_response_id: first.id },
    });
    expect(answer.status).toBe(413);
    const error = await readError(answer);
    expect(error).toMatchObject({ param: 'previous_response_id', code: 'request_too_large' });
    expect(error.message).toContain('12582912');
    expect(asked.length).toBe(before);
  });
});

describe('thoughts', () => {
  it('are shown, with what the provider wants back only where that was asked for', async () => {
    const plain = await ask();
    expect(plain.output[0]).toMatchObject({
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'hm 1' }],
    });
    expect(JSON.stringify(plain)).not.toContain('encrypted_content');
    expect(plain.usage?.output_tokens_details.reasoning_tokens).toBe(4);
    const again = await client.responses.retrieve(plain.id, { include: ['reasoning.encrypted_content'] });
    expect(again.output[0]).toHaveProperty('encrypted_content');
    expect(await client.responses.retrieve(plain.id)).not.toHaveProperty('output.0.encrypted_content');
  });

  it('of an answer that is not kept come back with the next request', async () => {
    const first = await client.responses
      .stream({
        model,
        input: 'x',
        store: false,
        reasoning: { summary: 'auto' },
        include: ['reasoning.encrypted_content'],
      })
      .finalResponse();
    expect(first.output[0]).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm 1' }] });
    await ask({
      store: false,
      input: [
        { role: 'user', content: 'x' },
        ...(first.output as OpenAI.Responses.ResponseInput),
        { role: 'user', content: 'y' },
      ],
    });
    expect(lastMessages()[1]).toMatchObject({
      reasoning: [
        { type: 'text', text: 'hm 1', signature: 'signed 1' },
        { type: 'redacted', data: 'secret' },
      ],
    });
  });
});

describe('what is kept', () => {
  it('is the answer as it was, and its items by reference', async () => {
    const first = await ask({ input: 'one', metadata: { a: 'b' } });
    expect(await client.responses.retrieve(first.id)).toEqual(first);
    const references = first.output.map(({ id }) => ({ type: 'item_reference' as const, id: id ?? '' }));
    const items = await client.responses.inputItems.list(first.id);
    const [said] = items.data;
    await ask({
      store: false,
      input: [
        { type: 'item_reference', id: (said as { readonly id: string }).id },
        ...references,
        { role: 'user', content: 'two' },
      ],
    });
    expect(lastMessages()).toMatchObject([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '1', reasoning: [{ signature: 'signed 1' }, { data: 'secret' }] },
      { role: 'user', content: 'two' },
    ]);
  });

  it('is listed in pages, in both orders, with everything that the model was given', async () => {
    const first = await ask({ input: 'one' });
    const second = await ask({
      previous_response_id: first.id,
      input: [
        { role: 'user', content: 'two' },
        { role: 'user', content: 'three' },
      ],
    });
    const types: string[] = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: 'asc', limit: 2 }))
      types.push(item.type);
    expect(types).toEqual(['message', 'reasoning', 'reasoning', 'message', 'message', 'message']);
    const page = await gateway.send(`/v1/responses/${second.id}/input_items?limit=2`, { key });
    expect(await page.json()).toMatchObject({
      object: 'list',
      has_more: true,
      data: [{ content: [{ type: 'input_text', text: 'three' }] }, { content: [{ text: 'two' }] }],
    });
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'order=up', 'after=msg_1']) {
      const refused = await gateway.send(`/v1/responses/${second.id}/input_items?${query}`, { key });
      expect([query, refused.status, (await readError(refused)).param]).toEqual([query, 400, query.split('=')[0]]);
    }
  });

  it('is not there after it was deleted, while what continued it goes on', async () => {
    const first = await ask({ input: 'one' });
    const second = await ask({ previous_response_id: first.id, input: 'two' });
    const deleted = await gateway.send(`/v1/responses/${first.id}`, { method: 'DELETE', key });
    expect(await deleted.json()).toEqual({ id: first.id, object: 'response', deleted: true });
    expect((await gateway.send(`/v1/responses/${first.id}`, { key })).status).toBe(404);
    expect((await gateway.send(`/v1/responses/${first.id}`, { method: 'DELETE', key })).status).toBe(404);
    await ask({ previous_response_id: second.id, input: 'three' });
    expect(lastMessages()).toHaveLength(5);
  });

  it('is nothing of an answer that was not to be kept', async () => {
    const response = await ask({ store: false });
    expect((await gateway.send(`/v1/responses/${response.id}`, { key })).status).toBe(404);
    const reference = { type: 'item_reference', id: response.output[0]?.id };
    const answer = await gateway.send('/v1/responses', { key, json: { model, input: [reference] } });
    expect([answer.status, (await readError(answer)).param]).toEqual([404, 'input[0].id']);
  });

  it('cannot be cancelled or streamed again, because it is whole', async () => {
    const { id } = await ask();
    const cancelled = await gateway.send(`/v1/responses/${id}/cancel`, { method: 'POST', key });
    expect([cancelled.status, (await readError(cancelled)).message]).toEqual([
      400,
      'Cannot cancel a synchronous response.',
    ]);
    const streamed = await gateway.send(`/v1/responses/${id}?stream=true`, { key });
    expect((await readError(streamed)).param).toBe('stream');
  });
});

describe('another workspace', () => {
  it('is answered about an id as about one that nobody has', async () => {
    const { id, output } = await ask();
    const nobodys = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    const tries: readonly (readonly [string, string, object?])[] = [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/input_items'],
      ['POST', '/cancel'],
    ];
    const answerTo = async (method: string, path: string, json?: object) => {
      const answer = await gateway.send(path, { method, key: otherKey, ...(json === undefined ? {} : { json }) });
      return { status: answer.status, text: (await answer.text()).replaceAll(/resp_\w+|msg_\w+|rs_\w+/g, 'ID') };
    };
    for (const [method, more] of tries) {
      const theirs = await answerTo(method, `/v1/responses/${id}${more}`);
      expect(theirs.status).toBe(404);
      expect(theirs).toEqual(await answerTo(method, `/v1/responses/${nobodys}${more}`));
    }
    const continued = (previous_response_id: string) => ({ model, input: 'x', previous_response_id });
    expect(await answerTo('POST', '/v1/responses', continued(id))).toEqual(
      await answerTo('POST', '/v1/responses', continued(nobodys)),
    );
    const referring = (item: string) => ({ model, input: [{ type: 'item_reference', id: item }] });
    expect(await answerTo('POST', '/v1/responses', referring(output[0]?.id ?? ''))).toEqual(
      await answerTo('POST', '/v1/responses', referring(`msg_${nobodys.slice(5)}o0`)),
    );
    expect((await gateway.send(`/v1/responses/${id}`, { key })).status).toBe(200);
  });
});
