/** How many tokens a request probably has: for models that nobody counts for, and before one is chosen. */
import { likelyUsage, utf8Length } from './estimate.ts';
import type { ContentPart, ModelMessage, ModelRequest } from '../../ports/model-client.ts';

/** About what an image of the largest size that providers look at, or a page of a document, takes. */
const mediaTokens = 1_600;

const partsOf = (message: ModelMessage): readonly ContentPart[] =>
  message.role === 'assistant' ? [] : (message.parts ?? []);

const bytesOf = (message: ModelMessage): number =>
  utf8Length(message.content) +
  (message.role === 'assistant'
    ? message.toolCalls.reduce((sum, { name, argumentsJson }) => sum + utf8Length(name + argumentsJson), 0)
    : 0);

/** The estimate of `likelyUsage` for all texts, and a fixed figure for everything that is no text. */
export const estimateTokens = ({ system, messages, tools }: ModelRequest): number => {
  const bytes =
    utf8Length(system) +
    messages.reduce((sum, message) => sum + bytesOf(message), 0) +
    (tools.length === 0 ? 0 : utf8Length(JSON.stringify(tools)));
  const media = messages.flatMap(partsOf).filter(({ type }) => type !== 'text').length;
  return likelyUsage(bytes, 0).inputTokens + media * mediaTokens;
};
