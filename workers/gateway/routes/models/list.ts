import { createRoute } from '@hono/zod-openapi';
import { providers } from '../../../../shared/domain/model/providers/index.ts';
import { cardsOf, findModelCard, isOverridden } from '../../../../shared/domain/model/registry/registry.ts';
import { isTeamModelName } from '../../../../shared/domain/team-chat/model-names.ts';
import { tableDate, tableSource } from '../../../../shared/domain/model/registry/table.gen.ts';
import { modelListSchema, modelQuery, type ListedModel } from '../../../../shared/schemas/model.ts';
import { problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';
import type { ChatModels } from '../../chat-models.ts';

const route = createRoute({
  method: 'get',
  path: '/api/models',
  tags: ['models'],
  summary: 'List the models that can be used, with what is known of them',
  ...secured('model.read'),
  request: { query: modelQuery },
  responses: { 200: jsonResponse('The models.', modelListSchema), ...problemResponses },
});

const present = (name: string, configured: boolean, { aliases, chains }: ChatModels): ListedModel => {
  const card = findModelCard(name);
  const { abilities, contextTokens, outputTokens, price, released, quality, endsOn } = card ?? {};
  return {
    name,
    title: card?.title ?? name.slice(name.indexOf('/') + 1),
    provider: name.slice(0, name.indexOf('/')),
    kind: card?.kind ?? 'chat',
    configured,
    aliases: [...aliases].filter(([, model]) => model === name).map(([alias]) => alias),
    fallbacks: [...(chains.get(name) ?? [])],
    overridden: isOverridden(name),
    deprecated: card?.deprecated === true,
    ...(abilities === undefined ? {} : { abilities: [...abilities] }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    ...(price === undefined ? {} : { price }),
    ...(released === undefined ? {} : { released }),
    ...(quality === undefined ? {} : { quality }),
    ...(endsOn === undefined ? {} : { endsOn }),
  };
};

export const listModels = operation(route, (context) => {
  const { chatModels } = context.var;
  // Those of `auto`, of the team and aliases are names for models, not models.
  const usable = chatModels.names.filter((name) => name.includes('/') && !isTeamModelName(name));
  const known = context.req.valid('query').all === 'true' ? providers.flatMap(({ name }) => cardsOf(name)) : [];
  const others = known.map(({ name }) => name).filter((name) => !usable.includes(name));
  const models = [
    ...usable.map((name) => present(name, true, chatModels)),
    ...others.map((name) => present(name, false, chatModels)),
  ];
  return context.json({ tableDate, tableSource, models }, 200);
});
