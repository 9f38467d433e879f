import { describe, expect, it } from 'vitest';
import { toAnthropicMessages } from './anthropic-messages.ts';

const result = (toolCallId: string) =>
  ({ role: 'tool', toolCallId, toolName: 'read', content: toolCallId, isError: false }) as const;

describe('toAnthropicMessages', () => {
  it('puts all results of one turn first in one user message', () => {
    const messages = toAnthropicMessages([
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: ' ',
        toolCalls: [
          { id: 'a', name: 'read', argumentsJson: '{"path":"x"}' },
          { id: 'b', name: 'read', argumentsJson: '' },
        ],
      },
      result('a'),
      { role: 'user', content: 'by the way' },
      result('b'),
    ]);
    expect(messages.map(({ role, content }) => [role, ...content.map(({ type }) => type)])).toEqual([
      ['user', 'text'],
      ['assistant', 'tool_use', 'tool_use'],
      ['user', 'tool_result', 'tool_result', 'text'],
    ]);
    expect(messages[1]?.content).toMatchObject([{ input: { path: 'x' } }, { input: {} }]);
  });

  it('leaves out messages that say nothing, so that roles still alternate', () => {
    const messages = toAnthropicMessages([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '', toolCalls: [] },
      { role: 'user', content: 'two' },
    ]);
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
    ]);
  });

  it.each(['not json', '[1]', '"text"', 'null'])(
    'keeps the arguments %s visible although they are no object',
    (text) => {
      const [message] = toAnthropicMessages([
        { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'read', argumentsJson: text }] },
      ]);
      expect(message?.content).toMatchObject([{ input: { malformed_arguments: text } }]);
    },
  );
});
