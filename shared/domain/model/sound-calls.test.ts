import { describe, expect, it } from 'vitest';
import type { ModelClient, ModelEvent } from '../../ports/model-client.ts';
import { collectAnswer } from './collect.ts';
import { withSoundCalls } from './sound-calls.ts';

const answering = (argumentsText: string, stopReason: 'tool_calls' | 'length'): ModelClient => ({
  async *stream() {
    yield* [
      { type: 'tool_call_started', index: 0, id: 'a', name: 'f' },
      { type: 'tool_call_delta', index: 0, argumentsText },
      { type: 'finished', stopReason },
    ] satisfies ModelEvent[];
  },
});

const request = { model: 'x', system: '', messages: [], tools: [], maxOutputTokens: 1, idempotencyKey: 'a' };

describe('calls with unsound arguments', () => {
  it.each(['{"a":', '[1]', '7', 'null', '{} {}'])('%s make a failure that may be tried again', async (text) => {
    const answer = await collectAnswer(withSoundCalls(answering(text, 'tool_calls')), request);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'malformed_response', retryable: true } });
  });

  it.each(['', '{}', ' {"a":1} '])('are not these: %j', async (text) => {
    expect((await collectAnswer(withSoundCalls(answering(text, 'tool_calls')), request)).ok).toBe(true);
  });

  it('are told as cut off where they were', async () => {
    const answer = await collectAnswer(withSoundCalls(answering('{"a":', 'length')), request);
    expect(answer).toMatchObject({ ok: true, stopReason: 'length' });
  });
});
