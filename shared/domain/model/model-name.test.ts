import { describe, expect, it } from 'vitest';
import { parseModelName } from './model-name.ts';

describe('parseModelName', () => {
  it('splits at the first slash', () => {
    expect(parseModelName('offline/engineer?faults=0.2')).toEqual({
      ok: true,
      value: { provider: 'offline', model: 'engineer?faults=0.2' },
    });
    expect(parseModelName('openai/meta/llama-3')).toEqual({
      ok: true,
      value: { provider: 'openai', model: 'meta/llama-3' },
    });
  });

  it.each(['', 'gpt-5', '/x', 'openai/', 'Open AI/x', 'openai/a b', `openai/${'x'.repeat(300)}`])(
    'refuses %j',
    (text) => {
      expect(parseModelName(text)).toMatchObject({
        ok: false,
        error: { type: 'request.invalid', issues: [{ field: 'model' }] },
      });
    },
  );
});
