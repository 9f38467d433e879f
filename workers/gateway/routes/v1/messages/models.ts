/** `GET /v1/models` and `GET /v1/models/{id}` as clients of Anthropic's API expect them. */
import { resolveAlias } from '../../../../../shared/domain/model/aliases.ts';
import { isAutoName } from '../../../../../shared/domain/model/auto-name.ts';
import { findModelCard } from '../../../../../shared/domain/model/registry/registry.ts';
import { isTeamModelName } from '../../../../../shared/domain/team-chat/model-names.ts';
import { toAnthropicModel, toAnthropicModelPage } from '../../../../../shared/protocol/anthropic/models.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';

/** What answers messages: neither embedders nor what is offered to clients of chat completions alone. */
const namesOf = ({ var: { services } }: AppContext): readonly string[] => {
  const { names, aliases } = services.chatModels;
  return names.filter((name) => {
    const model = resolveAlias(name, aliases);
    return !isTeamModelName(model) && !isAutoName(model) && findModelCard(model)?.kind !== 'embedding';
  });
};

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
