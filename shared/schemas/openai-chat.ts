/**
 * The body of `POST /v1/chat/completions` (https://platform.openai.com/docs/api-reference/chat/create), as far as its
 * shape goes. Every documented parameter is known here, so that one which a model cannot do is refused by its name and
 * not as an unknown one. OpenAI takes null for absent, and so does this.
 */
import { z } from 'zod';

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  refusal: z.string().optional(),
  image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).nullish() }).optional(),
  file: z
    .object({ file_data: z.string().nullish(), file_id: z.string().nullish(), filename: z.string().nullish() })
    .optional(),
});
const content = z.union([z.string(), z.array(part)], { error: 'must be a text or a list of parts' });

const toolCall = z.object({
  id: z.string().min(1, 'must not be empty'),
  type: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }).optional(),
});

/** What was thought, in the shape of OpenRouter, so that a client can give it back as it came. */
const reasoningDetail = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  summary: z.string().nullish(),
  data: z.string().nullish(),
  signature: z.string().nullish(),
  index: z.number().nullish(),
});

/** Who says it, where several speak in one role. */
const speaker = z.string().nullish();

const message = z.discriminatedUnion(
  'role',
  [
    z.looseObject({ role: z.enum(['system', 'developer', 'user']), content, name: speaker }),
    z.looseObject({
      role: z.literal('assistant'),
      content: content.nullish(),
      name: speaker,
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
      function_call: z.object({ name: z.string(), arguments: z.string() }).nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
      reasoning_details: z.array(reasoningDetail).nullish(),
    }),
    z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string(), name: speaker }),
    z.looseObject({ role: z.literal('function'), content: z.string().nullable(), name: z.string() }),
  ],
  { error: 'must be system, developer, user, assistant, tool or function' },
);

const schemaObject = z.record(z.string(), z.unknown());

/** What functions and formats have in common. */
const named = {
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 of letters, digits, _ and -'),
  description: z.string().nullish(),
  strict: z.boolean().nullish(),
};

const toolFunction = z.object({ ...named, parameters: schemaObject.nullish() });

const tool = z.object({ type: z.string(), function: toolFunction.optional() });

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string(), function: z.object({ name: z.string() }).optional() }),
]);

/** The choice among functions, which are what tools were before there could be several calls. */
const functionChoice = z.union([z.enum(['none', 'auto']), z.object({ name: z.string() })], {
  error: 'must be none, auto or an object with the name of a function',
});

const responseFormat = z.looseObject({
  type: z.string(),
  json_schema: z.object({ ...named, schema: schemaObject.nullish() }).optional(),
});

const positive = z.int().min(1, 'must be at least 1');

/** What every operation has that answers with text. */
export const textParameters = {
  model: z.string().min(1, 'must name a model'),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
    .nullish(),
  stop: z
    .union([z.string(), z.array(z.string()).max(4, 'must have at most 4 texts')], {
      error: 'must be a text or a list of at most 4 texts',
    })
    .nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  max_tokens: positive.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  user: z.string().nullish(),
};

const parameters = {
  ...textParameters,
  messages: z.array(message).min(1, 'must have at least one message'),
  tools: z.array(tool).max(128, 'must have at most 128 tools').nullish(),
  tool_choice: toolChoice.nullish(),
  functions: z.array(toolFunction).max(128, 'must have at most 128 functions').nullish(),
  function_call: functionChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  max_completion_tokens: positive.nullish(),
  reasoning_effort: z
    .enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'], {
      error: 'must be none, minimal, low, medium, high, xhigh or max',
    })
    .nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
};

/** Documented parameters of which nothing is read but that they are there. */
const otherParameters = [
  'audio',
  'logit_bias',
  'logprobs',
  'modalities',
  'moderation',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'top_logprobs',
  'verbosity',
  'web_search_options',
] as const;

const others = Object.fromEntries(otherParameters.map((name) => [name, z.unknown().optional()]));

/** A request that is to be translated: everything that is not known is refused. */
export const chatRequestSchema = z.strictObject({
  ...parameters,
  // SAFETY: made above of exactly these names.
  ...(others as Record<(typeof otherParameters)[number], z.ZodOptional<z.ZodUnknown>>),
});

/** Which ones stand in for the model, as OpenRouter's API has it. */
export const fallbackModels = z.array(z.string()).max(5, 'must name at most 5 models').nullish();

/** A request that is passed on as it came: only what routing needs is looked at, the provider judges the rest. */
export const passedRequestSchema = z.looseObject({
  model: parameters.model,
  messages: z.array(z.looseObject({ role: z.string() })).min(1, 'must have at least one message'),
  stream: parameters.stream,
  n: parameters.n,
  models: fallbackModels,
});

/** What routing reads of a request. */
export type ChatRouting = z.infer<typeof passedRequestSchema>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isMessage = (value: unknown): boolean => isRecord(value) && typeof value['role'] === 'string';

/** True only for what the schema takes, and for nearly every request that it takes. */
const isPlain = (body: unknown): body is ChatRouting =>
  isRecord(body) &&
  typeof body['model'] === 'string' &&
  body['model'] !== '' &&
  Array.isArray(body['messages']) &&
  body['messages'].length > 0 &&
  body['messages'].every(isMessage) &&
  (body['stream'] === undefined || typeof body['stream'] === 'boolean') &&
  body['n'] === undefined &&
  body['models'] === undefined;

/**
 * Asks the schema only about what is not plainly sound: on every call it would be a tenth of our own work. A test holds
 * both against each other.
 */
export const readRouting = (body: unknown): ReturnType<typeof passedRequestSchema.safeParse> =>
  isPlain(body) ? { success: true, data: body } : passedRequestSchema.safeParse(body);

export type ChatRequest = z.infer<typeof chatRequestSchema>;
export type ChatMessage = ChatRequest['messages'][number];
export type ChatPart = Exclude<Extract<ChatMessage, { role: 'tool' }>['content'], string>[number];
export type ChatTool = NonNullable<ChatRequest['tools']>[number];
