/** The bodies of `/v1/conversations` (https://platform.openai.com/docs/api-reference/conversations). */
import { z } from 'zod';
import { metadataSchema, storedItemsSchema } from './responses.ts';

const items = storedItemsSchema.max(20, 'must have at most 20 items');

/** `POST /v1/conversations`, whose body may be left out. */
export const createConversationSchema = z.strictObject({
  metadata: metadataSchema.nullish(),
  items: items.nullish(),
});

/** `POST /v1/conversations/{id}`: what there is takes the place of all metadata. */
export const updateConversationSchema = z.strictObject({ metadata: metadataSchema.nullable() });

/** `POST /v1/conversations/{id}/items`. */
export const addItemsSchema = z.strictObject({ items });

/** Metadata as it was stored. */
export const storedMetadataSchema = z.record(z.string(), z.string());

/** An item as it was stored, of which only this is looked at. */
export const storedItemSchema = z.looseObject({ id: z.string(), type: z.string() });

export type ConversationItem = z.infer<typeof storedItemSchema>;
