/** A gateway over one model that says how much it was sent, for tests of what is kept of conversations. */
import type OpenAI from 'openai';
import { ok } from '../../../shared/errors/result.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../../../shared/ports/model-client.ts';
import { offlineCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import { createChatModels } from '../chat-models.ts';
import { createGateway } from './harness.ts';

export const model = 'test/thinker';

/** What the model was sent, newest last. */
export const asked: ModelRequest[] = [];

/** Answers to what was said last; every other answer is the number of messages, with a thought before. */
export const scripts = new Map<string, () => AsyncGenerator<ModelEvent, void>>();

export const usage = { inputTokens: 5, outputTokens: 9, cachedInputTokens: 1 };

const thinker: ModelClient = {
  async *stream(request) {
    asked.push(request);
    const last = request.messages.at(-1);
    const script = scripts.get(last?.role === 'user' ? last.content : '');
    if (script !== undefined) return yield* script();
    yield { type: 'reasoning_delta', text: `hm ${request.messages.length}` };
    yield { type: 'reasoning_signed', signature: 'signed' };
    yield { type: 'text_delta', text: String(request.messages.length) };
    const [tool] = request.tools;
    const calls = tool !== undefined && last?.role !== 'tool';
    if (calls) yield { type: 'tool_call_started', index: 0, id: 'call_0', name: tool.name };
    yield { type: 'usage', usage };
    yield { type: 'finished', stopReason: calls ? 'tool_calls' : 'end' };
  },
};

const offline = createChatModels({ accounts: {}, guard: { protect: (client) => client }, names: [] });

export const gateway = createGateway({
  chatModels: Object.assign(offline, {
    translated: () =>
      ok({
        type: 'translated' as const,
        name: model,
        model: 'thinker',
        client: thinker,
        capabilities: offlineCapabilities,
      }),
  }),
});

/** One call of `/v1`. */
export const send = async (method: string, path: string, key: string, json?: unknown): Promise<Response> =>
  await gateway.send(`/v1/${path}`, { method, key, ...(json === undefined ? {} : { json }) });

export const message = (content: string) => ({ type: 'message' as const, role: 'user' as const, content });

/** What stands in the conversation, oldest first: the role of messages with their texts, the type of all else. */
export const told = async (client: OpenAI, id: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const item of client.conversations.items.list(id, { order: 'asc', limit: 100 })) {
    const texts = item.type === 'message' ? item.content.map((part) => ('text' in part ? part.text : part.type)) : [];
    lines.push(item.type === 'message' ? `${item.role}: ${texts.join()}` : item.type);
  }
  return lines;
};
