/**
 * Every error this product can answer with: its HTTP status, its title, and whether trying again can help.
 * One catalogue, two renderers (problem+json for our API, OpenAI's shape for `/v1`).
 */

export interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

export type ErrorType =
  | 'request.invalid'
  | 'request.unsupported_media_type'
  | 'request.too_large'
  | 'request.method_not_allowed'
  | 'auth.missing'
  | 'auth.invalid'
  | 'auth.forbidden'
  | 'resource.not_found'
  | 'resource.conflict'
  | 'idempotency.mismatch'
  | 'idempotency.running'
  | 'lease.stale'
  | 'state.conflict'
  | 'state.unreadable'
  | 'state.irreversible'
  | 'precondition.failed'
  | 'spec.invalid'
  | 'git.refused'
  | 'cursor.gone'
  | 'rate.limited'
  | 'quota.exceeded'
  | 'service.unavailable'
  | 'service.timeout'
  | 'service.failed'
  | 'configuration.invalid'
  | 'internal';

export const errorCatalog = {
  'request.invalid': { status: 400, title: 'The request is not valid', retryable: false },
  'request.unsupported_media_type': { status: 415, title: 'The content type is not supported', retryable: false },
  'request.too_large': { status: 413, title: 'The request is too large', retryable: false },
  'request.method_not_allowed': { status: 405, title: 'The method is not allowed here', retryable: false },
  'auth.missing': { status: 401, title: 'An API key is needed', retryable: false },
  'auth.invalid': { status: 401, title: 'The API key is not valid', retryable: false },
  'auth.forbidden': { status: 403, title: 'The API key may not do this', retryable: false },
  'resource.not_found': { status: 404, title: 'Not found', retryable: false },
  'resource.conflict': { status: 409, title: 'The request conflicts with the present state', retryable: false },
  'idempotency.mismatch': { status: 422, title: 'The idempotency key was used with another body', retryable: false },
  'idempotency.running': {
    status: 409,
    title: 'The first request with this idempotency key still runs',
    retryable: true,
  },
  'lease.stale': { status: 409, title: 'The lease is no longer held', retryable: false },
  'state.conflict': { status: 409, title: 'The state has moved on', retryable: true },
  'state.unreadable': { status: 500, title: 'The stored state cannot be read by this version', retryable: false },
  'state.irreversible': { status: 409, title: 'What happened since cannot be taken back', retryable: false },
  'precondition.failed': { status: 412, title: 'The resource is not at the version that was named', retryable: false },
  'spec.invalid': { status: 422, title: 'The specification cannot be used', retryable: false },
  'git.refused': { status: 409, title: 'The repository refused the change', retryable: false },
  'cursor.gone': { status: 410, title: 'The events asked for are no longer kept', retryable: false },
  'quota.exceeded': { status: 409, title: 'The quota of the workspace is used up', retryable: false },
  'rate.limited': { status: 429, title: 'Too many requests', retryable: true },
  'service.unavailable': { status: 503, title: 'A part of the platform is not available', retryable: true },
  'service.timeout': { status: 504, title: 'A part of the platform did not answer in time', retryable: true },
  'service.failed': { status: 502, title: 'A service did not answer properly', retryable: true },
  'configuration.invalid': { status: 500, title: 'The platform is not configured correctly', retryable: false },
  internal: { status: 500, title: 'Something went wrong here', retryable: true },
} as const satisfies Record<ErrorType, ErrorEntry>;
