/** The models behind `/v1`: which there are, and how each is reached. */
import type { ProviderAccount } from '../../shared/adapters/models/anthropic.ts';
import { createModelClient, type ModelConfiguration } from '../../shared/adapters/models/index.ts';
import type { ProviderGuard } from '../../shared/adapters/models/provider-guard.ts';
import { withoutKeys } from '../../shared/adapters/models/redacted.ts';
import { parseModelName } from '../../shared/domain/model/model-name.ts';
import { listPrices } from '../../shared/domain/model/prices.ts';
import { defaultRetryPolicy } from '../../shared/domain/model/retry.ts';
import { offlineChat } from '../../shared/domain/offline-engineer/chat/chat.ts';
import { listedTeamModels } from '../../shared/domain/team-chat/model-names.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import {
  anthropicCapabilities,
  offlineCapabilities,
  openAiCapabilities,
  type Capabilities,
} from '../../shared/protocol/openai/capabilities.ts';
import { modelNotFound, type OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import { nearNames } from '../../shared/protocol/openai/near-names.ts';

/** `model` is the name that the provider knows. */
export type ChatModel =
  | { readonly type: 'passed'; readonly model: string; readonly account: ProviderAccount }
  | {
      readonly type: 'translated';
      readonly model: string;
      readonly client: ModelClient;
      readonly capabilities: Capabilities;
      /** It costs nothing, or its calls are counted where they are made. */
      readonly isCounted?: true;
    };

export type TranslatedModel = Extract<ChatModel, { readonly type: 'translated' }>;

export interface ChatModels {
  /** The names that are shown. */
  readonly names: readonly string[];
  /**
   * The model of that name. A configured provider is asked for every name that is said to be its own, also for one that
   * is not shown: it knows best what it has.
   */
  find(name: string): Result<ChatModel, OpenAiRefusal>;
  /** The same behind the port in every case, for those who add to the conversation. */
  findClient(name: string): Result<TranslatedModel, OpenAiRefusal>;
  /** Not found, with the names that may have been meant. */
  notFound(name: string): OpenAiRefusal;
}

/** Clients of this API try again by themselves, and are told when; both together would multiply. */
const once = { ...defaultRetryPolicy, maxAttempts: 1 };

const offlineName = 'offline/engineer';

type Accounts = Pick<ModelConfiguration, 'anthropic' | 'openai'>;

/** Names that need no asking: those of providers at their own address, of which the prices are known. */
const wellKnown = (accounts: Accounts): readonly string[] =>
  Object.keys(listPrices).filter((name) => {
    const account = name.startsWith('openai/') ? accounts.openai : accounts.anthropic;
    return account !== undefined && account.baseUrl === undefined;
  });

const isReachable = (name: string, accounts: Accounts): boolean =>
  (name.startsWith('openai/') && accounts.openai !== undefined) ||
  (name.startsWith('anthropic/') && accounts.anthropic !== undefined);

/** The models of these accounts. */
export const createChatModels = (parts: {
  readonly accounts: Accounts;
  readonly guard: Pick<ProviderGuard, 'protect'>;
  /** To be shown as well, where their provider is configured. */
  readonly names: readonly string[];
}): ChatModels => {
  const { accounts, guard } = parts;
  const reachable = parts.names.filter((name) => isReachable(name, accounts));
  const names = [...new Set([offlineName, ...listedTeamModels, ...reachable, ...wellKnown(accounts)])];
  const notFound = (name: string): OpenAiRefusal => modelNotFound(name, nearNames(name, names));

  const translated = (name: string, capabilities: Capabilities): Result<TranslatedModel, OpenAiRefusal> => {
    const selected = createModelClient({
      model: name,
      ...accounts,
      guard: (client, provider) => guard.protect(client, provider),
      retry: { policy: once },
    });
    if (!selected.ok) return err(notFound(name));
    const keys = [accounts.anthropic, accounts.openai].flatMap((account) => account?.apiKey ?? []);
    const client = withoutKeys(selected.value.client, keys);
    return ok({ type: 'translated', model: selected.value.model, client, capabilities });
  };

  const findClient = (name: string): Result<TranslatedModel, OpenAiRefusal> => {
    if (name === offlineName) {
      return ok({ type: 'translated', model: 'engineer', client: offlineChat, capabilities: offlineCapabilities });
    }
    const parsed = parseModelName(name);
    if (!parsed.ok) return err(notFound(name));
    return translated(name, parsed.value.provider === 'openai' ? openAiCapabilities : anthropicCapabilities);
  };

  return {
    names,
    notFound,
    findClient,
    find: (name) => {
      const parsed = parseModelName(name);
      return parsed.ok && parsed.value.provider === 'openai' && accounts.openai !== undefined
        ? ok({ type: 'passed', model: parsed.value.model, account: accounts.openai })
        : findClient(name);
    },
  };
};
