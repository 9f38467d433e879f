import { describe, expect, it } from 'vitest';
import { storedItemsSchema } from '../../schemas/responses.ts';
import { checkNewItems, conversationIdOf, toConversationResource, toNewItems, toStoredItems } from './conversation.ts';
import { encodeReasoning } from './reasoning.ts';
import { responseOfItem } from './item-ids.ts';
import { encodeSummary } from './summary.ts';
import type { KeptItem } from './stored-input.ts';

const responseId = 'resp_0abc';

const parse = (items: readonly object[]): readonly KeptItem[] =>
  storedItemsSchema.parse(items).filter((item): item is KeptItem => item.type !== 'item_reference');

describe('a conversation', () => {
  it('is shown in seconds', () => {
    expect(toConversationResource({ id: 'conv_1', createdAt: 1_999, metadata: {} })).toEqual({
      id: 'conv_1',
      object: 'conversation',
      created_at: 1,
      metadata: {},
    });
  });

  it('is named by a text or an object', () => {
    expect(conversationIdOf({ conversation: 'conv_1' })).toBe('conv_1');
    expect(conversationIdOf({ conversation: { id: 'conv_1' } })).toBe('conv_1');
    expect([conversationIdOf({}), conversationIdOf({ conversation: null })]).toEqual([undefined, undefined]);
  });
});

describe('items that are added', () => {
  it('get ids of their own, which lead back, and everything that a list must show', () => {
    const items = toNewItems(
      responseId,
      parse([
        { role: 'user', content: 'x', id: 'msg_theirs' },
        { role: 'user', content: 'x', id: 'msg_theirs' },
        { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: null }] },
        { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: 'data:,' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: 'y' }] },
      ]),
    );
    const stored = toStoredItems(items);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(5);
    for (const { id, item } of stored) {
      expect(responseOfItem(id)).toBe(responseId);
      expect(JSON.parse(item)).toMatchObject({ id, status: 'completed' });
    }
    expect(items.slice(2)).toMatchObject([
      { content: [{ type: 'input_image', detail: 'auto' }] },
      { output: [{ type: 'input_image', detail: 'auto' }] },
      { content: [{ type: 'output_text', text: 'y', annotations: [], logprobs: [] }] },
    ]);
  });

  it.each<[object, string]>([
    [{ type: 'reasoning', summary: [], encrypted_content: 'x' }, 'items[1].encrypted_content'],
    [{ type: 'compaction', encrypted_content: 'x' }, 'items[1].encrypted_content'],
    [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }, 'items[1].content[0].file_id'],
    [{ role: 'user', content: [{ type: 'input_file', file_url: 'f' }] }, 'items[1].content[0].file_url'],
    [
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', file_id: 'f' }] },
      'items[1].output[0].file_id',
    ],
  ])('that no model could be sent are refused: %j', (item, param) => {
    const checked = checkNewItems(parse([{ role: 'user', content: 'x' }, item]));
    expect(checked).toMatchObject({ ok: false, error: { status: 400, error: { param } } });
  });

  it('that can be read are taken', () => {
    const items = parse([
      { type: 'reasoning', summary: [], encrypted_content: encodeReasoning({ type: 'redacted', data: 'x' }) },
      { type: 'reasoning', summary: [], encrypted_content: null },
      { type: 'compaction', encrypted_content: encodeSummary('x') },
      { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'seen' },
    ]);
    expect(checkNewItems(items)).toEqual({ ok: true, value: items });
  });
});
