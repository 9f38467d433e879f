/** `GET /v1/models` and `GET /v1/models/{id}` as clients of Anthropic's API expect them. */
import { resolveAlias } from '../../../../../shared/domain/model/aliases.ts';
import { findModelCard } from '../../../../../shared/domain/model/registry/registry.ts';
import { toAnthropicModel, toAnthropicModelPage } from '../../../../../shared/protocol/anthropic/models.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import { hasTeamModel } from '../../../team-models/find-team-model.ts';

/** What answers messages: everything but embedders. */
const namesOf = ({ var: { chatModels } }: AppContext): readonly string[] => {
  const { names, aliases } = chatModels;
  return names.filter((name) => findModelCard(resolveAlias(name, aliases))?.kind !== 'embedding');
};

/** One page of the list. */
export const listAnthropicModels = (context: AppContext): Response => {
  const page = toAnthropicModelPage(namesOf(context), context.req.query());
  return page.ok ? Response.json(page.value) : refuse(context, page.error);
};

/** The model of that name; one without a provider is Anthropic's. */
export const findAnthropicModel = async (context: AppContext, name: string): Promise<Response> => {
  const { chatModels } = context.var;
  const names = namesOf(context);
  const id = [name, `anthropic/${name}`].find((candidate) => names.includes(candidate));
  if (id !== undefined) return Response.json(toAnthropicModel(id));
  return (await hasTeamModel(context, name))
    ? Response.json(toAnthropicModel(name))
    : refuse(context, chatModels.notFound(name));
};
