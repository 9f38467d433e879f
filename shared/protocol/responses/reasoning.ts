/**
 * What a model thought, as the opaque text that clients give back (`encrypted_content`): the whole block, with the
 * provider's signature or what only the provider can read. It hides nothing from the client, who is shown the same; it
 * is whole so that a client which drops the readable text does not break the signature.
 */
import { z } from 'zod';
import type { ReasoningBlock } from '../../ports/model-client.ts';

/** Tells the version, and this platform's texts from others. */
const mark = 'aidevos1.';

const reasoningBlock = z.union([
  z.strictObject({ type: z.literal('text'), text: z.string(), signature: z.string().exactOptional() }),
  z.strictObject({ type: z.literal('redacted'), data: z.string() }),
]);

/** The block as one text. */
export const encodeReasoning = (block: ReasoningBlock): string => mark + JSON.stringify(block);

/** The block; undefined when the text is not one that `encodeReasoning` made. */
export const decodeReasoning = (text: string): ReasoningBlock | undefined => {
  if (!text.startsWith(mark)) return undefined;
  try {
    const parsed = reasoningBlock.safeParse(JSON.parse(text.slice(mark.length)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // No JSON: nothing of ours.
    return undefined;
  }
};
