/** `POST /v1/conversations`, and one of them: shown, described anew, deleted. */
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import {
  toConversationResource,
  toStoredItems,
  type ConversationResource,
} from '../../../../../shared/protocol/responses/conversation.ts';
import {
  createConversationSchema,
  storedMetadataSchema,
  updateConversationSchema,
} from '../../../../../shared/schemas/conversations.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { ConversationPlace } from '../../../conversation-ids.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { readNewItems } from './new-items.ts';
import { askPlace, findConversation } from './place.ts';

/** A body may be left out where everything in it may be. */
const readBody = (context: AppContext): Response | { readonly value: unknown } => {
  const isAbsent = context.get('jsonBody') === undefined && context.req.header('content-type') === undefined;
  return isAbsent ? { value: {} } : readJsonBody(context);
};

export const createConversation = async (context: AppContext): Promise<Response> => {
  const read = readBody(context);
  if (read instanceof Response) return read;
  const parsed = createConversationSchema.safeParse(read.value);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { services, principal } = context.var;
  const place = await services.conversationIds.create(principal.workspaceId);
  const items = await readNewItems(context, place, parsed.data.items ?? []);
  if (!items.ok) return openAiError(context, items.error);
  const metadata = parsed.data.metadata ?? {};
  const command = { id: place.id, metadata: JSON.stringify(metadata), items: toStoredItems(items.value) };
  const made = await askPlace(context, place, (conversation) => conversation.createConversation(command));
  if (!made.ok) return openAiError(context, made.error);
  return context.json(toConversationResource({ id: place.id, metadata, createdAt: made.value.createdAt }));
};

/** The conversation as it is now. */
export const readConversation = async (
  context: AppContext,
  place: ConversationPlace,
): Promise<Result<ConversationResource, OpenAiRefusal>> => {
  const read = await askPlace(context, place, (conversation) => conversation.readConversation());
  if (!read.ok) return read;
  const metadata = storedMetadataSchema.safeParse(JSON.parse(read.value.metadata));
  if (metadata.success) return ok(toConversationResource({ ...read.value, metadata: metadata.data }));
  const detail = 'The stored metadata cannot be read by this version.';
  return err(fromAppError({ type: 'state.unreadable', detail }));
};

export const showConversation = async (context: AppContext, id: string): Promise<Response> => {
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const read = await readConversation(context, place.value);
  return read.ok ? context.json(read.value) : openAiError(context, read.error);
};

export const updateConversation = async (context: AppContext, id: string): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const parsed = updateConversationSchema.safeParse(read.value);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const metadata = parsed.data.metadata ?? {};
  const command = { commandId: context.var.commandId, metadata: JSON.stringify(metadata) };
  const done = await askPlace(context, place.value, (conversation) => conversation.describeConversation(command));
  if (!done.ok) return openAiError(context, done.error);
  return context.json(toConversationResource({ id, metadata, createdAt: done.value.createdAt }));
};

export const deleteConversation = async (context: AppContext, id: string): Promise<Response> => {
  const place = await findConversation(context, id);
  if (!place.ok) return openAiError(context, place.error);
  const { commandId } = context.var;
  const done = await askPlace(context, place.value, (conversation) => conversation.deleteConversation({ commandId }));
  if (!done.ok) return openAiError(context, done.error);
  return context.json({ id, object: 'conversation.deleted', deleted: true });
};
