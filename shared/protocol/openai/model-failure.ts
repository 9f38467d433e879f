/**
 * A model's failure in OpenAI's shape. What the provider holds against the platform (its key, its account) is no fault
 * of the caller's request, so it is a bad gateway and never 401, which would send the caller to look at a good key.
 */
import { isUnknownModel } from '../../domain/model/failure.ts';
import type { ModelFailure, ModelFailureKind } from '../../ports/model-client.ts';
import type { OpenAiRefusal } from './error.ts';

interface Form {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

const forms: Readonly<Record<ModelFailureKind, Form>> = {
  rate_limited: { status: 429, type: 'requests', param: null, code: 'rate_limit_exceeded' },
  overloaded: { status: 503, type: 'server_error', param: null, code: 'provider_overloaded' },
  provider_error: { status: 502, type: 'server_error', param: null, code: 'provider_error' },
  timeout: { status: 504, type: 'server_error', param: null, code: 'provider_timeout' },
  connection_lost: { status: 502, type: 'server_error', param: null, code: 'provider_connection_lost' },
  malformed_response: { status: 502, type: 'server_error', param: null, code: 'provider_malformed_response' },
  authentication: { status: 502, type: 'server_error', param: null, code: 'provider_authentication' },
  invalid_request: { status: 400, type: 'invalid_request_error', param: null, code: 'invalid_value' },
  context_too_long: { status: 400, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  cancelled: { status: 499, type: 'server_error', param: null, code: 'cancelled' },
};

/** What the provider itself said about its error, where that is known; used only for faults of the request. */
export interface ProviderDetail {
  readonly param?: string | undefined;
  readonly code?: string | undefined;
}

const messageOf = (failure: ModelFailure): string =>
  failure.kind === 'authentication' && failure.credential === undefined
    ? 'The provider refused the key that this platform is configured with, or the key may not use this model. Your own key is fine; tell whoever runs the platform.'
    : failure.message;

/** The failure for clients of OpenAI's API. */
export const fromModelFailure = (failure: ModelFailure, detail: ProviderDetail = {}): OpenAiRefusal => {
  const { status, ...form } = forms[failure.kind];
  const isUnknown = isUnknownModel(failure);
  const known = failure.kind === 'invalid_request' || failure.kind === 'rate_limited' ? detail : {};
  return {
    status: isUnknown ? 404 : status,
    error: {
      message: messageOf(failure),
      type: form.type,
      param: isUnknown ? 'model' : (known.param ?? form.param),
      code: isUnknown ? 'model_not_found' : (known.code ?? form.code),
    },
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    ...(failure.retryable || status < 500 ? {} : { shouldRetry: false }),
  };
};
