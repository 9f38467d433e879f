/**
 * The body of `POST /v1/responses` (https://platform.openai.com/docs/api-reference/responses/create,
 * https://www.openresponses.org/specification) and its items, as far as their shape goes. Every documented parameter is
 * known, so that one which cannot be had is refused by its name. OpenAI takes null for absent, and so does this.
 */
import { z } from 'zod';
import { fallbackModels } from './openai-chat.ts';

/** A piece of a message or of a tool's output; which fields it must have depends on its type. */
const part = z.object({
  type: z.string(),
  text: z.string().optional(),
  refusal: z.string().optional(),
  image_url: z.string().nullish(),
  detail: z.string().nullish(),
  file_id: z.string().nullish(),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
});

const content = z.union([z.string(), z.array(part)], { error: 'must be a text or a list of parts' });
const callId = z.string().min(1, 'must not be empty').max(256, 'must have at most 256 characters');
const id = z.string().max(256, 'must have at most 256 characters').nullish();
const texts = z.array(z.object({ type: z.string(), text: z.string() }));
const called = { call_id: callId, id, namespace: z.string().nullish() };

const items = [
  z.object({
    type: z.literal('message'),
    role: z.enum(['user', 'assistant', 'system', 'developer'], {
      error: 'must be user, assistant, system or developer',
    }),
    content,
    id,
    phase: z.enum(['commentary', 'final_answer']).nullish(),
  }),
  z.object({ type: z.literal('function_call'), name: z.string(), arguments: z.string(), ...called }),
  z.object({ type: z.literal('function_call_output'), call_id: callId, output: content, id }),
  z.object({ type: z.literal('custom_tool_call'), name: z.string(), input: z.string(), ...called }),
  z.object({ type: z.literal('custom_tool_call_output'), call_id: callId, output: content, id }),
  z.object({
    type: z.literal('reasoning'),
    id,
    summary: texts.nullish(),
    content: texts.nullish(),
    encrypted_content: z.string().nullish(),
  }),
  z.object({ type: z.literal('compaction'), id, encrypted_content: z.string() }),
  z.object({ type: z.literal('item_reference'), id: z.string().min(1, 'must not be empty') }),
] as const;

/** A message and a reference may leave their type out. */
const withType = (item: unknown): unknown => {
  if (typeof item !== 'object' || item === null || ('type' in item && item.type !== null)) return item;
  return { ...item, type: 'role' in item ? 'message' : 'item_reference' };
};

const inputItem = z.preprocess(
  withType,
  z.discriminatedUnion('type', items, { error: 'must be a type of item that this platform knows' }),
);

const schemaObject = z.record(z.string(), z.unknown());
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 of letters, digits, _ and -');

const plainTool = z.looseObject({
  type: z.string(),
  name: name.optional(),
  description: z.string().nullish(),
  parameters: schemaObject.nullish(),
  strict: z.boolean().nullish(),
  /** Of custom tools: `{ type: 'grammar', definition }` or `{ type: 'text' }`. */
  format: z.looseObject({ type: z.string(), definition: z.string().optional() }).nullish(),
});

const tool = z.looseObject({ ...plainTool.shape, tools: z.array(plainTool).max(512).optional() });

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({
    type: z.string(),
    name: z.string().optional(),
    namespace: z.string().nullish(),
    mode: z.enum(['auto', 'required']).optional(),
    tools: z
      .array(z.looseObject({ type: z.string(), name: z.string().optional(), namespace: z.string().nullish() }))
      .optional(),
  }),
]);

const text = z.strictObject({
  format: z
    .object({
      type: z.string(),
      name: name.optional(),
      description: z.string().nullish(),
      schema: schemaObject.nullish(),
      strict: z.boolean().nullish(),
    })
    .nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
});

const reasoning = z.strictObject({
  effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
});

const include = z.array(
  z.enum(
    [
      'code_interpreter_call.outputs',
      'computer_call_output.output.image_url',
      'file_search_call.results',
      'message.input_image.image_url',
      'message.output_text.logprobs',
      'reasoning.encrypted_content',
      'web_search_call.action.sources',
      'web_search_call.results',
    ],
    { error: 'must be something that a response can include' },
  ),
);

