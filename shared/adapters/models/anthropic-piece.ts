/**
 * What is read of the pieces of Anthropic's stream. The protocol may grow new events, blocks and deltas, and its rules
 * say to ignore unknown ones; a known one of another shape is a malformed answer.
 */
import { z } from 'zod';

const figure = z.number().int().nonnegative().nullish().catch(undefined);

const usage = z
  .object({
    input_tokens: figure,
    output_tokens: figure,
    cache_read_input_tokens: figure,
    cache_creation_input_tokens: figure,
    output_tokens_details: z.object({ thinking_tokens: figure }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);

const index = z.number().int().nonnegative();

const known = <Shape extends z.ZodType>(types: readonly string[], shape: Shape) =>
  z.union([shape, z.object({ type: z.string().refine((type) => !types.includes(type)) }).transform(() => undefined)]);

const block = known(
  ['text', 'thinking', 'redacted_thinking', 'tool_use'],
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
    z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown().optional() }),
  ]),
);

const delta = known(
  ['text_delta', 'thinking_delta', 'signature_delta', 'input_json_delta'],
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text_delta'), text: z.string() }),
    z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
    z.object({ type: z.literal('signature_delta'), signature: z.string() }),
    z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
  ]),
);

const events = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ id: z.string().nullish(), usage }) }),
  z.object({ type: z.literal('content_block_start'), index, content_block: block }),
  z.object({ type: z.literal('content_block_delta'), index, delta }),
  z.object({ type: z.literal('content_block_stop'), index }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({
      stop_reason: z.string().nullish(),
      stop_sequence: z.string().nullish().catch(undefined),
      stop_details: z.object({ explanation: z.string().nullish() }).nullish().catch(undefined),
    }),
    usage,
  }),
  z.object({ type: z.literal('message_stop') }),
]);

/** A known event, or undefined for one that is not known here. */
export const anthropicPiece = known(
  [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ],
  events,
);

export type AnthropicPiece = z.infer<typeof events>;
export type AnthropicUsage = z.infer<typeof usage>;
