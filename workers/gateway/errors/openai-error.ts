/** Renders failures for clients of OpenAI's API, with the headers that their retries go by. */
import { aboutInput, type OpenAiErrorBody, type OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../app-environment.ts';

/** True for addresses of OpenAI's API, known or not. */
export const isOpenAiPath = (path: string): boolean => path === '/v1' || path.startsWith('/v1/');

/** What clients go by beside the body, of whichever API they are. */
export const refusalHeaders = ({ status, retryAfterMs, shouldRetry }: OpenAiRefusal, requestId: string): Headers => {
  const headers = new Headers({ 'cache-control': 'no-store', 'x-request-id': requestId });
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="aidevos"');
  if (shouldRetry === false) headers.set('x-should-retry', 'false');
  if (retryAfterMs !== undefined) {
    headers.set('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
    headers.set('retry-after-ms', String(Math.ceil(retryAfterMs)));
  }
  return headers;
};

/** The answer outside of the app, where no middleware adds the request's id. */
export const openAiErrorResponse = (refusal: OpenAiRefusal, requestId: string): Response => {
  const body: OpenAiErrorBody = { error: refusal.error };
  return Response.json(body, { status: refusal.status, headers: refusalHeaders(refusal, requestId) });
};

/** What operations without messages call what the model is to read. */
const inputNames: ReadonlyMap<string, string> = new Map([
  ['/v1/completions', 'prompt'],
  ['/v1/embeddings', 'input'],
]);

const inWordsOf = (path: string, refusal: OpenAiRefusal): OpenAiRefusal => {
  const name = inputNames.get(path);
  return name === undefined ? refusal : { ...refusal, error: aboutInput(refusal.error, name) };
};

/** Answers the refusal. */
export const openAiError = (context: AppContext, refusal: OpenAiRefusal): Response =>
  openAiErrorResponse(inWordsOf(context.req.path, refusal), context.var.requestId);