/** Documented parameters of which nothing is read but that they are there. */
const otherParameters = [
  'background',
  'context_management',
  'max_tool_calls',
  'moderation',
  'prompt',
  'prompt_cache_options',
  'prompt_cache_retention',
  'service_tier',
] as const;

const others = Object.fromEntries(otherParameters.map((parameter) => [parameter, z.unknown().optional()]));

/** As OpenAI has it: 16 pairs, keys of 64 characters, values of 512. */
export const metadataSchema = z
  .record(
    z.string().max(64, 'must have keys of at most 64 characters'),
    z.string().max(512, 'must have at most 512 characters'),
  )
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs');

/** A request; what is not known is refused. */
export const responsesRequestSchema = z.strictObject({
  model: z.string().min(1, 'must name a model'),
  input: z.union([z.string(), z.array(inputItem)]).nullish(),
  instructions: z.string().nullish(),
  tools: z.array(tool).max(512, 'must have at most 512 tools').nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: text.nullish(),
  reasoning: reasoning.nullish(),
  max_output_tokens: z.int().min(1, 'must be at least 1').nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_obfuscation: z.boolean().nullish() }).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  /** By its id alone, or as an object with it. */
  conversation: z
    .union([z.string(), z.object({ id: z.string() })], { error: 'must be the id of a conversation' })
    .nullish(),
  metadata: metadataSchema.nullish(),
  client_metadata: z.record(z.string(), z.unknown()).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().max(512).nullish(),
  prompt_cache_key: z.string().max(512).nullish(),
  include: include.nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  /** False prepares an answer that is not made: over a WebSocket, so that the next request need not say it all. */
  generate: z.boolean().nullish(),
  models: fallbackModels,
  // SAFETY: made above of exactly these names.
  ...(others as Record<(typeof otherParameters)[number], z.ZodOptional<z.ZodUnknown>>),
});

/** The body of `POST /v1/responses/compact`. */
export const compactRequestSchema = z.strictObject({
  model: z.string().min(1, 'must name a model'),
  ...responsesRequestSchema.pick({
    input: true,
    previous_response_id: true,
    instructions: true,
    prompt_cache_key: true,
    prompt_cache_options: true,
    prompt_cache_retention: true,
    service_tier: true,
    models: true,
  }).shape,
});

/** The body of `POST /v1/responses/input_tokens`. */
export const tokenCountRequestSchema = z.strictObject({
  model: z.string().min(1, 'must name a model').nullish(),
  ...responsesRequestSchema.pick({
    input: true,
    previous_response_id: true,
    instructions: true,
    tools: true,
    tool_choice: true,
    parallel_tool_calls: true,
    text: true,
    reasoning: true,
    truncation: true,
    conversation: true,
  }).shape,
});

export type ResponsesRequest = z.infer<typeof responsesRequestSchema>;
export type InputItem = z.infer<typeof inputItem>;
export type InputPart = z.infer<typeof part>;
export type ResponsesTool = z.infer<typeof tool>;
export type PlainTool = z.infer<typeof plainTool>;

/** Items as they are sent and as they were stored: those of a request, and those of an answer, which are a part of them. */
export const storedItemsSchema = z.array(inputItem);

/** A stored answer, of which only this is looked at. */
export const storedResponseSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  output: z.array(z.looseObject({ type: z.string() })),
});

export type StoredResponse = z.infer<typeof storedResponseSchema>;

/**
 * A message of a client over the WebSocket: the body of a request, and which lane it goes in. `stream` is always true
 * there, whatever is said; the rest is judged when its turn comes.
 */
export const createEventSchema = z.looseObject({
  type: z.literal('response.create', { error: "must be 'response.create'" }),
  stream_id: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,256}$/, 'must be 1 to 256 of letters, digits, _, . and -')
    .nullish(),
  previous_response_id: z.unknown().optional(),
});

const pageSize = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.coerce
    .number({ error: 'must be a whole number from 1 to 100' })
    .int('must be a whole number from 1 to 100')
    .min(1, 'must be from 1 to 100')
    .max(100, 'must be from 1 to 100')
    .default(20),
);

/** The query of `GET /v1/responses/{id}/input_items`. */
export const inputItemsQuerySchema = z.object({
  limit: pageSize,
  order: z.enum(['asc', 'desc'], { error: 'must be asc or desc' }).default('desc'),
  after: z.string().optional(),
});
