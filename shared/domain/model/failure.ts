/**
 * From what a provider answered to one of our failure kinds. The sentences are ours: a provider's own message is
 * quoted only where it says what is wrong with the request, never where it may repeat a credential.
 */
import type { ModelFailure, ModelFailureKind } from '../../ports/model-client.ts';

const retryableKinds: ReadonlySet<ModelFailureKind> = new Set<ModelFailureKind>([
  'rate_limited',
  'overloaded',
  'provider_error',
  'timeout',
  'connection_lost',
  'malformed_response',
]);

/** A failure whose kind decides whether trying again can help. */
export const createFailure = (kind: ModelFailureKind, message: string, retryAfterMs?: number): ModelFailure => ({
  kind,
  message,
  retryable: retryableKinds.has(kind),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

/** The failure of a call that was not sent, which may be tried again after `retryAfterMs`. */
export const withhold = (message: string, retryAfterMs: number): ModelFailure => ({
  ...createFailure('overloaded', message, Math.ceil(retryAfterMs)),
  withheld: true,
});

/** The failure with the name of the workspace's own key, where that was at fault. */
export const ofCredential = (failure: ModelFailure, credential: string | undefined): ModelFailure =>
  credential === undefined || failure.kind !== 'authentication'
    ? failure
    : {
        ...failure,
        message: `The provider refused the workspace’s key ${credential}, or that key may not use this model. An owner can test and replace it: aidevos credentials.`,
        credential,
      };

/** The failure of a workspace that brought keys for a provider, none of which can be used. */
export const noUsableKey = (provider: string): ModelFailure => ({
  ...createFailure(
    'authentication',
    `No key of the workspace for ${provider} can be used: they do not open any more, or may not be sent to their address. An owner can add them anew: aidevos credentials.`,
  ),
  credential: provider,
});

/** A refusal as the provider sent it, by status or in the middle of a stream (then without a status). */
export interface ProviderError {
  readonly status?: number | undefined;
  /** `error.type` of the body: `overloaded_error`, `invalid_request_error`. */
  readonly type?: string | undefined;
  /** `error.code` of the body: `context_length_exceeded`, `insufficient_quota`. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The header `x-should-retry`, where the provider knows better than the status says. */
  readonly shouldRetry?: boolean | undefined;
}

const contextPattern = /prompt is too long|maximum context length|context (window|length)|too many (input )?tokens/i;

const kindByType: Readonly<Record<string, ModelFailureKind>> = {
  overloaded_error: 'overloaded',
  rate_limit_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  insufficient_quota: 'rate_limited',
  authentication_error: 'authentication',
  invalid_api_key: 'authentication',
  permission_error: 'authentication',
  billing_error: 'authentication',
  not_found_error: 'invalid_request',
  model_not_found: 'invalid_request',
  request_too_large: 'context_too_long',
  context_length_exceeded: 'context_too_long',
  timeout_error: 'timeout',
};

const kindByStatus = (status: number): ModelFailureKind => {
  switch (status) {
    case 401:
    case 402:
    case 403:
      return 'authentication';
    case 408:
    case 504:
      return 'timeout';
    case 409:
      return 'provider_error';
    case 413:
      return 'context_too_long';
    case 429:
      return 'rate_limited';
    case 503:
    case 529:
      return 'overloaded';
    default:
      // A redirect is not followed: the address is wrong, as a request can be.
      return status >= 300 && status < 500 ? 'invalid_request' : 'provider_error';
  }
};

const lookUp = (name: string | undefined): ModelFailureKind | undefined =>
  name !== undefined && Object.hasOwn(kindByType, name) ? kindByType[name] : undefined;

const kindOf = (error: ProviderError): ModelFailureKind => {
  const named = lookUp(error.code) ?? lookUp(error.type);
  const kind = named ?? (error.status === undefined ? 'provider_error' : kindByStatus(error.status));
  const aboutRequest = kind === 'invalid_request' || error.type === 'invalid_request_error';
  if (aboutRequest && contextPattern.test(error.message ?? '')) return 'context_too_long';
  return error.type === 'invalid_request_error' && error.status === undefined ? 'invalid_request' : kind;
};

const longestQuote = 300;

const sentences: Readonly<Record<ModelFailureKind, string>> = {
  rate_limited: 'The provider limits the rate of requests',
  overloaded: 'The provider is overloaded',
  provider_error: 'The provider failed',
  timeout: 'The provider did not answer in time',
  connection_lost: 'The connection to the provider was lost',
  malformed_response: 'The provider sent an answer that cannot be read',
  authentication: 'The provider refused the API key, or the key may not use this model',
  invalid_request: 'The provider refused the request',
  context_too_long: 'The request is longer than the model can take',
  cancelled: 'The request was cancelled',
};

const describe = (kind: ModelFailureKind, error: ProviderError): string => {
  const status = error.status === undefined ? '' : ` (status ${error.status})`;
  const quotable = kind === 'invalid_request' || kind === 'context_too_long';
  const text = quotable ? (error.message ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, longestQuote) : '';
  if (error.code === 'insufficient_quota') return `The quota of the provider's account is used up${status}.`;
  if (error.status !== undefined && error.status >= 300 && error.status < 400) {
    return `The provider's address redirects to another one${status}, which is not followed.`;
  }
  return `${sentences[kind]}${status}${text === '' ? '.' : `: ${text}`}`;
};

/** True when the provider answered that it has no such model. */
export const isUnknownModel = ({ kind, status }: ModelFailure): boolean => kind === 'invalid_request' && status === 404;

/** Classifies a provider's refusal. */
export const classifyProviderError = (error: ProviderError): ModelFailure => {
  const kind = kindOf(error);
  const failure: ModelFailure = {
    ...createFailure(kind, describe(kind, error), error.retryAfterMs),
    ...(error.status === undefined ? {} : { status: error.status }),
  };
  // No waiting helps against a used-up quota, although it arrives as a rate limit.
  if (error.code === 'insufficient_quota') return { ...failure, retryable: false };
  return error.shouldRetry === undefined ? failure : { ...failure, retryable: error.shouldRetry };
};

/**
 * `Retry-After` in milliseconds: `retry-after-ms`, then seconds or an HTTP date (RFC 9110, section 10.2.3). A date is
 * the provider's, so it is compared with the provider's clock (`Date`) where that is told, else with ours.
 * Undefined when there is none or it cannot be read; never negative.
 */
export const parseRetryAfter = (
  header: (name: string) => string | null | undefined,
  nowMs: number,
): number | undefined => {
  const milliseconds = Number.parseFloat(header('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const text = header('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  const providerNow = Date.parse(header('date') ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - (Number.isNaN(providerNow) ? nowMs : providerNow));
};
