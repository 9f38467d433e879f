/** Which model answers a request of the Responses API, and the request in its words. */
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import type { Capabilities } from '../../../../../shared/protocol/openai/capabilities.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import type { PlacedItem } from '../../../../../shared/protocol/responses/input.ts';
import {
  toResponseModelRequest,
  type TranslatedResponse,
} from '../../../../../shared/protocol/responses/model-request.ts';
import type { ResponsesRequest } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import type { TranslatedModel } from '../../../chat-models.ts';
import type { Route } from '../../../model-routes/asked-model.ts';
import { findModel } from '../find-model.ts';

export interface RoutedResponse {
  readonly found: TranslatedModel;
  readonly route: Route;
  readonly translated: TranslatedResponse;
}

/** Finds it. `items` is the conversation, with the request's own input at its end; `text` the body as it came. */
export const routeResponse = async (
  context: AppContext,
  data: ResponsesRequest,
  items: readonly PlacedItem[],
  text: string,
): Promise<Result<RoutedResponse, OpenAiRefusal>> => {
  const { requestId: idempotencyKey } = context.var;
  const translate = (able: Capabilities, model: string): Result<TranslatedResponse, OpenAiRefusal> =>
    toResponseModelRequest(data, items, able, { model, idempotencyKey });
  const route = await findModel(context, {
    name: data.model,
    fallbacks: data.models ?? undefined,
    // What was kept of the conversation is sent along.
    requestBytes:
      utf8Length(text) + (data.previous_response_id || data.conversation ? utf8Length(JSON.stringify(items)) : 0),
    isStreamed: data.stream === true,
    metadata: data.metadata,
    translate,
  });
  if (!route.ok) return route;
  const found = route.value.model;
  // Without a wire to pass it on, every model is translated.
  if (found.type === 'passed') return err(context.get('chatModels').notFound(data.model));
  const translated = translate(found.capabilities, found.model);
  return translated.ok ? ok({ found, route: route.value, translated: translated.value }) : translated;
};
