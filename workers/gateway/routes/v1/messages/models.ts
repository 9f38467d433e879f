/** `GET /v1/models` and `GET /v1/models/{id}` as clients of Anthropic's API expect them. */
import { toAnthropicModel, toAnthropicModelPage } from '../../../../../shared/protocol/anthropic/models.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';

/** What answers messages: neither embedders nor what is offered to clients of chat completions alone. */
const namesOf = ({ var: { services } }: AppContext): readonly string[] =>
  services.chatModels.names.filter((name) => services.messageModels.find(name).ok);

/** One page of the list. */
export const listAnthropicModels = (context: AppContext): Response => {
  const page = toAnthropicModelPage(namesOf(context), context.req.query());
  return page.ok ? Response.json(page.value) : refuse(context, page.error);
};

/** The model of that name; one without a provider is Anthropic's. */
export const findAnthropicModel = (context: AppContext, name: string): Response => {
  const { chatModels } = context.var.services;
  const names = namesOf(context);
  const id = [name, `anthropic/${name}`].find((candidate) => names.includes(candidate));
  return id === undefined ? refuse(context, chatModels.notFound(name)) : Response.json(toAnthropicModel(id));
};
