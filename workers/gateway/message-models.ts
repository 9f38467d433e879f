/**
 * The same models behind Anthropic's wire: its own are passed on as they are, all others are translated, also those
 * that OpenAI's API passes on.
 */
import type { ProviderAccount } from '../../shared/adapters/models/anthropic.ts';
import { createModelClient, type ModelConfiguration } from '../../shared/adapters/models/index.ts';
import type { ProviderGuard } from '../../shared/adapters/models/provider-guard.ts';
import { withoutKeys } from '../../shared/adapters/models/redacted.ts';
import { parseModelName } from '../../shared/domain/model/model-name.ts';
import { defaultRetryPolicy } from '../../shared/domain/model/retry.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import {
  offlineMessages,
  remoteMessages,
  type MessagesCapabilities,
} from '../../shared/protocol/anthropic/capabilities.ts';
import type { OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import type { ChatModels } from './chat-models.ts';

/** `model` is the name that the provider knows. */
export type MessageModel =
  | { readonly type: 'passed'; readonly model: string; readonly account: ProviderAccount }
  | {
      readonly type: 'translated';
      readonly model: string;
      readonly client: ModelClient;
      readonly capabilities: MessagesCapabilities;
    };

export interface MessageModels {
  /** The model of that name. One without a provider is Anthropic's, as its clients name them. */
  find(name: string): Result<MessageModel, OpenAiRefusal>;
}

/** Clients of this API try again by themselves, and are told when; both together would multiply. */
const once = { ...defaultRetryPolicy, maxAttempts: 1 };

const ownProvider = 'anthropic/';

/** The models of these accounts. */
export const createMessageModels = (parts: {
  readonly accounts: Pick<ModelConfiguration, 'anthropic' | 'openai'>;
  readonly guard: Pick<ProviderGuard, 'protect'>;
  readonly chatModels: ChatModels;
}): MessageModels => {
  const { accounts, guard, chatModels } = parts;

  /** A client for a model that OpenAI's API passes on. */
  const translated = (name: string, account: ProviderAccount): Result<MessageModel, OpenAiRefusal> => {
    const selected = createModelClient({
      model: name,
      openai: account,
      guard: (client, provider) => guard.protect(client, provider),
      retry: { policy: once },
    });
    if (!selected.ok) return err(chatModels.notFound(name));
    const { provider, model } = selected.value;
    const client = withoutKeys(selected.value.client, [account.apiKey]);
    return ok({ type: 'translated', model, client, capabilities: remoteMessages(provider) });
  };

  return {
    find: (asked) => {
      const isBare = !asked.includes('/') && accounts.anthropic !== undefined;
      const name = isBare ? `${ownProvider}${asked}` : asked;
      if (name.startsWith(ownProvider) && accounts.anthropic !== undefined) {
        const parsed = parseModelName(name);
        return parsed.ok
          ? ok({ type: 'passed', model: parsed.value.model, account: accounts.anthropic })
          : err(chatModels.notFound(asked));
      }
      const found = chatModels.find(name);
      if (!found.ok) return found;
      if (found.value.type === 'passed') return translated(name, found.value.account);
      const { model, client, capabilities } = found.value;
      const { provider } = capabilities;
      const able = provider === offlineMessages.provider ? offlineMessages : remoteMessages(provider);
      return ok({ type: 'translated', model, client, capabilities: able });
    },
  };
};
