/** `GET /v1/models` and `GET /v1/models/{id}` as clients of Anthropic's API expect them. */
import { toAnthropicModel, toAnthropicModelPage } from '../../../../../shared/protocol/anthropic/models.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';

/** One page of the list. */
export const listAnthropicModels = (context: AppContext): Response => {
  const page = toAnthropicModelPage(context.var.services.chatModels.names, context.req.query());
  return page.ok ? Response.json(page.value) : refuse(context, page.error);
};

/** The model of that name; one without a provider is Anthropic's. */
export const findAnthropicModel = (context: AppContext, name: string): Response => {
  const { chatModels } = context.var.services;
  const id = [name, `anthropic/${name}`].find((candidate) => chatModels.names.includes(candidate));
  return id === undefined ? refuse(context, chatModels.notFound(name)) : Response.json(toAnthropicModel(id));
};
