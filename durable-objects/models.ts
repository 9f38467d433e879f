/**
 * From a configured model name to the client that answers, with the keys of the workspace where it has some. Breakers, retry budgets and queues are one set for each
 * isolate, in memory: all objects of the isolate share them, another isolate has its own, a restart forgets them. The
 * limits are therefore per isolate; nothing durable depends on them.
 */
import { parseMasterKeys } from '../shared/adapters/vault/vault-cipher.ts';
import { Vaults, type WorkspaceAccounts } from '../shared/adapters/vault/vaults.ts';
import { parseOrigins } from '../shared/adapters/tools/origins.ts';
import type { ModelAccounts } from '../shared/adapters/models/accounts.ts';
import { createModelClient, readModelAccounts, type SelectedModel } from '../shared/adapters/models/index.ts';
import { CredentialPools } from '../shared/adapters/models/credential-pools.ts';
import { ProviderGuard, readGuardPolicies } from '../shared/adapters/models/provider-guard.ts';
import { parseModelName } from '../shared/domain/model/model-name.ts';
import type { WorkspaceId } from '../shared/domain/ids.ts';
import { parseAliases, resolveAlias } from '../shared/domain/model/aliases.ts';
import { autoPolicyOf, type AutoPolicy } from '../shared/domain/model/auto-name.ts';
import { cardsOf } from '../shared/domain/model/registry/registry.ts';
import { rankModels, type Needs } from '../shared/domain/model/selection.ts';
import { offlineEngineer } from '../shared/domain/offline-engineer/engineer.ts';
import { defaultRetryPolicy } from '../shared/domain/model/retry.ts';
import { err, ok, type AppError, type Result } from '../shared/errors/result.ts';
import type { ModelClient, ModelEvent } from '../shared/ports/model-client.ts';
import { workspaceStub, type ObjectBindings } from './stubs.ts';

/** The Worker's variables, and the workspaces. */
export type ModelEnvironment = Pick<ObjectBindings, 'WORKSPACE'>;

/** A run counts and delays its own failures, visibly in its log, so the client itself tries once. */
const policy = { ...defaultRetryPolicy, maxAttempts: 1 };

const platformPools = new CredentialPools();

let isolateGuard: ProviderGuard | undefined;

/** Made at the first use, because the variables come with a request; they are the same for the isolate's whole life. */
const guardOf = (environment: object): ProviderGuard => {
  isolateGuard ??= new ProviderGuard(readGuardPolicies(environment));
  return isolateGuard;
};

let isolateVaults: Vaults | undefined;

const textOf = (environment: object, name: string): string => {
  const text: unknown = Object.entries(environment).find(([key]) => key === name)?.[1];
  return typeof text === 'string' ? text : '';
};

const gone: AppError = {
  type: 'service.unavailable',
  detail: 'The keys of the workspace could not be asked for. Try again.',
};

const report = (message: string): void => {
  // oxlint-disable-next-line no-console -- a vault that does not open has to reach the log of the Worker
  console.error(JSON.stringify({ level: 'error', message }));
};

const createVaults = (environment: ModelEnvironment): Vaults => {
  // A wrong variable the gateway tells when it starts; here it opens nothing.
  const masters = parseMasterKeys(textOf(environment, 'AIDEVOS_VAULT_KEY'));
  return new Vaults({
    masters: masters.ok ? masters.value : undefined,
    environment,
    platform: readModelAccounts(environment),
    origins: parseOrigins(textOf(environment, 'AIDEVOS_MODEL_ORIGINS')),
    now: () => Date.now(),
    ask: async (workspaceId, call) => {
      try {
        return await call(workspaceStub(environment, workspaceId));
      } catch (error) {
        report(`the vault of ${workspaceId} did not answer: ${String(error)}`);
        return err(gone);
      }
    },
    report,
  });
};

/** As the guard: one for the isolate's whole life. */
const vaultsOf = (environment: ModelEnvironment): Vaults => (isolateVaults ??= createVaults(environment));

