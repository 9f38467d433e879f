/**
 * The one renderer of failures: an `AppError` becomes `application/problem+json` by the catalogue, or the shape of
 * OpenAI's or Anthropic's API where the address is of theirs.
 */
import type { TypedResponse } from 'hono';
import { errorCatalog } from '../../../shared/errors/catalog.ts';
import type { AppError } from '../../../shared/errors/result.ts';
import { problemSchema, type Problem } from '../../../shared/schemas/problem.ts';
import { fromAppError } from '../../../shared/protocol/openai/app-error.ts';
import type { AppContext } from '../app-environment.ts';
import { refuse } from './anthropic-error.ts';
import { isOpenAiPath } from './openai-error.ts';

export type ProblemStatus = (typeof errorCatalog)[keyof typeof errorCatalog]['status'];

/** For a route's contract: what every operation may answer besides its success. */
export const problemResponses = {
  default: {
    description: 'A problem; `code` says which.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
} as const;

const maxIssues = 50;
/** Seconds for `Retry-After`, which knows nothing smaller; one where nothing better is known. */
const retryAfter = ({ retryAfterMs = 1_000 }: AppError): string => String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));

/** What cannot be found and what belongs to somebody else look the same. */
export const notFound = (what: string): AppError => ({
  type: 'resource.not_found',
  detail: `There is no such ${what}.`,
});

const longestAddress = 200;

/** Nothing is at this address. Clients of the model APIs are told which one they asked: many have a part of it too often. */
export const noAddress = ({ method, path }: { readonly method: string; readonly path: string }): AppError =>
  isOpenAiPath(path)
    ? { type: 'resource.not_found', detail: `Invalid URL (${method} ${path.slice(0, longestAddress)})` }
    : notFound('thing');

export const problemDocument = (error: AppError, request: { instance: string; requestId: string }): Problem => {
  const entry = errorCatalog[error.type];
  return {
    type: `urn:aidevos:problem:${error.type}`,
    code: error.type,
    title: entry.title,
    status: entry.status,
    detail: error.detail,
    ...request,
    retryable: entry.retryable,
    ...(error.oldestSequence === undefined ? {} : { oldestSequence: error.oldestSequence }),
    ...(error.issues === undefined ? {} : { errors: error.issues.slice(0, maxIssues) }),
  };
};

/** Answers the problem, in the shape of the API that was addressed. */
export const problem = (
  context: AppContext,
  error: AppError,
): Response & TypedResponse<Problem, ProblemStatus, 'json'> => {
  if (isOpenAiPath(context.req.path)) {
    const untyped: unknown = refuse(context, fromAppError(error));
    // SAFETY: the operations whose contracts promise problems have other addresses.
    return untyped as Response & TypedResponse<Problem, ProblemStatus, 'json'>;
  }
  const document = problemDocument(error, { instance: context.req.path, requestId: context.var.requestId });
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (document.status === 401) headers['www-authenticate'] = 'Bearer realm="aidevos"';
  if (document.status === 429 || document.status === 503) headers['retry-after'] = retryAfter(error);
  // SAFETY: every status of the document comes from the catalogue.
  return context.json(document, document.status as ProblemStatus, headers);
};
