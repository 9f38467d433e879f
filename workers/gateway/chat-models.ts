/** The models behind `/v1`: which there are, and how each is reached. */
import type { ModelAccounts, ProviderSetup } from '../../shared/adapters/models/accounts.ts';
import type { ProviderAccount } from '../../shared/adapters/models/anthropic.ts';
import type { CallLimits } from '../../shared/adapters/models/call-watch.ts';
import type { AiBinding } from '../../shared/adapters/models/workers-ai.ts';
import { CredentialPools, fingerprintOf } from '../../shared/adapters/models/credential-pools.ts';
import { createModelClient } from '../../shared/adapters/models/index.ts';
import { ModelMeasurements, withMeasurements } from '../../shared/adapters/models/measured.ts';
import type { ProviderGuard } from '../../shared/adapters/models/provider-guard.ts';
import { resolveAlias, type Aliases, type FallbackChains } from '../../shared/domain/model/aliases.ts';
import { noUsableKey } from '../../shared/domain/model/failure.ts';
import { autoNames } from '../../shared/domain/model/auto-name.ts';
import { parseModelName } from '../../shared/domain/model/model-name.ts';
import type { Provider, WireQuirks } from '../../shared/domain/model/providers/provider.ts';
import { capabilitiesOf } from '../../shared/domain/model/registry/capabilities.ts';
import type { ModelCard } from '../../shared/domain/model/registry/model-card.ts';
import { cardsOf, findModelCard } from '../../shared/domain/model/registry/registry.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../shared/domain/model/retry.ts';
import { offlineChat } from '../../shared/domain/offline-engineer/chat/chat.ts';
import { listedTeamModels } from '../../shared/domain/team-chat/model-names.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ModelClient, ModelFailure } from '../../shared/ports/model-client.ts';
import type { Capabilities } from '../../shared/protocol/openai/capabilities.ts';
import { fromModelFailure } from '../../shared/protocol/openai/model-failure.ts';
import { modelNotFound, type OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import { nearNames } from '../../shared/protocol/openai/near-names.ts';

/** `name` is `<provider>/<model>`, `model` the name that the provider knows. */
export interface PassedModel {
  readonly type: 'passed';
  readonly name: string;
  readonly model: string;
  readonly account: ProviderAccount;
  readonly quirks: WireQuirks;
  /** To be told how the call began, so that a key that is refused rests: undefined for an answer. */
  readonly settle: (failure: ModelFailure | undefined) => void;
}

export interface TranslatedModel {
  readonly type: 'translated';
  readonly name: string;
  readonly model: string;
  readonly client: ModelClient;
  readonly capabilities: Capabilities;
  /** Of the team, where somebody of it is asked. */
  readonly role?: string;
  /** Its calls are counted where they are made, if they cost anything. */
  readonly isCounted?: true;
}

/** Its embeddings are made by a binding. */
export interface BoundModel {
  readonly type: 'bound';
  readonly name: string;
  readonly model: string;
  readonly binding: AiBinding;
}

export type ChatModel = PassedModel | TranslatedModel;

/** The wires whose providers can be given a request as it came. */
export type PassedWireName = Exclude<Provider['wire'], 'workers-ai'>;

/** How a model of a chain is called. */
export interface CallPolicy {
  readonly retry: RetryPolicy;
  readonly limits?: CallLimits;
}

/** What is known of a model before it is called. */
export interface KnownModel {
  /** `<provider>/<model>`. */
  readonly name: string;
  /** Undefined: it is part of the platform. */
  readonly provider: Provider | undefined;
  readonly card: ModelCard | undefined;
  readonly capabilities: Capabilities;
}

export interface ChatModels {
  /** The names that are shown, aliases and those of `auto` included. */
  readonly names: readonly string[];
  readonly aliases: Aliases;
  readonly chains: FallbackChains;
  readonly accounts: ModelAccounts;
  readonly measurements: ModelMeasurements;
  /**
   * What is known of the model of that name or alias; no client is made. A configured provider is asked for every name
   * that is said to be its own, also for one that is not shown: it knows best what it has.
   */
  known(name: string): Result<KnownModel, OpenAiRefusal>;
  /** The same model behind our own port, whatever wire its provider speaks. */
  translated(name: string, policy?: CallPolicy): Result<TranslatedModel, OpenAiRefusal>;
  /** The same model on the wire of its provider, with the key whose turn it is; undefined where that is another wire. */
  passed(name: string, wire: PassedWireName): PassedModel | undefined;
  /** A model that makes embeddings. */
  embedding(name: string): Result<PassedModel | BoundModel, OpenAiRefusal>;
  /** The same names and rules over other accounts. */
  withAccounts(accounts: ModelAccounts, pools: CredentialPools): ChatModels;
  /** Not found, with the names that may have been meant. */
  notFound(name: string): OpenAiRefusal;
}

/** Clients of this API try again by themselves, and are told when; both together would multiply. */
const once: CallPolicy = { retry: { ...defaultRetryPolicy, maxAttempts: 1 } };

export const offlineName = 'offline/engineer';
export const embedderName = 'offline/embedder';

const offline: TranslatedModel = {
  type: 'translated',
  name: offlineName,
  model: 'engineer',
  client: offlineChat,
  capabilities: capabilitiesOf(undefined, undefined),
};

/** Names that need no asking: those that the configuration lists, and those of the table at a provider's own address. */
const wellKnown = ({ provider, isElsewhere }: ProviderSetup): readonly string[] => {
  if (provider.models !== undefined) return provider.models.map((model) => `${provider.name}/${model}`);
  const cards = isElsewhere ? [] : cardsOf(provider.name);
  return cards
    .filter(({ deprecated, kind }) => deprecated !== true && (kind === 'chat' || provider.embeds))
    .map(({ name }) => name);
};

export interface ChatModelsParts {
  readonly accounts: ModelAccounts;
  readonly guard: Pick<ProviderGuard, 'protect'>;
  /** To be shown as well, where their provider is configured. */
  readonly names: readonly string[];
  readonly aliases?: Aliases;
  readonly chains?: FallbackChains;
  readonly measurements?: ModelMeasurements;
}

const setupOf = (accounts: ModelAccounts, provider: string): ProviderSetup | undefined =>
  Object.hasOwn(accounts, provider) ? accounts[provider] : undefined;

const shownNames = ({ accounts, names }: ChatModelsParts, aliases: Aliases): readonly string[] => {
  const reachable = names.filter((name) => setupOf(accounts, name.slice(0, name.indexOf('/'))) !== undefined);
  const known = Object.values(accounts).flatMap(wellKnown);
  return [
    ...new Set([
      offlineName,
      embedderName,
      ...listedTeamModels,
      ...autoNames,
      ...aliases.keys(),
      ...reachable,
      ...known,
    ]),
  ];
};

/** Where a workspace brought keys for a provider, and none of them can be used. */
const withoutKey = (provider: string): OpenAiRefusal => fromModelFailure(noUsableKey(provider));

interface Found {
  readonly name: string;
  readonly model: string;
  readonly setup: ProviderSetup;
}

class ConfiguredModels implements ChatModels {
  readonly names: readonly string[];
  readonly aliases: Aliases;
  readonly chains: FallbackChains;
  readonly accounts: ModelAccounts;
  readonly measurements: ModelMeasurements;
  readonly #parts: ChatModelsParts;
  readonly #pools: CredentialPools;

  constructor(parts: ChatModelsParts, pools: CredentialPools) {
    this.accounts = parts.accounts;
    this.aliases = parts.aliases ?? new Map();
    this.chains = parts.chains ?? new Map();
    this.measurements = parts.measurements ?? new ModelMeasurements();
    this.#parts = parts;
    this.#pools = pools;
    this.names = shownNames(parts, this.aliases);
  }

  withAccounts(accounts: ModelAccounts, pools: CredentialPools): ChatModels {
    return new ConfiguredModels({ ...this.#parts, accounts, measurements: this.measurements }, pools);
  }

  notFound(name: string): OpenAiRefusal {
    return modelNotFound(name, nearNames(name, this.names));
  }

  known(asked: string): Result<KnownModel, OpenAiRefusal> {
    const found = this.#lookUp(asked);
    const isOffline = resolveAlias(asked, this.aliases) === offlineName;
    if (found === undefined && !isOffline) return err(this.notFound(asked));
    const name = found?.name ?? offlineName;
    const provider = found?.setup.provider;
    const card = findModelCard(name);
    return ok({ name, provider, card, capabilities: capabilitiesOf(provider, card) });
  }

  passed(asked: string, wire: PassedWireName): PassedModel | undefined {
    const found = this.#lookUp(asked);
    return found?.setup.provider.wire === wire ? this.#passed(found) : undefined;
  }

  embedding(asked: string): Result<PassedModel | BoundModel, OpenAiRefusal> {
    const found = this.#lookUp(asked);
    if (found?.setup.provider.embeds !== true) return err(this.notFound(asked));
    const { binding } = found.setup;
    if (binding !== undefined) return ok({ type: 'bound', name: found.name, model: found.model, binding });
    const model = this.#passed(found);
    return model === undefined ? err(withoutKey(found.setup.provider.name)) : ok(model);
  }

  translated(asked: string, policy: CallPolicy = once): Result<TranslatedModel, OpenAiRefusal> {
    if (resolveAlias(asked, this.aliases) === offlineName) return ok(offline);
    const found = this.#lookUp(asked);
    if (found === undefined) return err(this.notFound(asked));
    const { name, setup } = found;
    const selected = createModelClient({
      model: name,
      accounts: this.accounts,
      pools: this.#pools,
      limits: policy.limits,
      guard: (client, provider) => this.#parts.guard.protect(client, provider),
      retry: { policy: policy.retry },
    });
    if (!selected.ok) return err(this.notFound(asked));
    const client = withMeasurements(selected.value.client, name, this.measurements);
    const capabilities = capabilitiesOf(setup.provider, findModelCard(name));
    return ok({ type: 'translated', name, model: selected.value.model, client, capabilities });
  }

  #lookUp(asked: string): Found | undefined {
    const name = resolveAlias(asked, this.aliases);
    const parsed = parseModelName(name);
    const setup = parsed.ok ? setupOf(this.accounts, parsed.value.provider) : undefined;
    return parsed.ok && setup !== undefined ? { name, model: parsed.value.model, setup } : undefined;
  }

  #passed({ name, model, setup }: Found): PassedModel | undefined {
    const { provider, accounts } = setup;
    const keyed = accounts.map((account) => ({ id: fingerprintOf(account), account }));
    const picked = this.#pools.pick(provider.name, keyed);
    if (picked === undefined) return undefined;
    const settle = (failure: ModelFailure | undefined): void => this.#pools.settle(provider.name, picked.id, failure);
    return { type: 'passed', name, model, account: picked.account, quirks: provider.quirks, settle };
  }
}

/** The models of these accounts. */
export const createChatModels = (parts: ChatModelsParts): ChatModels =>
  new ConfiguredModels(parts, new CredentialPools());
