/** What `/v1/responses` is given of conversations and adds to them: whole, streamed, failed, left, at once. */
import type OpenAI from 'openai';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../shared/ports/model-client.ts';
import { asked, gateway, message, model, scripts, send, told, usage } from '../testing/conversing.ts';
import { createWorkspace, prepareDirectory } from '../testing/harness.ts';
import { readError } from '../testing/openai-answers.ts';
import { createOpenAi } from '../testing/openai-client.ts';

let key: string;
let client: OpenAI;

beforeAll(async () => {
  await prepareDirectory();
  key = (await createWorkspace(gateway)).ownerKey;
  client = createOpenAi(gateway, key);
});

beforeEach(() => scripts.clear());

const look = { type: 'function' as const, name: 'look', parameters: null, strict: false };

const say = async (
  conversation: string | { readonly id: string },
  input: string | OpenAI.Responses.ResponseInput,
  more: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {},
) => await client.responses.create({ model, conversation, input, ...more });

describe('a response in a conversation', () => {
  it('is given its items, and adds its own, whole and streamed, stored or not', async () => {
    const { id } = await client.conversations.create({ items: [{ role: 'developer', content: 'Be brief.' }] });
    const first = await say(id, 'one');
    expect(first.conversation).toEqual({ id });
    expect(first.previous_response_id).toBeNull();
    const second = await client.responses.stream({ model, conversation: { id }, input: 'two' }).finalResponse();
    expect(second.conversation).toEqual({ id });
    const third = await say({ id }, [message('three'), message('four')], { store: false });
    expect(asked.at(-1)).toMatchObject({
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: '1', reasoning: [{ text: 'hm 1', signature: 'signed' }] },
        { role: 'user', content: 'two' },
        { role: 'assistant', content: '3' },
        { role: 'user', content: 'three' },
        { role: 'user', content: 'four' },
      ],
    });
    expect(await told(client, id)).toEqual([
      'developer: Be brief.',
      'user: one',
      'reasoning',
      'assistant: 1',
      'user: two',
      'reasoning',
      'assistant: 3',
      'user: three',
      'user: four',
      'reasoning',
      'assistant: 6',
    ]);
    expect(await client.responses.retrieve(second.id)).toMatchObject({ id: second.id, conversation: { id } });
    expect((await send('GET', `responses/${third.id}`, key)).status).toBe(404);
    expect((await client.responses.create({ model, input: 'x' })).conversation).toBeNull();
  });

  it('hides what only the provider reads, unless it is asked for', async () => {
    const { id } = await client.conversations.create();
    await say(id, 'one');
    const plain = await client.conversations.items.list(id, { order: 'asc' });
    expect(JSON.stringify(plain.data)).not.toContain('encrypted_content');
    const include = ['reasoning.encrypted_content' as const];
    const whole = await client.conversations.items.list(id, { order: 'asc', include });
    expect(whole.data[1]).toHaveProperty('encrypted_content');
    const asItem = { conversation_id: id };
    const item = whole.data[1]?.id ?? '';
    expect(await client.conversations.items.retrieve(item, asItem)).not.toHaveProperty('encrypted_content');
    expect(await client.conversations.items.retrieve(item, { ...asItem, include })).toEqual(whole.data[1]);
  });

  it('calls a tool and takes its result in the next, and wants one for every call', async () => {
    const { id } = await client.conversations.create();
    const first = await say(id, 'look', { tools: [look] });
    expect(first.output.at(-1)).toMatchObject({ type: 'function_call', call_id: 'call_0' });
    const without = await send('POST', 'responses', key, { model, conversation: id, input: 'and?' });
    expect(await readError(without)).toMatchObject({ message: 'No tool output found for function call call_0.' });
    await say(id, [{ type: 'function_call_output', call_id: 'call_0', output: 'seen' }], { tools: [look] });
    expect(asked.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    const again = await say(id, 'look again', { tools: [look] });
    expect(again.output.at(-1)).toMatchObject({ type: 'function_call', call_id: 'call_0_2' });
  });

  it('lists everything that it was given, and goes on as a chain that adds nothing', async () => {
    const { id } = await client.conversations.create({ items: [message('zero')] });
    const first = await say(id, 'one');
    await say(id, 'two');
    const given = await client.responses.inputItems.list(first.id, { order: 'asc' });
    expect(given.data).toMatchObject([{ content: [{ text: 'zero' }] }, { content: [{ text: 'one' }] }]);
    const before = await told(client, id);
    const branch = await client.responses.create({ model, previous_response_id: first.id, input: 'left' });
    expect(branch.conversation).toBeNull();
    expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual(['zero', 'one', '2', 'left']);
    const next = await client.responses.create({ model, previous_response_id: branch.id, input: 'more' });
    expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual(['zero', 'one', '2', 'left', '4', 'more']);
    expect(next.previous_response_id).toBe(branch.id);
    expect(await told(client, id)).toEqual(before);
  });

  it('may refer to items of conversations, but not to those it is given already', async () => {
    const { id } = await client.conversations.create({ items: [message('zero')] });
    const unkept = await say(id, 'one', { store: false });
    const [zero] = (await client.conversations.items.list(id, { order: 'asc' })).data;
    const references = [zero?.id, unkept.output.at(-1)?.id].map((item) => {
      return { type: 'item_reference' as const, id: item ?? '' };
    });
    await client.responses.create({ model, input: [...references, message('two')] });
    expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual(['zero', '2', 'two']);
    const double = await send('POST', 'responses', key, { model, conversation: id, input: references });
    expect(double.status).toBe(400);
    expect(await readError(double)).toMatchObject({
      message: `Duplicate item found with id ${zero?.id}. Remove duplicate items from your input and try again.`,
      param: 'input[0].id',
    });
    const other = await client.conversations.create({ items: references });
    expect(await told(client, other.id)).toEqual(['user: zero', 'assistant: 2']);
  });

  it('that meets its limit adds what there is', async () => {
    scripts.set('long', async function* () {
      yield { type: 'text_delta', text: 'half a' };
      yield { type: 'usage', usage };
      yield { type: 'finished', stopReason: 'length' };
    });
    const { id } = await client.conversations.create();
    expect((await say(id, 'long')).status).toBe('incomplete');
    expect(await told(client, id)).toEqual(['user: long', 'assistant: half a']);
  });

  it('over a connection adds its items too, and is continued there although it is not stored', async () => {
    const { id } = await client.conversations.create();
    const { webSocket } = await gateway.send('/v1/responses', { key, headers: { upgrade: 'websocket' } });
    const ends: { readonly id: string; readonly conversation: unknown }[] = [];
    let wake = (): void => undefined;
    webSocket?.addEventListener('message', ({ data }) => {
      const event = JSON.parse(String(data)) as { readonly type: string; readonly response: (typeof ends)[number] };
      if (event.type === 'response.completed') ends.push(event.response);
      if (event.type === 'response.completed' || event.type === 'error') wake();
    });
    webSocket?.accept();
    const over = async (more: object) => {
      const ended = new Promise<void>((resolve) => {
        wake = resolve;
      });
      webSocket?.send(JSON.stringify({ type: 'response.create', model, store: false, ...more }));
      await ended;
      return ends.at(-1);
    };
    await over({ conversation: id, input: 'zero', generate: false });
    const first = await over({ conversation: id, input: 'one' });
    expect(first?.conversation).toEqual({ id });
    await over({ previous_response_id: first?.id, input: 'aside' });
    expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual(['zero', 'one', '2', 'aside']);
    expect(await told(client, id)).toEqual(['user: zero', 'user: one', 'reasoning', 'assistant: 2']);
    webSocket?.close();
  });

  it('is counted with its items, and may hold a summary', async () => {
    const { id } = await client.conversations.create({ items: [message('words '.repeat(1_000))] });
    const count = async (conversation?: string): Promise<number> =>
      (await client.responses.inputTokens.count({ model, input: 'x', ...(conversation && { conversation }) }))
        .input_tokens;
    expect(await count(id)).toBeGreaterThan((await count()) + 500);
    const compacted = await client.responses.compact({ model: 'test/thinker' as 'gpt-5', input: 'one' });
    const summary = compacted.output.at(-1) as OpenAI.Responses.ResponseInputItem;
    const added = await client.conversations.items.create(id, { items: [summary] });
    expect(added.data).toMatchObject([{ type: 'compaction', encrypted_content: expect.stringMatching(/^aidevos/) }]);
    await say(id, 'go on');
    expect(JSON.stringify(asked.at(-1)?.messages)).toContain('summarised to save space');
  });

  it('at once with another adds its own after what ended before, and was given what was there when it began', async () => {
    const { id } = await client.conversations.create({ items: [message('zero')] });
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    scripts.set('slow', async function* () {
      begun.resolve();
      await released.promise;
      yield { type: 'text_delta', text: 'at last' };
      yield { type: 'finished', stopReason: 'end' };
    });
    const slow = say(id, 'slow');
    await begun.promise;
    await say(id, 'quick', { reasoning: { summary: 'auto' } });
    released.resolve();
    const late = await slow;
    expect(await told(client, id)).toEqual([
      'user: zero',
      'user: quick',
      'reasoning',
      'assistant: 2',
      'user: slow',
      'assistant: at last',
    ]);
    const given = await client.responses.inputItems.list(late.id);
    expect(given.data).toHaveLength(2);
  });
});

