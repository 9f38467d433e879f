import { describe, expect, it } from 'vitest';
import { readConversation } from '../conversation.ts';
import { assist } from './assisting.ts';

const adviceOn = (text: string): { readonly helpful: boolean; readonly advice: string } => {
  const request = { model: 'engineer', system: '', tools: [], maxOutputTokens: 1, idempotencyKey: 'k' };
  const content = `# Help with: x\n\nKind: assist\n\n${text}`;
  const reply = assist(readConversation({ ...request, messages: [{ role: 'user', content }] }));
  // SAFETY: the one call of the answer is `submit_advice`.
  return reply.calls[0]?.input as { helpful: boolean; advice: string };
};

describe('the offline engineer as helper', () => {
  it.each([
    ['This task may not write src/a.ts. It may write: src/b/.', 'Do not write src/a.ts'],
    ['The passage does not stand in src/a.ts. Read the file again.', 'Read src/a.ts again'],
    ['FAILED test/a.test.ts > adds\n  not equal (a.ts:3)\n  expected: 2\n  actual:   3', 'It wants 2 and gets 3'],
    ['src/a.ts:3:5 TS2322 Type string is not number.', 'TS2322 in line 3 of src/a.ts'],
    ['read_file was called 4 times in a row with the same arguments.', 'read_file will not answer differently'],
  ])('reads the failure: %s', (text, expected) => {
    const { helpful, advice } = adviceOn(text);
    expect(helpful).toBe(true);
    expect(advice).toContain(expected);
  });

  it('says that it cannot help when it recognises nothing', () => {
    expect(adviceOn('It is all very sad.').helpful).toBe(false);
  });
});