/** What a workspace's calls are made with now. */
export const accountsOfWorkspace = async (
  environment: ModelEnvironment,
  workspaceId: WorkspaceId,
): Promise<Result<WorkspaceAccounts>> => await vaultsOf(environment).accountsOf(workspaceId);

const offlineName = /^engineer(?:\?[a-z0-9.=&]*)?$/;

/** The model of this name, or why it cannot be used here: no such provider, no key, no such model. */
const selectModel = (
  name: string,
  environment: object,
  { accounts, pools = platformPools }: WorkspaceAccounts,
): Result<SelectedModel> => {
  const selected = createModelClient({
    model: name,
    embedded: { offline: offlineEngineer },
    guard: (client, provider) => guardOf(environment).protect(client, provider),
    pools,
    retry: { policy },
    accounts,
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

const meantBy = (name: string, seed: string, environment: object, accounts: ModelAccounts): Result<string> => {
  // A wrong variable the gateway tells when it starts; here it names nothing.
  const aliases = parseAliases(textOf(environment, 'AIDEVOS_MODEL_ALIASES'));
  const meant = aliases.ok ? resolveAlias(name, aliases.value) : name;
  const policy = autoPolicyOf(meant);
  return policy === undefined ? ok(meant) : chooseForAgents(policy, seed, accounts);
};

/**
 * The model that is meant by a name, which can be used now: `<provider>/<model>` for an alias, and for `auto` the choice
 * for good. `seed` decides whether this one explores.
 */
export const settleModel = (
  name: string,
  seed: string,
  environment: object,
  opened: WorkspaceAccounts,
): Result<string> => {
  const meant = meantBy(name, seed, environment, opened.accounts);
  if (!meant.ok) return meant;
  const selected = selectModel(meant.value, environment, opened);
  return selected.ok ? meant : selected;
};

/** How the workspace's keys did; what cannot be told now is told after the next call. */
const tellUses = async (environment: ModelEnvironment, vaults: Vaults, workspaceId: WorkspaceId): Promise<void> => {
  const uses = vaults.takeUses(workspaceId);
  if (uses.length === 0) return;
  try {
    await workspaceStub(environment, workspaceId).noteCredentialUses({ uses });
  } catch (error) {
    vaults.giveBack(workspaceId, uses);
    report(`the use of keys of ${workspaceId} could not be told: ${String(error)}`);
  }
};

const failed = (message: string, retryable: boolean): ModelEvent => ({
  type: 'failed',
  failure: { kind: retryable ? 'provider_error' : 'invalid_request', message, retryable },
});

/** Who calls. */
export interface ModelCaller {
  readonly workspaceId: () => WorkspaceId;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

async function* streamWithKeys(
  name: string,
  environment: ModelEnvironment,
  { workspaceId, waitUntil }: ModelCaller,
  [request, signal]: Parameters<ModelClient['stream']>,
): AsyncGenerator<ModelEvent> {
  const vaults = vaultsOf(environment);
  const opened = name.startsWith('offline/') ? ok({ accounts: {} }) : await vaults.accountsOf(workspaceId());
  const selected = opened.ok ? selectModel(name, environment, opened.value) : opened;
  if (!selected.ok) {
    yield failed(selected.error.detail, !opened.ok);
    return;
  }
  try {
    yield* selected.value.client.stream(request, signal);
  } finally {
    waitUntil(tellUses(environment, vaults, workspaceId()));
  }
}

/**
 * The client of a run under way, whose configuration may have changed since it was made: the keys are asked for at each
 * call, and a call that cannot be made fails with the reason instead of hanging.
 */
export const resolveModel = (
  name: string,
  environment: ModelEnvironment,
  caller: ModelCaller,
): { readonly client: ModelClient; readonly model: string } => {
  const parsed = parseModelName(name);
  const client: ModelClient = { stream: (...call) => streamWithKeys(name, environment, caller, call) };
  return { client, model: parsed.ok ? parsed.value.model : name };
};
