/**
 * From a configured model name to the client that answers. Breakers, retry budgets and queues are one set for each
 * isolate, in memory: all objects of the isolate share them, another isolate has its own, a restart forgets them. The
 * limits are therefore per isolate; nothing durable depends on them.
 */
import type { ModelAccounts } from '../shared/adapters/models/accounts.ts';
import { createModelClient, readModelAccounts, type SelectedModel } from '../shared/adapters/models/index.ts';
import { CredentialPools } from '../shared/adapters/models/credential-pools.ts';
import { ProviderGuard, readGuardPolicies } from '../shared/adapters/models/provider-guard.ts';
import { parseAliases, resolveAlias } from '../shared/domain/model/aliases.ts';
import { autoPolicyOf, type AutoPolicy } from '../shared/domain/model/auto-name.ts';
import { cardsOf } from '../shared/domain/model/registry/registry.ts';
import { rankModels, type Needs } from '../shared/domain/model/selection.ts';
import { offlineEngineer } from '../shared/domain/offline-engineer/engineer.ts';
import { defaultRetryPolicy } from '../shared/domain/model/retry.ts';
import { err, ok, type Result } from '../shared/errors/result.ts';
import type { ModelClient } from '../shared/ports/model-client.ts';

/** A run counts and delays its own failures, visibly in its log, so the client itself tries once. */
const policy = { ...defaultRetryPolicy, maxAttempts: 1 };

const pools = new CredentialPools();

let isolateGuard: ProviderGuard | undefined;

/** Made at the first use, because the variables come with a request; they are the same for the isolate's whole life. */
const guardOf = (environment: object): ProviderGuard => {
  isolateGuard ??= new ProviderGuard(readGuardPolicies(environment));
  return isolateGuard;
};

const offlineName = /^engineer(?:\?[a-z0-9.=&]*)?$/;

/** The model of this name, or why it cannot be used here: no such provider, no key, no such model. */
const selectModel = (name: string, environment: object): Result<SelectedModel> => {
  const selected = createModelClient({
    model: name,
    embedded: { offline: offlineEngineer },
    guard: (client, provider) => guardOf(environment).protect(client, provider),
    pools,
    retry: { policy },
    accounts: readModelAccounts(environment),
  });
  if (!selected.ok || selected.value.provider !== 'offline' || offlineName.test(selected.value.model)) return selected;
  const reason = `offline has one model, engineer, not “${selected.value.model}”`;
  return err({
    type: 'request.invalid',
    detail: `The model cannot be used: ${reason}.`,
    issues: [{ field: 'model', reason }],
  });
};

const refuseName = (reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `The model ${reason}.`, issues: [{ field: 'model', reason }] });

/** Agents call tools; how long their conversations become nobody knows before. */
const agentNeeds: Needs = { abilities: ['tools'], inputTokens: 20_000, outputTokens: 8_000 };

/** The best model for agents of the configured providers, or the offline engineer where there is none. */
const chooseForAgents = (policy: AutoPolicy, seed: string, accounts: ModelAccounts): Result<string> => {
  const setups = Object.values(accounts).filter(({ isElsewhere }) => !isElsewhere);
  const candidates = setups
    .flatMap(({ provider }) => cardsOf(provider.name))
    .filter((card) => card.deprecated !== true && card.price !== undefined)
    .map((card) => ({ card }));
  const [choice] = rankModels(candidates, agentNeeds, policy, { seed, now: 0 });
  if (choice !== undefined) return ok(choice.name);
  if (Object.keys(accounts).length === 0) return ok('offline/engineer');
  return refuseName('cannot be chosen: of the configured providers no model is known that calls tools; name one');
};

const meantBy = (name: string, seed: string, environment: object): Result<string> => {
  const text: unknown = Object.entries(environment).find(([key]) => key === 'AIDEVOS_MODEL_ALIASES')?.[1];
  // A wrong variable the gateway tells when it starts; here it names nothing.
  const aliases = parseAliases(typeof text === 'string' ? text : '');
  const meant = aliases.ok ? resolveAlias(name, aliases.value) : name;
  const policy = autoPolicyOf(meant);
  return policy === undefined ? ok(meant) : chooseForAgents(policy, seed, readModelAccounts(environment));
};

/**
 * The model that is meant by a name, which can be used now: `<provider>/<model>` for an alias, and for `auto` the choice
 * for good. `seed` decides whether this one explores.
 */
export const settleModel = (name: string, seed: string, environment: object): Result<string> => {
  const meant = meantBy(name, seed, environment);
  if (!meant.ok) return meant;
  const selected = selectModel(meant.value, environment);
  return selected.ok ? meant : selected;
};

/** A client that fails with this reason: a run that cannot be served ends with it instead of hanging. */
const refusingClient = (message: string): ModelClient => ({
  async *stream() {
    yield { type: 'failed', failure: { kind: 'invalid_request', message, retryable: false } };
  },
});

/** `selectModel` for a run under way, whose configuration may have changed since it was made. */
export const resolveModel = (
  name: string,
  environment: object,
): { readonly client: ModelClient; readonly model: string } => {
  const selected = selectModel(name, environment);
  return selected.ok ? selected.value : { client: refusingClient(selected.error.detail), model: name };
};
