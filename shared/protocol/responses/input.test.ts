import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReasoningBlock } from '../../ports/model-client.ts';
import { storedItemsSchema, type InputItem } from '../../schemas/responses.ts';
import { anthropicCapabilities, offlineCapabilities } from '../openai/capabilities.ts';
import { toModelRequest } from '../openai/model-request.ts';
import { readConversation } from './input.ts';
import { itemId, responseOfItem } from './item-ids.ts';
import { decodeReasoning, encodeReasoning } from './reasoning.ts';
import { inputItems, toStoredInput, type KeptItem } from './stored-input.ts';

const parse = (items: readonly object[]): readonly InputItem[] => storedItemsSchema.parse(items);

const read = (items: readonly object[]) =>
  readConversation(
    parse(items).map((item, index) => ({ item, param: `input[${index}]` })),
    offlineCapabilities,
  );

const messagesOf = (items: readonly object[]) => {
  const result = read(items);
  if (!result.ok) throw new Error(result.error.error.message);
  return result.value;
};

const user = { role: 'user', content: 'x' };
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'look', arguments: '{}' });
const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: `of ${id}` });
const result = (id: string) => ({
  role: 'tool',
  toolCallId: id,
  toolName: 'look',
  content: `of ${id}`,
  isError: false,
});
const made = (id: string) => ({ id, name: 'look', argumentsJson: '{}' });

describe('items', () => {
  it('become ours: one system text, one message for all that the model did, results right after their calls', () => {
    const block: ReasoningBlock = { type: 'text', text: 'hm', signature: 's' };
    expect(
      messagesOf([
        { role: 'system', content: 'a' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'one' },
            { type: 'input_text', text: 'two' },
          ],
        },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: encodeReasoning(block) },
        {
          role: 'assistant',
          content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
          phase: 'commentary',
        },
        call('c'),
        call('d'),
        output('d'),
        { role: 'developer', content: 'b' },
        output('c'),
        { role: 'assistant', content: 'Done.' },
        user,
      ]),
    ).toEqual({
      system: 'a\n\nb',
      messages: [
        { role: 'user', content: 'one\ntwo' },
        { role: 'assistant', content: 'I look.', toolCalls: [made('c'), made('d')], reasoning: [block] },
        result('c'),
        result('d'),
        { role: 'assistant', content: 'Done.', toolCalls: [] },
        { role: 'user', content: 'x' },
      ],
      callIds: new Set(['c', 'd']),
    });
  });

  it('keep calls apart that were answered one after the other', () => {
    expect(messagesOf([user, call('c'), output('c'), call('d'), output('d')]).messages.slice(1)).toEqual([
      { role: 'assistant', content: '', toolCalls: [made('c')] },
      result('c'),
      { role: 'assistant', content: '', toolCalls: [made('d')] },
      result('d'),
    ]);
  });

  it('of custom tools and namespaces are calls of the names that the model knows', () => {
    const { messages } = messagesOf([
      user,
      { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: '*** "x"' },
      { ...call('d'), namespace: 'files', name: 'read' },
      { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' },
      { ...output('d'), output: [{ type: 'input_text', text: 'of d' }] },
    ]);
    expect(messages.slice(1)).toMatchObject([
      {
        toolCalls: [
          { id: 'c', name: 'patch', argumentsJson: '{"input":"*** \\"x\\""}' },
          { id: 'd', name: 'files__read' },
        ],
      },
      { toolName: 'patch', content: 'ok' },
      { toolName: 'files__read', content: 'of d' },
    ]);
  });

  it.each<[string, readonly object[], string]>([
    ['an output without its call', [user, output('c')], 'input[1].call_id'],
    ['an output twice', [user, call('c'), output('c'), output('c')], 'input[3].call_id'],
    ['a call without its output', [user, call('c'), user], 'input'],
    ['a call without its output at the end', [user, call('c')], 'input'],
    ['two calls of one id', [user, call('c'), call('c'), output('c')], 'input[2].call_id'],
    [
      'a file by its id',
      [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }],
      'input[0].content[0].file_id',
    ],
    [
      'a file by its address',
      [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.example' }] }],
      'input[0].content[0].file_url',
    ],
    [
      'a file that is not there',
      [{ role: 'user', content: [{ type: 'input_file' }] }],
      'input[0].content[0].file_data',
    ],
    [
      'an image of the assistant',
      [{ role: 'assistant', content: [{ type: 'input_image', image_url: 'data:' }] }],
      'input[0].content[0]',
    ],
    ['sound', [{ role: 'user', content: [{ type: 'input_audio' }] }], 'input[0].content[0]'],
    [
      'reasoning of another platform',
      [user, { type: 'reasoning', summary: [], encrypted_content: 'gAAAA' }],
      'input[1].encrypted_content',
    ],
  ])('are refused with the place: %s', (_name, items, param) => {
    expect(read(items)).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
  });

  it.each([anthropicCapabilities, offlineCapabilities])('take images and files as chat completions do', (able) => {
    const media = [
      [
        { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
      ],
      [
        { type: 'input_file', file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
      ],
    ] as const;
    for (const [own, chat] of media) {
      const asked = { role: 'user' as const, content: [{ type: 'text', text: 'see' }, chat] };
      const byChat = toModelRequest({ model: 'm', messages: [asked] }, able, { model: 'm', idempotencyKey: '' });
      const items = parse([{ role: 'user', content: [{ type: 'input_text', text: 'see' }, own] }]);
      const here = readConversation(
        items.map((item) => ({ item, param: 'input[0]' })),
        able,
      );
      if (byChat.ok) expect(here).toMatchObject({ ok: true, value: { messages: byChat.value.request.messages } });
      else expect(here).toMatchObject({ ok: false, error: { error: { param: 'input[0].content[1]' } } });
    }
  });
});

describe('what was thought', () => {
  it('comes back as it was, and nothing else is taken for it', () => {
    const blocks = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text: fc.string(), signature: fc.string() }),
      fc.record({ type: fc.constant('text' as const), text: fc.string() }),
      fc.record({ type: fc.constant('redacted' as const), data: fc.string() }),
    );
    fc.assert(
      fc.property(blocks, (block) => {
        expect(decodeReasoning(encodeReasoning(block))).toEqual(block);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeReasoning(text)).toBeUndefined();
      }),
    );
    for (const text of ['aidevos1.', 'aidevos1.{}', 'aidevos1.{"type":"text"}', 'aidevos1.null']) {
      expect(decodeReasoning(text)).toBeUndefined();
    }
  });
});

