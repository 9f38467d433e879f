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

/** The same refusal where what the model is to read is no list of messages and has a name of its own. */
export const aboutInput = (error: OpenAiError, name: string): OpenAiError =>
  error.param === 'messages' && error.code !== 'unsupported_parameter' ? { ...error, param: name } : error;

/** A parameter has a value that cannot be used. */
export const invalidValue = (param: string | null, message: string): OpenAiRefusal =>
  invalidRequest(message, param, 'invalid_value');

/** A parameter that every request needs is not there. */
export const missing = (param: string): OpenAiRefusal =>
  invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');

/** A parameter is of another type than it must be. */
export const wrongType = (param: string, expected: string, got: string): OpenAiRefusal =>
  invalidRequest(`Invalid type for '${param}': expected ${expected}, but got ${got} instead.`, param, 'invalid_type');

/** A parameter that the model asked for has no counterpart for. */
export const unsupported = (param: string, message: string): OpenAiRefusal =>
  invalidRequest(message, param, 'unsupported_parameter');

const outOfQuota = (message: string): Pick<OpenAiRefusal, 'status' | 'error'> => ({
  status: 429,
  error: { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' },
});

/** The workspace's budget is used up; `reason` says which limit. */
export const budgetUsedUp = (reason: string): OpenAiRefusal => ({ ...outOfQuota(reason), shouldRetry: false });

/** What is left of the workspace's budget is set aside for calls under way. */
export const budgetSetAside: OpenAiRefusal = {
  ...outOfQuota(
    "The rest of the workspace's budget is set aside for calls under way. Some of it may be free again in a moment.",
  ),
  retryAfterMs: 1_000,
};

/** Too much in too short a time. */
export const rateLimitExceeded = (message: string, unit: string, retryAfterMs: number): OpenAiRefusal => ({
  status: 429,
  error: { message, type: unit, param: null, code: 'rate_limit_exceeded' },
  retryAfterMs,
});

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
