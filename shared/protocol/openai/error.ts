/**
 * Failures as OpenAI's API tells them: `{ "error": { message, type, param, code } }`, all four always there, with a
 * status by which clients choose the class of their exception.
 */

export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  /** The parameter at fault, for example `messages[0].content`. */
  readonly param: string | null;
  readonly code: string | null;
}

/** The body of a refused answer, and of the frame that ends a broken stream. */
export interface OpenAiErrorBody {
  readonly error: OpenAiError;
}

/** An error together with how it travels over HTTP. */
export interface OpenAiRefusal {
  readonly status: number;
  readonly error: OpenAiError;
  readonly retryAfterMs?: number;
  /** False: the same request will fail again, although its status looks as if it might not. */
  readonly shouldRetry?: false;
}

const invalidRequest = (message: string, param: string | null, code: string | null): OpenAiRefusal => ({
  status: 400,
  error: { message, type: 'invalid_request_error', param, code },
});

/** A parameter has a value that cannot be used. */
export const invalidValue = (param: string, message: string): OpenAiRefusal =>
  invalidRequest(message, param, 'invalid_value');

/** A parameter that the model asked for has no counterpart for. */
export const unsupported = (param: string, message: string): OpenAiRefusal =>
  invalidRequest(message, param, 'unsupported_parameter');

/** The workspace has limits, which calls of this API would not keep. */
export const budgetNotCounted: OpenAiRefusal = {
  status: 429,
  error: {
    message: 'The workspace has a budget, and calls of this API are not counted in it yet. Use offline/engineer here.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  },
  shouldRetry: false,
};

/** There is no such model; `near` are names that may have been meant. */
export const modelNotFound = (model: string, near: readonly string[]): OpenAiRefusal => {
  const shown = model.length > 100 ? `${model.slice(0, 100)}…` : model;
  const hint = near.length === 0 ? 'GET /v1/models lists those there are.' : `Did you mean ${near.join(' or ')}?`;
  return {
    status: 404,
    error: {
      message: `The model '${shown}' does not exist here. ${hint}`,
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
  };
};
