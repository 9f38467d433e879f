/** What a request that is passed on asks of the answer's form, on either wire. Of what is not sound nothing is judged. */
import { z } from 'zod';
import type { AnswerFormat } from '../../../ports/model-client.ts';
import type { AskedFor, OfferedTool } from './answer-quality.ts';

export type JudgedWire = 'chat' | 'messages';

const schema = z.record(z.string(), z.unknown());

const chatFunction = z.object({ name: z.string(), parameters: schema.default({}) });
const chatTool = z.object({ function: chatFunction });
const chatBody = z.object({
  tools: z.array(chatTool.nullable().catch(null)).catch([]),
  /** What tools were before there could be several calls. */
  functions: z.array(chatFunction.nullable().catch(null)).catch([]),
  response_format: z
    .union([
      z.object({ type: z.literal('json_object') }),
      z.object({ type: z.literal('json_schema'), json_schema: z.object({ name: z.string().default(''), schema }) }),
    ])
    .optional()
    .catch(undefined),
});

/** Tools of Anthropic's own have no schema; calls of them say only whether they were offered. */
const messageTool = z.object({ name: z.string(), input_schema: schema.default({}) });
const messageBody = z.object({
  tools: z.array(messageTool.nullable().catch(null)).catch([]),
  output_config: z
    .object({ format: z.object({ type: z.literal('json_schema'), schema }) })
    .optional()
    .catch(undefined),
});

const isOffered = (tool: OfferedTool | null | undefined): tool is OfferedTool => (tool ?? undefined) !== undefined;

const askedByChat = (body: unknown): Omit<AskedFor, 'maxOutputTokens'> => {
  const { tools = [], functions = [], response_format: format } = chatBody.safeParse(body).data ?? {};
  const told: AnswerFormat | undefined =
    format?.type === 'json_schema' ? { type: 'json_schema', ...format.json_schema } : format;
  return {
    tools: [...tools.map((tool) => tool?.function), ...functions].filter(isOffered),
    format: told,
  };
};

const askedByMessage = (body: unknown): Omit<AskedFor, 'maxOutputTokens'> => {
  const { tools = [], output_config: config } = messageBody.safeParse(body).data ?? {};
  return {
    tools: tools.flatMap((tool) => (tool === null ? [] : [{ name: tool.name, parameters: tool.input_schema }])),
    format: config === undefined ? undefined : { type: 'json_schema', name: '', schema: config.format.schema },
  };
};

/** What the body of such a request asks for. */
export const readAskedFor = (wire: JudgedWire, body: unknown): Omit<AskedFor, 'maxOutputTokens'> =>
  wire === 'chat' ? askedByChat(body) : askedByMessage(body);

/** Whether there is anything in the answer to judge; a look at the body and no more. */
export const asksForForm = (body: unknown): boolean => {
  if (typeof body !== 'object' || body === null) return false;
  const hasTools = 'tools' in body && Array.isArray(body.tools) && body.tools.length > 0;
  return hasTools || 'functions' in body || 'response_format' in body || 'output_config' in body;
};
