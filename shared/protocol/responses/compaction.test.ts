import { describe, expect, it } from 'vitest';
import { offlineChat } from '../../domain/offline-engineer/chat/chat.ts';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { InputItem } from '../../schemas/responses.ts';
import { anyCapabilities } from '../openai/capabilities.ts';
import { compactionPrompt, keptMessages } from './compaction.ts';
import { readConversation, type PlacedItem } from './input.ts';
import { withoutReferences } from './stored-input.ts';
import { decodeSummary, encodeSummary } from './summary.ts';

const items: readonly InputItem[] = [
  { type: 'message', role: 'developer', content: 'Be brief.' },
  { type: 'message', role: 'user', content: 'List the folder.' },
  { type: 'function_call', call_id: 'c1', name: 'ls', arguments: '{"path":"."}' },
  { type: 'function_call_output', call_id: 'c1', output: 'a.txt' },
  { type: 'message', role: 'assistant', content: 'There is a.txt.' },
  { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] },
];

const placed = (all: readonly InputItem[]): readonly PlacedItem[] =>
  all.map((item, index) => ({ item, param: `input[${index}]` }));

describe('compaction', () => {
  it('shows the model everything that was said, called and answered', () => {
    const prompt = compactionPrompt(placed(items), 'Work.');
    expect(prompt.ok && prompt.value.split('\n\n').slice(1)).toEqual([
      '<conversation>\nsystem: Work.',
      'system: Be brief.',
      'user: List the folder.',
      'assistant called ls: {"path":"."}',
      'ls answered: a.txt',
      'assistant: There is a.txt.',
      'user: [image]\n</conversation>',
    ]);
  });

  it('refuses what is no conversation', () => {
    const result = compactionPrompt(placed(items.filter(({ type }) => type !== 'function_call')), undefined);
    expect(result).toMatchObject({ ok: false, error: { error: { param: 'input[2].call_id' } } });
  });

  it('keeps what systems and persons said, of persons the newest', () => {
    const long = (mark: string): InputItem => ({ type: 'message', role: 'user', content: mark.repeat(30_000) });
    const kept = keptMessages(withoutReferences([...items, long('a'), long('b'), long('c')]));
    expect(kept.map((item) => item.type === 'message' && String(item.content).slice(0, 9))).toEqual([
      'Be brief.',
      'bbbbbbbbb',
      'ccccccccc',
    ]);
  });

  it('comes back as something the person says, and only where it was made here', () => {
    const read = (encrypted_content: string) =>
      readConversation(placed([{ type: 'compaction', encrypted_content }]), anyCapabilities);
    const told = read(encodeSummary('The port is 8080.'));
    expect(told.ok && told.value.messages).toEqual([
      { role: 'user', content: expect.stringContaining('The port is 8080.') as unknown },
    ]);
    expect(read('gAAAA')).toMatchObject({ ok: false, error: { error: { param: 'input[0].encrypted_content' } } });
    expect(decodeSummary(encodeSummary(''))).toBe('');
  });

  it('is an extract where the offline engineer makes it', async () => {
    const prompt = compactionPrompt(placed(items), null);
    if (!prompt.ok) throw new Error('There is no prompt.');
    const answer = await collectAnswer(offlineChat, {
      model: 'engineer',
      system: '',
      messages: [{ role: 'user', content: prompt.value }],
      tools: [],
      maxOutputTokens: 1_000,
      idempotencyKey: 'x',
    });
    expect(answer.ok && answer.text.split('\n')).toEqual([
      'system: Be brief.',
      'user: List the folder.',
      'assistant called ls: {"path":"."}',
      'ls answered: a.txt',
      'assistant: There is a.txt.',
      'user: [image]',
    ]);
  });
});
