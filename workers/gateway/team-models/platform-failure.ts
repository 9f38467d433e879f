/** The platform's own refusals as failures of a model, for answers that are under way. */
import { createFailure } from '../../../shared/domain/model/failure.ts';
import { errorCatalog } from '../../../shared/errors/catalog.ts';
import type { AppError } from '../../../shared/errors/result.ts';
import type { ModelEvent, ModelFailureKind } from '../../../shared/ports/model-client.ts';

const kindOf = (status: number): ModelFailureKind => {
  if (status < 500) return 'invalid_request';
  if (status === 503) return 'overloaded';
  return status === 504 ? 'timeout' : 'provider_error';
};

/** The last event of an answer that could not be given. */
export const failedBy = (error: AppError): ModelEvent => ({
  type: 'failed',
  failure: createFailure(kindOf(errorCatalog[error.type].status), error.detail),
});
