import type { ModelFailure } from '../../../../shared/ports/model-client.ts';
import type { AppContext } from '../../app-environment.ts';

/** Notes that a model failed; what was asked and what was answered stand in no log. */
export const logFailure = (context: AppContext, model: string, failure: ModelFailure): void => {
  const { services, requestId } = context.var;
  services.log({
    level: 'warn',
    message: 'a model failed',
    requestId,
    fields: { model: model.slice(0, 200), kind: failure.kind, reason: failure.message },
  });
};
