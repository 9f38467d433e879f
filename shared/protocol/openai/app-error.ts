/** The platform's own failures in OpenAI's shape: the second renderer over the one catalogue. */
import { errorCatalog, type ErrorType } from '../../errors/catalog.ts';
import type { AppError } from '../../errors/result.ts';
import type { OpenAiRefusal } from './error.ts';

const codes: Partial<Readonly<Record<ErrorType, string>>> = {
  'auth.invalid': 'invalid_api_key',
  'auth.forbidden': 'insufficient_permissions',
  'request.method_not_allowed': 'method_not_allowed',
  'request.too_large': 'request_too_large',
  'request.unsupported_media_type': 'unsupported_media_type',
  'resource.not_found': 'not_found',
  'rate.limited': 'rate_limit_exceeded',
  'quota.exceeded': 'insufficient_quota',
};

const typeOf = (status: number): string =>
  status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error';

/** The parameter as OpenAI writes it; headers, the query and the body as a whole are no parameters. */
const paramOf = ({ issues }: AppError): string | null => {
  const [, param] = /^body\.(.+)$/.exec(issues?.[0]?.field ?? '') ?? [];
  return param ?? null;
};

/** The same failure for clients of OpenAI's API. */
export const fromAppError = (error: AppError): OpenAiRefusal => {
  const { status } = errorCatalog[error.type];
  const { detail: message } = error;
  return {
    status,
    error: { message, type: typeOf(status), param: paramOf(error), code: codes[error.type] ?? null },
    ...(status === 429 || status === 503 ? { retryAfterMs: 1_000 } : {}),
  };
};
