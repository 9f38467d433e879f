/** The models behind `/v1`: which there are, and how each is reached. */
import type { ProviderAccount } from '../../shared/adapters/models/anthropic.ts';
import { createModelClient, type ModelConfiguration } from '../../shared/adapters/models/index.ts';
import type { ProviderGuard } from '../../shared/adapters/models/provider-guard.ts';
import { withoutKeys } from '../../shared/adapters/models/redacted.ts';
import { parseModelName } from '../../shared/domain/model/model-name.ts';
import { listPrices } from '../../shared/domain/model/prices.ts';
import { defaultRetryPolicy } from '../../shared/domain/model/retry.ts';
import { offlineChat } from '../../shared/domain/offline-engineer/chat/chat.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import {
  anthropicCapabilities,
  offlineCapabilities,
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
    };

export type TranslatedModel = Extract<ChatModel, { type: 'translated' }>;

export interface ChatModels {
  /** The names that are shown. */
  readonly names: readonly string[];
  /**
   * The model of that name. A configured provider is asked for every name that is said to be its own, also for one that
   * is not shown: it knows best what it has.
   */
  find(name: string): Result<ChatModel, OpenAiRefusal>;
  /** The same, behind our own port in every case: for what no provider's bytes can be passed on. */
  findClient(name: string): Result<TranslatedModel, OpenAiRefusal>;
  /** Not found, with the names that may have been meant. */
  notFound(name: string): OpenAiRefusal;
}

/** Clients of this API try again by themselves, and are told when; both together would multiply. */
const once = { ...defaultRetryPolicy, maxAttempts: 1 };

const offlineName = 'offline/engineer';

/** OpenAI's models by chat completions; the limit is one that those of the last years all take. */
const openAiCapabilities: Capabilities = {
  ...offlineCapabilities,
  provider: 'openai',
  penalties: true,
  reasoning: true,
  images: true,
  files: true,
  user: true,
  defaultMaxOutputTokens: 16_384,
};

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

interface ChatModelParts {
  readonly accounts: Accounts;
  readonly guard: Pick<ProviderGuard, 'protect'>;
  /** To be shown as well, where their provider is configured. */
  readonly names: readonly string[];
}

/** The model behind our own port; undefined when its name is none. */
const translate = (
  { accounts, guard }: ChatModelParts,
  name: string,
  account: ProviderAccount,
  capabilities: Capabilities,
): TranslatedModel | undefined => {
  const selected = createModelClient({
    model: name,
    ...accounts,
    guard: (client, provider) => guard.protect(client, provider),
    retry: { policy: once },
  });
  if (!selected.ok) return undefined;
  const client = withoutKeys(selected.value.client, [account.apiKey]);
  return { type: 'translated', model: selected.value.model, client, capabilities };
};

/** The models of these accounts. */
export const createChatModels = (parts: ChatModelParts): ChatModels => {
  const { accounts } = parts;
  const reachable = parts.names.filter((name) => isReachable(name, accounts));
  const names = [...new Set([offlineName, ...reachable, ...wellKnown(accounts)])];
  const notFound = (name: string): OpenAiRefusal => modelNotFound(name, nearNames(name, names));
  const orNotFound = (name: string, model: TranslatedModel | undefined): Result<TranslatedModel, OpenAiRefusal> =>
    model === undefined ? err(notFound(name)) : ok(model);

  const find = (name: string): Result<ChatModel, OpenAiRefusal> => {
    if (name === offlineName) {
      return ok({ type: 'translated', model: 'engineer', client: offlineChat, capabilities: offlineCapabilities });
    }
    const parsed = parseModelName(name);
    if (!parsed.ok) return err(notFound(name));
    const { provider, model } = parsed.value;
    if (provider === 'openai' && accounts.openai !== undefined) {
      return ok({ type: 'passed', model, account: accounts.openai });
    }
    if (provider === 'anthropic' && accounts.anthropic !== undefined) {
      return orNotFound(name, translate(parts, name, accounts.anthropic, anthropicCapabilities));
    }
    return err(notFound(name));
  };

  return {
    names,
    notFound,
    find,
    findClient: (name) => {
      const found = find(name);
      if (!found.ok) return found;
      const { value } = found;
      if (value.type === 'translated') return ok(value);
      return orNotFound(name, translate(parts, name, value.account, openAiCapabilities));
    },
  };
};
