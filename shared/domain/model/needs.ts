/** What a request needs of a model, read from our own form: the same for every wire that it came by. */
import type { ContentPart, ModelRequest } from '../../ports/model-client.ts';
import { estimateTokens } from './request-size.ts';
import type { Needs } from './selection.ts';
import type { Ability } from './registry/model-card.ts';

const partsOf = ({ messages }: ModelRequest): readonly ContentPart[] =>
  messages.flatMap((message) => (message.role === 'assistant' ? [] : (message.parts ?? [])));

const abilitiesOf = (request: ModelRequest): readonly Ability[] => {
  const { format, reasoningEffort = 'none' } = request.options ?? {};
  const types = new Set(partsOf(request).map(({ type }) => type));
  return [
    ...(request.tools.length > 0 ? (['tools'] as const) : []),
    ...(types.has('image') ? (['images'] as const) : []),
    ...(types.has('file') ? (['files'] as const) : []),
    ...(reasoningEffort === 'none' ? [] : (['reasoning'] as const)),
    ...(format?.type === 'json_schema' ? (['json_schema'] as const) : []),
  ];
};

/** Its tokens are an estimate; its output is the request's limit. */
export const needsOf = (request: ModelRequest): Needs => ({
  abilities: abilitiesOf(request),
  inputTokens: estimateTokens(request),
  outputTokens: request.maxOutputTokens,
});
