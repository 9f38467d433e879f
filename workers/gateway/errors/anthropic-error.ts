/** Renders failures for clients of Anthropic's API, which read other bodies and another header for the request's id. */
import { anthropicStatusOf, toAnthropicError } from '../../../shared/protocol/anthropic/error.ts';
import type { OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../app-environment.ts';
import { openAiError, refusalHeaders } from './openai-error.ts';

/**
 * True for what only clients of Anthropic's API send: everything below `/v1/messages`, and the list of models with the
 * header that their every request has. Both APIs keep the list at the same address.
 */
export const isAnthropicRequest = (path: string, header: (name: string) => string | null | undefined): boolean =>
  path === '/v1/messages' ||
  path.startsWith('/v1/messages/') ||
  ((path === '/v1/models' || path.startsWith('/v1/models/')) && typeof header('anthropic-version') === 'string');

/** The same for a request inside of the app. */
export const speaksAnthropic = ({ req }: AppContext): boolean =>
  isAnthropicRequest(req.path, (name) => req.header(name));

/** The answer outside of the app, where no middleware adds the request's id. */
export const anthropicErrorResponse = (refusal: OpenAiRefusal, requestId: string): Response => {
  const headers = refusalHeaders(refusal, requestId);
  headers.set('request-id', requestId);
  return Response.json(toAnthropicError(refusal, requestId), { status: anthropicStatusOf(refusal), headers });
};

/** Answers the refusal in the words of the API that was addressed. */
export const refuse = (context: AppContext, refusal: OpenAiRefusal): Response =>
  speaksAnthropic(context) ? anthropicErrorResponse(refusal, context.var.requestId) : openAiError(context, refusal);
