import type { AppContext } from '../../app-environment.ts';

/** A choice of ours is told to the client and in the log. */
export const noteChoice = (context: AppContext, answer: Response, reason: string, model: string): void => {
  const { services, requestId } = context.var;
  answer.headers.set('x-aidevos-model-reason', reason);
  services.log({ level: 'info', message: 'a model was chosen', requestId, fields: { model, reason } });
};
