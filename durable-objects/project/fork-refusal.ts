import type { AppError, Result } from '../../shared/errors/result.ts';

/** A copy that cannot be made, whatever is tried: the project fails with it. */
export class ForkRefused extends Error {
  override readonly name = 'ForkRefused';
}

const describe = (error: AppError): string =>
  [error.detail, ...(error.issues ?? []).map(({ field, reason }) => `${field}: ${reason}`)].join(' ');

/** The value. @throws ForkRefused for good; Error when trying again may help. */
export const expectValue = <Value>(result: Result<Value>): Value => {
  if (result.ok) return result.value;
  const { type } = result.error;
  if (type === 'service.unavailable' || type === 'service.timeout' || type === 'internal')
    throw new Error(describe(result.error));
  throw new ForkRefused(describe(result.error));
};
