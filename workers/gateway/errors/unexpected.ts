/** What nobody thought of: told in the log with everything, and to the caller with nothing but the request's id. */
import { HTTPException } from 'hono/http-exception';
import type { AppError } from '../../../shared/errors/result.ts';
import type { AppContext } from '../app-environment.ts';
import { problem } from './problem.ts';

/** What Hono and its validators throw by themselves. */
const fromHttpException = (exception: HTTPException): AppError => {
  switch (exception.status) {
    case 415:
      return {
        type: 'request.unsupported_media_type',
        detail: 'header.content-type: is not one that this operation takes; send application/json.',
        issues: [{ field: 'header.content-type', reason: 'is not one that this operation takes' }],
      };
    case 400:
      return {
        type: 'request.invalid',
        detail: 'body: is not valid JSON.',
        issues: [{ field: 'body', reason: 'is not valid JSON' }],
      };
    default:
      return { type: 'request.invalid', detail: 'The request cannot be read.' };
  }
};

/** The answer to a request whose handler threw. */
export const answerUnexpected = (context: AppContext, error: unknown): Response => {
  if (error instanceof HTTPException) return problem(context, fromHttpException(error));
  const services = context.get('services');
  const requestId = context.get('requestId');
  services.log({ level: 'error', message: 'unexpected failure', requestId, error });
  return problem(context, {
    type: 'internal',
    detail: 'This should not have happened. The request id leads to the cause in the log.',
  });
};
