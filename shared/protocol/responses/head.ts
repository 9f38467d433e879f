/** What of an answer is known before the model was asked. */
import type { PlainTool, ResponsesRequest, ResponsesTool } from '../../schemas/responses.ts';
import type { ResponseHead } from './answer.ts';
import { conversationIdOf } from './conversation.ts';

/** A function as it is offered: `strict` only where it was asked for. */
const describeTool = (tool: PlainTool | ResponsesTool): object =>
  tool.type === 'function'
    ? {
        ...tool,
        description: tool.description ?? null,
        parameters: tool.parameters ?? null,
        strict: tool.strict ?? false,
      }
    : tool;

const describeFormat = (request: ResponsesRequest): object => {
  const format = request.text?.format;
  if (format === undefined || format === null) return { type: 'text' };
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, description, schema, strict } = format;
  const told = typeof description === 'string' ? { description } : {};
  return { type: 'json_schema', name, ...told, schema, strict: strict ?? false };
};

const conversationOf = (request: ResponsesRequest): ResponseHead['conversation'] => {
  const id = conversationIdOf(request);
  return id === undefined ? null : { id };
};

/** The head of the answer to a request. */
export const toResponseHead = (
  request: ResponsesRequest,
  answer: {
    readonly id: string;
    /** Seconds since 1970. */
    readonly createdAt: number;
  },
): ResponseHead => ({
  id: answer.id,
  object: 'response',
  created_at: answer.createdAt,
  model: request.model,
  previous_response_id: request.previous_response_id ?? null,
  conversation: conversationOf(request),
  instructions: request.instructions ?? null,
  tools: (request.tools ?? []).map(describeTool),
  tool_choice: request.tool_choice ?? 'auto',
  parallel_tool_calls: request.parallel_tool_calls ?? true,
  text: { format: describeFormat(request) },
  reasoning: {
    effort: request.reasoning?.effort ?? null,
    summary: request.reasoning?.summary ?? request.reasoning?.generate_summary ?? null,
  },
  temperature: request.temperature ?? 1,
  top_p: request.top_p ?? 1,
  top_logprobs: request.top_logprobs ?? 0,
  presence_penalty: request.presence_penalty ?? 0,
  frequency_penalty: request.frequency_penalty ?? 0,
  max_output_tokens: request.max_output_tokens ?? null,
  max_tool_calls: typeof request.max_tool_calls === 'number' ? request.max_tool_calls : null,
  truncation: 'disabled',
  store: request.store ?? true,
  background: false,
  service_tier: 'default',
  metadata: request.metadata ?? {},
  ...(typeof request.user === 'string' ? { user: request.user } : {}),
  safety_identifier: request.safety_identifier ?? null,
  prompt_cache_key: request.prompt_cache_key ?? null,
  access_programs: null,
});
