/** What a request on OpenAI's wires, of chat or of responses, needs of a model, as far as it can be seen without reading it closely. */
import { likelyUsage, utf8Length } from './estimate.ts';
import type { Needs } from './selection.ts';
import type { Ability } from './registry/model-card.ts';

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const partTypes = (body: unknown): ReadonlySet<unknown> =>
  new Set(
    [...listOf(fieldOf(body, 'messages')), ...listOf(fieldOf(body, 'input'))].flatMap((message) =>
      [...listOf(fieldOf(message, 'content')), ...listOf(fieldOf(message, 'output'))].map((part) =>
        fieldOf(part, 'type'),
      ),
    ),
  );

/** Bytes in the message itself are no text: what they cost in tokens has nothing to do with their length. */
const withoutData = (text: string): string => text.replaceAll(/data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+/g, 'data:');

const abilitiesOf = (body: unknown): readonly Ability[] => {
  const types = partTypes(body);
  const format = fieldOf(fieldOf(body, 'response_format') ?? fieldOf(fieldOf(body, 'text'), 'format'), 'type');
  return [
    ...(listOf(fieldOf(body, 'tools')).length > 0 ? (['tools'] as const) : []),
    ...(types.has('image_url') || types.has('input_image') ? (['images'] as const) : []),
    ...(types.has('file') || types.has('input_file') ? (['files'] as const) : []),
    ...(format === 'json_schema' ? (['json_schema'] as const) : []),
  ];
};

const defaultOutputTokens = 1_000;

/** `text` is the request as it came, `body` what it says. */
export const needsOf = (text: string, body: unknown): Needs => {
  const limit =
    fieldOf(body, 'max_completion_tokens') ?? fieldOf(body, 'max_tokens') ?? fieldOf(body, 'max_output_tokens');
  return {
    abilities: abilitiesOf(body),
    inputTokens: likelyUsage(utf8Length(withoutData(text)), 0).inputTokens,
    outputTokens: typeof limit === 'number' && limit > 0 ? limit : defaultOutputTokens,
  };
};
