import { describe, expect, it } from 'vitest';
import { collectAnswer } from '../../domain/model/collect.ts';
import type { ModelRequest } from '../../ports/model-client.ts';
import { createFakeAiBinding, refusalOf, streamOf } from '../../testing/models/fake-ai-binding.ts';
import { defaultCallLimits } from './call-watch.ts';
import { createWorkersAiClient } from './workers-ai.ts';

const request: ModelRequest = {
  model: '@cf/meta/llama-3.1-8b-instruct-fp8',
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hello' }],
  tools: [{ name: 'get_weather', description: 'Tells it.', parameters: { type: 'object' } }],
  maxOutputTokens: 50,
  idempotencyKey: 'call-1',
};

const ask = async (...answers: readonly (() => Response | Promise<Response>)[]) => {
  const binding = createFakeAiBinding(answers);
  const limits = { ...defaultCallLimits, firstByteMs: 200, idleMs: 200 };
  return { answer: await collectAnswer(createWorkersAiClient(binding, limits), request), calls: binding.calls };
};

const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };

describe('Workers AI', () => {
  it('reads the native dialect', async () => {
    const { answer, calls } = await ask(() =>
      streamOf([{ response: 'Hel' }, { response: 'lo ' }, { response: 7 }, { response: '', usage }]),
    );
    expect(answer).toMatchObject({
      ok: true,
      text: 'Hello 7',
      stopReason: 'end',
      usage: { inputTokens: 10, outputTokens: 3 },
    });
    expect(calls[0]?.model).toBe(request.model);
    expect(calls[0]?.inputs).toMatchObject({ max_tokens: 50, stream: true, tools: [{ type: 'function' }] });
    expect(Object.keys(calls[0]?.inputs ?? {})).not.toContain('stream_options');
    expect(Object.keys(calls[0]?.inputs ?? {})).not.toContain('model');
  });

  it('reads native tool calls, which have neither index nor id, and passes over their empty end', async () => {
    const { answer } = await ask(() =>
      streamOf([
        { response: '', tool_calls: [{ name: 'get_weather', arguments: { city: 'Oslo' } }] },
        { tool_calls: [{ name: 'get_weather', arguments: '{"city":"Rome"}' }] },
        { tool_calls: [{ id: null, type: null, function: { name: null, arguments: '' } }] },
      ]),
    );
    expect(answer).toMatchObject({
      ok: true,
      stopReason: 'tool_calls',
      toolCalls: [
        { id: 'call_0', name: 'get_weather', argumentsJson: '{"city":"Oslo"}' },
        { id: 'call_1', name: 'get_weather', argumentsJson: '{"city":"Rome"}' },
      ],
    });
  });

  it("reads OpenAI's dialect", async () => {
    const call = (more: object) => ({ choices: [{ delta: { tool_calls: [{ index: 0, ...more }] } }] });
    const { answer } = await ask(() =>
      streamOf([
        { choices: [{ delta: { role: 'assistant', content: 'Let me ' } }] },
        { choices: [{ delta: { content: 'look.' } }] },
        call({ id: 'chatcmpl-tool-1', function: { name: 'get_weather', arguments: '' } }),
        call({ function: { arguments: '{"city":"Oslo"}' } }),
        { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
        { choices: [], usage },
      ]),
    );
    expect(answer).toMatchObject({
      ok: true,
      text: 'Let me look.',
      toolCalls: [{ id: 'chatcmpl-tool-1', argumentsJson: '{"city":"Oslo"}' }],
      usage: { outputTokens: 3 },
    });
  });

  it.each([
    ['native', { response: { name: 'Ada' }, usage }],
    [
      "OpenAI's",
      { choices: [{ message: { role: 'assistant', content: '{"name":"Ada"}' }, finish_reason: 'stop' }], usage },
    ],
  ])('reads an answer that comes whole, in the %s dialect', async (_name, body) => {
    const { answer } = await ask(() => Response.json(body));
    expect(answer).toMatchObject({ ok: true, text: '{"name":"Ada"}', usage: { inputTokens: 10 } });
  });

  it.each([
    ['native', [{ response: 'Hel' }]],
    ["OpenAI's", [{ choices: [{ delta: { content: 'Hel' } }] }]],
  ])('never takes a broken stream for a finished one, in the %s dialect', async (_name, pieces) => {
    expect((await ask(() => streamOf(pieces, { isCut: true }))).answer).toMatchObject({
      ok: false,
      failure: { kind: 'connection_lost' },
    });
  });

  it.each([
    [400, 5007, 'invalid_request', false],
    [400, 5021, 'context_too_long', false],
    [429, 3036, 'rate_limited', false],
    [429, 3040, 'overloaded', true],
    [408, 3007, 'timeout', true],
    [500, 9999, 'provider_error', true],
  ])('tells status %i and code %i as %s', async (status, code, kind, retryable) => {
    const { answer } = await ask(() => refusalOf(status, code, 'It cannot be done.'));
    expect(answer).toMatchObject({ ok: false, failure: { kind, retryable, status } });
  });

  it('ends a call that is never answered, or that the binding does not take', async () => {
    const silent = await ask(() => new Promise<Response>(() => undefined));
    expect(silent.answer).toMatchObject({ ok: false, failure: { kind: 'timeout' } });
    const thrown = await ask(() => Promise.reject(new Error('no such thing at /home/me/worker.ts')));
    expect(thrown.answer).toMatchObject({ ok: false, failure: { kind: 'connection_lost' } });
    const wrong = await ask(() => streamOf(['no object']));
    expect(wrong.answer).toMatchObject({ ok: false, failure: { kind: 'malformed_response' } });
  });
});