describe('a response that did not become whole', () => {
  const failing = async function* (): AsyncGenerator<ModelEvent, void> {
    yield { type: 'text_delta', text: 'half' };
    yield { type: 'failed', failure: { kind: 'overloaded', message: 'It broke.', retryable: true } };
  };

  it.each([true, false])('adds nothing when it failed, stored %s', async (store) => {
    scripts.set('fail', failing);
    const { id } = await client.conversations.create();
    expect((await send('POST', 'responses', key, { model, conversation: id, input: 'fail', store })).ok).toBe(false);
    const response = await client.responses.stream({ model, conversation: id, input: 'fail', store }).finalResponse();
    expect(response.status).toBe('failed');
    expect(await told(client, id)).toEqual([]);
    expect((await send('GET', `responses/${response.id}`, key)).status).toBe(store ? 200 : 404);
  });

  it('adds nothing when its client left', async () => {
    const left = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    scripts.set('wait', async function* () {
      try {
        yield { type: 'text_delta', text: 'half' };
        await left.promise;
        yield { type: 'text_delta', text: ' and more' };
        yield { type: 'finished', stopReason: 'end' };
      } finally {
        ended.resolve();
      }
    });
    const { id } = await client.conversations.create();
    const answer = await send('POST', 'responses', key, { model, conversation: id, input: 'wait', stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    const leaving = reader?.cancel();
    left.resolve();
    await Promise.all([leaving, ended.promise]);
    expect(await told(client, id)).toEqual([]);
  });

  it('says so when its conversation was deleted meanwhile', async () => {
    const { id } = await client.conversations.create();
    scripts.set('slow', async function* () {
      yield { type: 'text_delta', text: 'half' };
      await client.conversations.delete(id);
      yield { type: 'finished', stopReason: 'end' };
    });
    const response = await client.responses.stream({ model, conversation: id, input: 'slow' }).finalResponse();
    expect(response).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
    expect((await send('GET', `responses/${response.id}`, key)).status).toBe(404);
  });
});

describe('what is refused before a model is asked', () => {
  it('is a conversation that is not there, with a previous response, or of another form', async () => {
    const { id } = await client.conversations.create();
    const first = await client.responses.create({ model, input: 'x' });
    const before = asked.length;
    const refused = async (more: object) => {
      const answer = await send('POST', 'responses', key, { model, input: 'x', ...more });
      return { status: answer.status, ...(await readError(answer)) };
    };
    expect(await refused({ conversation: 'conv_1' })).toEqual({
      status: 404,
      message: "Conversation with id 'conv_1' not found.",
      type: 'invalid_request_error',
      param: null,
      code: null,
    });
    expect(await refused({ conversation: { id }, previous_response_id: first.id })).toEqual({
      status: 400,
      message:
        "Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
      type: 'invalid_request_error',
      param: null,
      code: 'mutually_exclusive_parameters',
    });
    expect(await refused({ conversation: {} })).toMatchObject({ status: 400, param: 'conversation' });
    expect(asked.length).toBe(before);
  });

  it('is one that has grown too large', async () => {
    const large = 'x'.repeat(7 * 1_048_576);
    const { id } = await client.conversations.create({ items: [message(large)] });
    const before = asked.length;
    const answer = await send('POST', 'responses', key, { model, conversation: id, input: large });
    expect(answer.status).toBe(413);
    const error = await readError(answer);
    expect(error).toMatchObject({ param: 'conversation', code: 'request_too_large' });
    expect(error.message).toContain('12582912');
    expect(asked.length).toBe(before);
    const added = await send('POST', `conversations/${id}/items`, key, { items: [message(large)] });
    expect([added.status, (await readError(added)).param]).toEqual([413, 'items']);
    // Room is made by deleting.
    const [item] = (await client.conversations.items.list(id)).data;
    await client.conversations.items.delete(item?.id ?? '', { conversation_id: id });
    expect((await say(id, 'small')).status).toBe('completed');
  });
});
