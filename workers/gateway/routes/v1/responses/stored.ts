/** What is kept of conversations, as the routes use it. Every id is looked at for the caller's own workspace alone. */
import { err, ok, type AppError, type Result } from '../../../../../shared/errors/result.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { fromAppError } from '../../../../../shared/protocol/openai/app-error.ts';
import { responseNotFound } from '../../../../../shared/protocol/responses/refusals.ts';
import type { ConversationItemsRpc } from '../../../../../shared/rpc/conversation-items.ts';
import type { ConversationRpc, StoredTurn } from '../../../../../shared/rpc/conversation.ts';
import {
  storedItemsSchema,
  storedResponseSchema,
  type InputItem,
  type StoredResponse,
} from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { ask } from '../../../objects.ts';
import type { ResponsePlace } from '../../../response-ids.ts';

/** One request and its answer, read. */
export interface ReadTurn {
  /** As they are listed. */
  readonly input: readonly object[];
  readonly response: StoredResponse;
}

const unreadable: AppError = { type: 'state.unreadable', detail: 'A stored response cannot be read by this version.' };

/** What was asked of the conversation that a place names. */
export const askConversation = async <Value>(
  context: AppContext,
  place: Pick<ResponsePlace, 'conversationId'>,
  call: (conversation: ConversationRpc & ConversationItemsRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  return await ask(() => call(services.objects.conversation(principal.workspaceId, place.conversationId)), {
    log: services.log,
    requestId,
    part: 'conversation',
  });
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const parseTurn = ({ before = '[]', input, response }: StoredTurn): Result<ReadTurn> => {
  const items: readonly unknown[] = [before, input].flatMap((text): unknown => JSON.parse(text));
  const answer = storedResponseSchema.safeParse(JSON.parse(response));
  if (!items.every(isObject) || !answer.success) return err(unreadable);
  return ok({ input: items, response: answer.data });
};

/** Items that are sent to a model again. */
export const parseItems = (items: readonly object[]): Result<readonly InputItem[]> => {
  const parsed = storedItemsSchema.safeParse(items);
  return parsed.success ? ok(parsed.data) : err(unreadable);
};

const toTurns = (turns: readonly StoredTurn[]): Result<readonly ReadTurn[]> => {
  const read: ReadTurn[] = [];
  for (const turn of turns) {
    const parsed = parseTurn(turn);
    if (!parsed.ok) return parsed;
    read.push(parsed.value);
  }
  return ok(read);
};

const orNotFound = <Value>(result: Result<Value>, missing: OpenAiRefusal): Result<Value, OpenAiRefusal> => {
  if (result.ok) return result;
  return err(result.error.type === 'resource.not_found' ? missing : fromAppError(result.error));
};

/** Where the response is kept; refused when it cannot be one of the caller's. */
export const findPlace = async (
  context: AppContext,
  responseId: string,
  missing = responseNotFound(responseId),
): Promise<Result<ResponsePlace, OpenAiRefusal>> => {
  const { services, principal } = context.var;
  const place = await services.responseIds.find(principal.workspaceId, responseId);
  return place === undefined ? err(missing) : ok(place);
};

/** One response with what it answered. */
export const readStored = async (
  context: AppContext,
  responseId: string,
  missing = responseNotFound(responseId),
): Promise<Result<ReadTurn, OpenAiRefusal>> => {
  const place = await findPlace(context, responseId, missing);
  if (!place.ok) return place;
  const turn = await askConversation(context, place.value, (conversation) => conversation.turn({ responseId }));
  return orNotFound(turn.ok ? parseTurn(turn.value) : turn, missing);
};

/** Everything up to the response, oldest first. */
export const readLine = async (
  context: AppContext,
  place: ResponsePlace,
  missing: OpenAiRefusal,
  moreCharacters = 0,
): Promise<Result<readonly ReadTurn[], OpenAiRefusal>> => {
  const { responseId } = place;
  const line = await askConversation(context, place, (conversation) =>
    conversation.line({ responseId, moreCharacters }),
  );
  return orNotFound(line.ok ? toTurns(line.value) : line, missing);
};
