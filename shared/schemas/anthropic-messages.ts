/**
 * The bodies of `POST /v1/messages` and `POST /v1/messages/count_tokens` (https://docs.anthropic.com/en/api/messages),
 * as far as their shape goes. Everything is strict, so that what cannot be translated is refused by its name; what goes
 * on to Anthropic itself is not read by this but by `passedMessagesSchema`.
 */
import { z } from 'zod';
import { fallbackModels } from './openai-chat.ts';

const cacheControl = z.looseObject({ type: z.string() }).nullish();

const text = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control: cacheControl,
  /** Of an answer that is sent back. */
  citations: z.array(z.unknown()).nullish(),
});

const texts = z.union([z.string(), z.array(text)], { error: 'must be a text or a list of blocks of text' });

const base64 = <const Types extends readonly string[]>(mediaTypes: Types) =>
  z.strictObject({
    type: z.literal('base64'),
    media_type: z.enum(mediaTypes, { error: `must be ${mediaTypes.join(', ')}` }),
    data: z.string().min(1, 'must not be empty'),
  });

const url = z.strictObject({ type: z.literal('url'), url: z.url('must be an address') });

const image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [base64(['image/jpeg', 'image/png', 'image/gif', 'image/webp']), url], {
    error: 'must be of the type base64 or url',
  }),
  cache_control: cacheControl,
});

const document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion(
    'type',
    [
      base64(['application/pdf']),
      url,
      z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
      z.strictObject({
        type: z.literal('content'),
        content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image]))]),
      }),
    ],
    { error: 'must be of the type base64, url, text or content' },
  ),
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.literal(false, 'cannot be had of this model').optional() }).nullish(),
  cache_control: cacheControl,
});

const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1, 'must not be empty'),
  content: z
    .union([
      z.string(),
      z.array(
        z.discriminatedUnion('type', [text, image, document], { error: 'must be of the type text, image or document' }),
      ),
    ])
    .optional(),
  is_error: z.boolean().optional(),
  toolset_name: z.null().optional(),
  cache_control: cacheControl,
});

const assistantBlock = z.discriminatedUnion(
  'type',
  [
    text,
    z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
    z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.strictObject({
      type: z.literal('tool_use'),
      id: z.string().min(1, 'must not be empty'),
      name: z.string().min(1, 'must not be empty'),
      input: z.record(z.string(), z.unknown(), { error: 'must be an object' }),
      caller: z.strictObject({ type: z.literal('direct') }).optional(),
      toolset_name: z.null().optional(),
      cache_control: cacheControl,
    }),
  ],
  { error: 'must be of the type text, thinking, redacted_thinking or tool_use for this model' },
);

const userBlock = z.discriminatedUnion('type', [text, image, document, toolResult], {
  error: 'must be of the type text, image, document or tool_result for this model',
});

const message = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('system'), content: texts }),
    z.strictObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
    z.strictObject({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
  ],
  { error: 'must be user, assistant or system' },
);

const tool = z.strictObject({
  type: z.literal('custom', 'must be custom: tools of Anthropic are for its own models').nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 of letters, digits, _ and -'),
  description: z.string().optional(),
  input_schema: z.record(z.string(), z.unknown(), { error: 'must be a JSON Schema' }),
  strict: z.boolean().optional(),
  allowed_callers: z.array(z.literal('direct', 'must be direct alone: this model runs no code')).optional(),
  cache_control: cacheControl,
  defer_loading: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  input_examples: z.array(z.unknown()).optional(),
});

const one = { disable_parallel_tool_use: z.boolean().optional() };

const toolChoice = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('auto'), ...one }),
    z.strictObject({ type: z.literal('any'), ...one }),
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('tool'), name: z.string(), ...one }),
  ],
  { error: 'must be auto, any, none or tool' },
);

/** How thoughts are told; clients send words that are not documented, and all but `omitted` show something. */
const display = z.string().nullish();

const thinking = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('enabled'),
      budget_tokens: z.int().min(1_024, 'must be at least 1024'),
      display,
    }),
    z.strictObject({ type: z.literal('adaptive'), display }),
    z.strictObject({ type: z.literal('between_tools') }),
    z.strictObject({ type: z.literal('disabled') }),
  ],
  { error: 'must be enabled, adaptive, between_tools or disabled' },
);

/** Values that ask for nothing; every other one cannot be had. */
const nothing = z.null({ error: 'cannot be had of this model' }).optional();

const model = z.string().min(1, 'must name a model');

/** What is asked of a count as well as of an answer. */
const question = {
  model,
  messages: z.array(message).min(1, 'must have at least one message'),
  system: texts.optional(),
  tools: z.array(tool).max(256, 'must have at most 256 tools').optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinking.optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }).nullish(),
    })
    .optional(),
  cache_control: cacheControl,
  context_management: z.looseObject({}).nullish(),
  mcp_servers: z.array(z.unknown()).max(0, 'cannot be had of this model').nullish(),
  speed: z.literal('standard', 'must be standard for this model').nullish(),
  user_profile_id: z.string().nullish(),
  workspace_id: nothing,
};

/** A question that is to be translated. */
export const messagesRequestSchema = z.strictObject({
  ...question,
  max_tokens: z.int().min(1, 'must be at least 1'),
  stream: z.boolean().optional(),
  temperature: z.number().min(0, 'must be at least 0').max(1, 'must be at most 1').optional(),
  top_p: z.number().min(0, 'must be at least 0').max(1, 'must be at most 1').optional(),
  top_k: z.int().min(0, 'must be at least 0').optional(),
  stop_sequences: z.array(z.string().min(1, 'must not be empty')).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  diagnostics: z.looseObject({}).nullish(),
  container: nothing,
  /** Conversations that the server holds: the SDK's tool loop asks for one by itself. */
  thread: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('create') }),
      z.strictObject({ type: z.literal('continue'), previous_message_id: z.string() }),
    ])
    .nullish(),
  inference_geo: nothing,
});

/** A question whose tokens are to be counted. */
export const countRequestSchema = z.strictObject(question);

/** What routing needs of a request that goes on as it came; Anthropic judges the rest. */
export const passedMessagesSchema = z.looseObject({
  model,
  stream: z.boolean().nullish(),
  max_tokens: z.unknown().optional(),
  models: fallbackModels,
});

export type MessagesRequest = z.infer<typeof messagesRequestSchema>;
export type SentMessage = MessagesRequest['messages'][number];
export type SentUserBlock = z.infer<typeof userBlock>;
export type SentAssistantBlock = z.infer<typeof assistantBlock>;
