/**
 * The rules of Anthropic's Messages API that are answered 400, and that a translation is likely to break
 * (https://platform.claude.com/docs/en/api/messages). A broken rule throws.
 */
import { createHash } from 'node:crypto';
import { assertSchema } from './schema-rule.ts';
import { list, property, textProperty } from './server.ts';

/** The signature that this server gives to a thought; it takes no other back. */
export const signThought = (text: string): string => createHash('sha256').update(`signed ${text}`).digest('base64');

const sealPrefix = 'sealed:';

/** What a client sees of a thought that it may not read. */
export const sealThought = (text: string): string => `${sealPrefix}${Buffer.from(text).toString('base64')}`;

/** The blocks of a message; a text is short for one block of it. */
export const blocksOf = (message: unknown): readonly unknown[] => {
  const content = property(message, 'content');
  return typeof content === 'string' ? [{ type: 'text', text: content }] : list(content);
};

const typeOf = (block: unknown): string => textProperty(block, 'type');

const check = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(rule);
};

const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const assertSource = (block: unknown): void => {
  const source = property(block, 'source');
  const mediaType = textProperty(source, 'media_type');
  switch (textProperty(source, 'type')) {
    case 'url':
      check(/^https?:\/\//.test(textProperty(source, 'url')), 'source.url must be an address');
      return;
    case 'text':
      check(typeOf(block) === 'document' && mediaType === 'text/plain', 'source.media_type must be text/plain');
      return;
    case 'base64': {
      const types = typeOf(block) === 'image' ? imageTypes : ['application/pdf'];
      check(types.includes(mediaType), `source.media_type must be one of ${types.join(', ')}`);
      check(/^[A-Za-z0-9+/]+={0,2}$/.test(textProperty(source, 'data')), 'source.data must be base64');
      const isSmall = textProperty(source, 'data').length * 0.75 <= 5 * 1_048_576;
      check(typeOf(block) !== 'image' || isSmall, 'image exceeds 5 MB maximum');
      return;
    }
    default:
      throw new Error('source.type is unknown');
  }
};

const assertBlock = (role: string, block: unknown): void => {
  switch (typeOf(block)) {
    case 'text':
      return check(textProperty(block, 'text').trim() !== '', 'text content blocks must contain non-whitespace text');
    case 'image':
    case 'document':
      return assertSource(block);
    case 'thinking':
      check(role === 'assistant', 'thinking blocks are of the assistant');
      return check(
        textProperty(block, 'signature') === signThought(textProperty(block, 'thinking')),
        'invalid `signature` in `thinking` block',
      );
    case 'redacted_thinking':
      check(role === 'assistant', 'thinking blocks are of the assistant');
      return check(textProperty(block, 'data').startsWith(sealPrefix), 'invalid `data` in `redacted_thinking` block');
    case 'tool_use': {
      const input = property(block, 'input');
      check(role === 'assistant', 'tool_use blocks are of the assistant');
      return check(typeof input === 'object' && input !== null && !Array.isArray(input), 'input must be an object');
    }
    case 'tool_result':
      check(role === 'user', 'tool_result blocks are of the user');
      return list(property(block, 'content')).forEach((inner) => assertBlock('user', inner));
    default:
      throw new Error('the type of a block is unknown');
  }
};

const isThought = (block: unknown): boolean => typeOf(block).endsWith('thinking');

const assertTurns = (messages: readonly unknown[]): void => {
  let openCalls: readonly unknown[] = [];
  let lastRole = 'assistant';
  for (const message of messages) {
    const blocks = blocksOf(message);
    const role = textProperty(message, 'role');
    check(role !== lastRole, 'roles must alternate, from the user on');
    check(blocks.length > 0, 'content must not be empty');
    blocks.forEach((block) => assertBlock(role, block));
    const answered = blocks
      .filter((block) => typeOf(block) === 'tool_result')
      .map((block) => property(block, 'tool_use_id'));
    check(new Set(answered).size === answered.length, 'each tool_use must have a single result');
    check(
      openCalls.every((id) => answered.includes(id)),
      'tool_use ids were found without tool_result blocks',
    );
    check(
      answered.every((id) => openCalls.includes(id)),
      'unexpected tool_use_id in tool_result blocks',
    );
    const results = blocks.slice(0, answered.length).filter((block) => typeOf(block) === 'tool_result');
    check(results.length === answered.length, 'tool_result blocks must come first');
    if (role === 'assistant') check(!isThought(blocks.at(-1)), 'the final block must not be thinking');
    openCalls = blocks.filter((block) => typeOf(block) === 'tool_use').map((block) => property(block, 'id'));
    lastRole = role;
  }
  check(openCalls.length === 0, 'tool_use ids were found without tool_result blocks');
};

/** With a budget, the turn that goes on after tool calls must have begun with thinking. */
const assertThoughtfulTurn = (messages: readonly unknown[]): void => {
  const last = blocksOf(messages.at(-1));
  const before = blocksOf(messages.at(-2));
  if (typeOf(last[0]) === 'tool_result') {
    check(isThought(before[0]), 'expected `thinking` or `redacted_thinking`, but found `tool_use`');
  }
};

const assertThinking = (body: unknown): void => {
  const thinking = property(body, 'thinking');
  const type = textProperty(thinking, 'type');
  if (type !== 'enabled' && type !== 'adaptive') return;
  const temperature = property(body, 'temperature') ?? 1;
  check(temperature === 1, '`temperature` may only be set to 1 when thinking is enabled');
  check(property(body, 'top_k') === undefined, '`top_k` must be unset when thinking is enabled');
  const choice = textProperty(property(body, 'tool_choice'), 'type');
  check(choice !== 'any' && choice !== 'tool', 'thinking may not be enabled when tool_choice forces tool use');
  if (type !== 'enabled') return;
  const budget = Number(property(thinking, 'budget_tokens'));
  check(budget >= 1_024, 'budget_tokens must be at least 1024');
  check(budget < Number(property(body, 'max_tokens')), '`max_tokens` must be greater than `thinking.budget_tokens`');
  assertThoughtfulTurn(list(property(body, 'messages')));
};

const assertCacheMarks = (body: unknown): void => {
  const blocks = list(property(body, 'messages')).flatMap(blocksOf);
  const marked = [...list(property(body, 'tools')), ...list(property(body, 'system')), ...blocks].filter(
    (block) => property(block, 'cache_control') !== undefined,
  );
  check(marked.length <= 4, 'a maximum of 4 blocks with cache_control may be provided');
  check(!marked.some(isThought), 'thinking blocks cannot have cache_control');
};

/** Throws the first rule that the body of a request breaks. */
export const assertAnthropicRules = (body: unknown): void => {
  const maxTokens = property(body, 'max_tokens');
  check(typeof maxTokens === 'number' && maxTokens >= 1, 'max_tokens: field required');
  const names = list(property(body, 'tools')).map((tool) => textProperty(tool, 'name'));
  check(new Set(names).size === names.length, 'tool names must be unique');
  assertTurns(list(property(body, 'messages')));
  assertThinking(body);
  assertCacheMarks(body);
  for (const tool of list(property(body, 'tools'))) assertSchema(property(tool, 'input_schema'));
};
