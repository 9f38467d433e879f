/** Conversations of the Conversations API, and the items that are added to them. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { StoredItem } from '../../rpc/conversation-items.ts';
import type { InputPart, ResponsesRequest } from '../../schemas/responses.ts';
import { unsupported, type OpenAiRefusal } from '../openai/error.ts';
import { notOurs } from './input.ts';
import { decodeReasoning } from './reasoning.ts';
import { decodeSummary } from './summary.ts';
import { toStoredInput, type KeptItem } from './stored-input.ts';

/** A conversation as it is shown (`ConversationResource`). */
export interface ConversationResource {
  readonly id: string;
  readonly object: 'conversation';
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly metadata: unknown;
}

export const toConversationResource = (conversation: {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly metadata: unknown;
}): ConversationResource => ({
  id: conversation.id,
  object: 'conversation',
  created_at: Math.floor(conversation.createdAt / 1_000),
  metadata: conversation.metadata,
});

/** The conversation that a request is part of. */
export const conversationIdOf = ({ conversation }: Pick<ResponsesRequest, 'conversation'>): string | undefined =>
  typeof conversation === 'string' ? conversation : (conversation?.id ?? undefined);

/** Items as a conversation keeps them, under ids of their own: two of one id could not be told apart. */
export const toNewItems = (responseId: string, items: readonly KeptItem[]): readonly object[] =>
  toStoredInput(
    responseId,
    items.map((item) => ({ ...item, id: undefined })),
  );

/** For the object that keeps them. */
export const toStoredItems = (items: readonly object[]): readonly StoredItem[] =>
  items.map((item) => ({ id: 'id' in item ? String(item.id) : '', item: JSON.stringify(item) }));

const unreadablePart = (part: InputPart, param: string): OpenAiRefusal | undefined => {
  if (typeof part.file_id === 'string') {
    return unsupported(`${param}.file_id`, 'There are no stored files here; send the content itself.');
  }
  return typeof part.file_url === 'string'
    ? unsupported(`${param}.file_url`, "Send the file itself as 'file_data'.")
    : undefined;
};

const isReadable = (item: Extract<KeptItem, { type: 'reasoning' | 'compaction' }>): boolean => {
  const { encrypted_content: encrypted } = item;
  if (item.type === 'compaction') return decodeSummary(item.encrypted_content) !== undefined;
  return typeof encrypted !== 'string' || encrypted === '' || decodeReasoning(encrypted) !== undefined;
};

const unreadable = (item: KeptItem, param: string): OpenAiRefusal | undefined => {
  if (item.type === 'reasoning' || item.type === 'compaction') {
    return isReadable(item) ? undefined : notOurs(param);
  }
  const [field, parts] =
    'content' in item
      ? (['content', item.content] as const)
      : (['output', 'output' in item ? item.output : ''] as const);
  if (typeof parts === 'string') return undefined;
  for (const [index, part] of parts.entries()) {
    const refusal = unreadablePart(part, `${param}.${field}[${index}]`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** What no model here could ever be sent is refused before it is part of a conversation, which it would end. */
export const checkNewItems = (items: readonly KeptItem[]): Result<readonly KeptItem[], OpenAiRefusal> => {
  for (const [index, item] of items.entries()) {
    const refusal = unreadable(item, `items[${index}]`);
    if (refusal !== undefined) return err(refusal);
  }
  return ok(items);
};
