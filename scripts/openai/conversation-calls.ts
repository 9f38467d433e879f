/** Calls of the Conversations API, with a conversation that is made for them. */
import type { Call } from './calls.ts';
import type { Endpoint } from './exchange.ts';

/** A conversation and two of its items, the second for being deleted. */
export interface MadeConversation {
  readonly conversation: string;
  readonly items: readonly string[];
}

const idsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if ('data' in value && Array.isArray(value.data)) return value.data.flatMap(idsIn);
  return 'id' in value && typeof value.id === 'string' ? [value.id] : [];
};

const message = { type: 'message', role: 'user', content: 'Hello.' };

/** Undefined where the platform has none. */
export const makeConversation = async ({ baseUrl, key }: Endpoint): Promise<MadeConversation | undefined> => {
  const post = async (path: string, body: object): Promise<readonly string[]> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.ok ? idsIn(await response.json()) : [];
  };
  const [conversation] = await post('/conversations', {});
  if (conversation === undefined) return undefined;
  return { conversation, items: await post(`/conversations/${conversation}/items`, { items: [message, message] }) };
};

const items = [
  message,
  { role: 'assistant', content: [{ type: 'output_text', text: 'Hello yourself.' }] },
  { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' }] },
  { type: 'function_call', call_id: 'call_1', name: 'look_up_weather', arguments: '{}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
  { type: 'custom_tool_call', call_id: 'call_2', name: 'note', input: 'x' },
  { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'y' }] },
  { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] },
];

const collection = '/conversations';
const one = `${collection}/{conversation_id}`;
const oneItem = `${one}/items/{item_id}`;

/** Everything about one conversation, which is deleted at the end. */
export const conversationCalls = (made: MadeConversation | undefined): readonly Call[] => {
  const { conversation = '', items: [kept = '', dropped = ''] = [] } = made ?? {};
  const at = { conversation_id: conversation };
  const get = { method: 'GET', parameters: at, expects: 'json' } as const;
  const post = { method: 'POST', parameters: at, expects: 'json' } as const;
  const said = { model: 'offline/engineer', max_output_tokens: 400, conversation };
  return [
    { ...post, name: 'a conversation', path: collection, body: { metadata: { topic: 'demo' }, items } },
    { ...post, name: 'an empty one', path: collection, body: {} },
    { ...post, name: 'items of every kind', path: `${one}/items`, body: { items } },
    { ...post, name: 'in a conversation', path: '/responses', body: { ...said, input: 'What are you?' } },
    {
      ...post,
      name: 'in a conversation, streamed',
      path: '/responses',
      body: { ...said, conversation: { id: conversation }, input: 'And you?', stream: true },
      expects: 'stream',
    },
    { ...get, name: 'a conversation', path: one },
    { ...post, name: 'other metadata', path: one, body: { metadata: { topic: 'other' } } },
    { ...get, name: 'its items', path: `${one}/items` },
    { ...get, name: 'one item', path: oneItem, parameters: { ...at, item_id: kept } },
    { ...get, name: 'an item, deleted', method: 'DELETE', path: oneItem, parameters: { ...at, item_id: dropped } },
    { ...get, name: 'a lost item', path: oneItem, parameters: { ...at, item_id: dropped }, expects: 'error' },
    {
      ...post,
      name: 'too many items',
      path: `${one}/items`,
      body: { items: Array.from({ length: 21 }, () => message) },
      expects: 'error',
    },
    { ...get, name: 'a conversation, deleted', method: 'DELETE', path: one },
    { ...get, name: 'a lost conversation', path: one, expects: 'error' },
    { ...post, name: 'in a lost conversation', path: '/responses', body: { ...said, input: 'x' }, expects: 'error' },
  ];
};
