/** Which model a chat request goes to, and which ones stand behind it: aliases, `auto`, and chains of fallbacks. */
import { defaultCallLimits } from '../../shared/adapters/models/call-watch.ts';
import { withFallback, type FallbackTarget } from '../../shared/adapters/models/fallback.ts';
import { resolveAlias } from '../../shared/domain/model/aliases.ts';
import { autoPolicyOf, type AutoPolicy } from '../../shared/domain/model/auto-name.ts';
import { capabilitiesOf, continuesText } from '../../shared/domain/model/registry/capabilities.ts';
import type { ModelCard } from '../../shared/domain/model/registry/model-card.ts';
import { findModelCard } from '../../shared/domain/model/registry/registry.ts';
import { chainRetryPolicy } from '../../shared/domain/model/retry.ts';
import { canServe, selectModel, type Choice, type Needs } from '../../shared/domain/model/selection.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { Capabilities } from '../../shared/protocol/openai/capabilities.ts';
import { invalidValue, type OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import { offlineName, type CallPolicy, type ChatModel, type ChatModels, type TranslatedModel } from './chat-models.ts';

export interface RouteRequest {
  /** The name that was asked for. */
  readonly name: string;
  /** Read only where there is a choice. */
  readonly needs: () => Needs;
  /** Whether the request can be said to a model of these capabilities, with nothing of it lost. */
  readonly accepts: (capabilities: Capabilities) => boolean;
  /** What stands behind the model, where the request says so itself. */
  readonly fallbacks?: readonly string[] | undefined;
  /** What the workspace measured, by model, as a factor on the quality of benchmarks. */
  readonly qualityFactors: Readonly<Record<string, number>>;
  /** Decides which requests explore. */
  readonly requestId: string;
}

export interface Route {
  readonly model: ChatModel;
  /** Why this model, where the platform chose it. */
  readonly reason?: string;
  /** The full name of the model that answers; known for sure once something of its answer has come. */
  readonly answeredBy: () => string;
}

/**
 * In a chain a silent model costs the caller its limit before the next one is asked. One that thinks first may be silent
 * for long, the others may not.
 */
const chainPolicy = (name: string): CallPolicy => {
  const thinks = findModelCard(name)?.abilities?.includes('reasoning') === true;
  return {
    retry: chainRetryPolicy,
    limits: { ...defaultCallLimits, firstByteMs: thinks ? 60_000 : 15_000, idleMs: 30_000 },
  };
};

/** How many others stand behind a model that the platform chose itself. */
const autoFallbacks = 2;

const choose = (models: ChatModels, policy: AutoPolicy, request: RouteRequest): Choice | undefined => {
  const candidates = models.names.flatMap((name) => {
    const setup = models.accounts[name.slice(0, Math.max(0, name.indexOf('/')))];
    // Of a model that is not in the table nothing is known, which is enough for a request that needs nothing.
    const card: ModelCard = findModelCard(name) ?? { name, title: name, kind: 'chat' };
    if (setup === undefined || card.deprecated === true) return [];
    return request.accepts(capabilitiesOf(setup.provider, card))
      ? [
          {
            card: { ...card, name },
            qualityFactor: request.qualityFactors[name],
            measurements: models.measurements.of(name),
          },
        ]
      : [];
  });
  const context = { seed: request.requestId, now: models.measurements.now() };
  return selectModel(candidates, request.needs(), policy, context);
};

const targetOf = ({ name, model, client }: TranslatedModel, models: ChatModels): FallbackTarget => {
  const card = findModelCard(name);
  const provider = models.accounts[name.slice(0, name.indexOf('/'))]?.provider;
  return {
    client,
    model,
    name,
    contextTokens: card?.contextTokens,
    outputTokens: card?.outputTokens,
    continues: continuesText(provider, card),
  };
};

/** Whether a model may stand in: nothing of the request may vanish with it. */
const mayStandIn = (model: TranslatedModel, { needs, accepts }: RouteRequest): boolean => {
  const card = findModelCard(model.name);
  const isAble = card?.abilities === undefined || canServe(card, { ...needs(), outputTokens: 1 });
  return isAble && accepts(model.capabilities);
};

const chain = (
  models: ChatModels,
  names: readonly string[],
  request: RouteRequest,
  reason: string | undefined,
): Result<Route, OpenAiRefusal> => {
  const [firstName = '', ...otherNames] = names;
  const first = models.translated(firstName, chainPolicy(firstName));
  if (!first.ok) return first;
  const others = otherNames.flatMap((name) => {
    const found = models.translated(name, chainPolicy(name));
    return found.ok && mayStandIn(found.value, request) ? [found.value] : [];
  });
  let answering = first.value.name;
  const targets = [first.value, ...others].map((model) => targetOf(model, models));
  const client = withFallback(targets, {
    resumes: true,
    onAnswering: (name) => {
      answering = name;
    },
  });
  const model: TranslatedModel = others.length === 0 ? first.value : { ...first.value, client };
  return ok({ model, answeredBy: () => answering, ...(reason === undefined ? {} : { reason }) });
};

const single = (models: ChatModels, name: string): Result<Route, OpenAiRefusal> => {
  const found = models.find(name);
  return found.ok ? ok({ model: found.value, answeredBy: () => found.value.name }) : found;
};

const automatic = (models: ChatModels, policy: AutoPolicy, request: RouteRequest): Result<Route, OpenAiRefusal> => {
  const choice = choose(models, policy, request);
  if (choice !== undefined) {
    return chain(models, [choice.name, ...choice.others.slice(0, autoFallbacks)], request, choice.reason);
  }
  if (Object.keys(models.accounts).length === 0) {
    const route = single(models, offlineName);
    return route.ok ? ok({ ...route.value, reason: 'no provider of models is configured' }) : route;
  }
  const { abilities, inputTokens } = request.needs();
  const needed = abilities.length === 0 ? '' : ` and can do ${abilities.join(', ')}`;
  const detail = `No configured model is known that reads about ${inputTokens} tokens${needed}; name a model yourself.`;
  return err(invalidValue('model', detail));
};

/** The route of a request, or why there is none. */
export const routeChat = (models: ChatModels, request: RouteRequest): Result<Route, OpenAiRefusal> => {
  const name = resolveAlias(request.name, models.aliases);
  const unknown = (request.fallbacks ?? []).find((fallback) => {
    const resolved = resolveAlias(fallback, models.aliases);
    return !models.translated(resolved).ok;
  });
  if (unknown !== undefined) {
    return err({ ...models.notFound(unknown), error: { ...models.notFound(unknown).error, param: 'models' } });
  }
  const policy = autoPolicyOf(name);
  if (policy !== undefined) return automatic(models, policy, request);
  const behind = (request.fallbacks ?? models.chains.get(name) ?? []).map((other) =>
    resolveAlias(other, models.aliases),
  );
  const names = [...new Set([name, ...behind])];
  if (names.length === 1) return single(models, name);
  // What only the provider's own wire can say is passed on to it, with nobody behind it.
  const found = models.find(name);
  const isBeyondUs = found.ok && found.value.type === 'passed' && !acceptsTranslated(models, name, request);
  return isBeyondUs ? single(models, name) : chain(models, names, request, undefined);
};

const acceptsTranslated = (models: ChatModels, name: string, request: RouteRequest): boolean => {
  const translated = models.translated(name);
  return translated.ok && request.accepts(translated.value.capabilities);
};