describe('stored items', () => {
  const responseId = 'resp_0abc';

  it('have ids that lead to their response, and are read back as the same conversation', () => {
    const items = parse([user, { role: 'assistant', content: 'y' }, call('c'), output('c')]).filter(
      (item): item is KeptItem => item.type !== 'item_reference',
    );
    const stored = toStoredInput(responseId, items);
    for (const item of stored) expect(responseOfItem((item as { readonly id: string }).id)).toBe(responseId);
    expect(stored).toMatchObject([
      { type: 'message', status: 'completed', content: [{ type: 'input_text', text: 'x' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'y', annotations: [] }] },
      { type: 'function_call', status: 'completed' },
      { type: 'function_call_output', status: 'completed' },
    ]);
    expect(messagesOf(stored)).toEqual(messagesOf(items));
  });

  it('keep the ids that they came with', () => {
    const [item] = toStoredInput(responseId, parse([{ ...user, id: 'msg_1' }]) as readonly KeptItem[]);
    expect(item).toMatchObject({ id: 'msg_1' });
  });

  it('are told apart from ids of elsewhere', () => {
    expect(responseOfItem(itemId(responseId, 'reasoning', { side: 'output', index: 12 }))).toBe(responseId);
    for (const id of ['', 'msg_', 'msg_1', 'rs_../o1', `x_0abco1`]) expect(responseOfItem(id)).toBeUndefined();
  });

  it('are one message of the user where the input is a text', () => {
    expect(inputItems('hi')).toEqual([{ type: 'message', role: 'user', content: 'hi' }]);
    expect(inputItems(null)).toEqual([]);
  });
});
