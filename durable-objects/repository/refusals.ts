/** The refusals a repository answers with, and the one way to undo a transaction for one of them. */

import { err, type AppError, type Err, type Issue } from '../../shared/errors/result.ts';

/** Thrown inside a transaction to undo it; caught where the transaction began and answered as a value. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly failure: AppError;

  constructor(failure: AppError) {
    super(failure.detail);
    this.failure = failure;
  }
}

const maximumIssues = 200;

export const invalid = (issues: readonly Issue[]): Err<AppError> => {
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return err({
    type: 'request.invalid',
    detail: first === undefined ? 'The request is not valid.' : `${first.field}: ${first.reason}${more}.`,
    issues: issues.slice(0, maximumIssues),
  });
};

export const notFound = (field: string, what: string): Err<AppError> =>
  err({ type: 'resource.not_found', detail: `${what} does not exist.`, issues: [{ field, reason: 'does not exist' }] });

export const conflict = (field: string, reason: string): Err<AppError> =>
  err({ type: 'resource.conflict', detail: `${field}: ${reason}.`, issues: [{ field, reason }] });

export const tooLarge = (detail: string): Err<AppError> => err({ type: 'request.too_large', detail });

export const gitRefused = (detail: string, issues: readonly Issue[] = []): Err<AppError> =>
  err({ type: 'git.refused', detail, issues: issues.slice(0, maximumIssues) });
