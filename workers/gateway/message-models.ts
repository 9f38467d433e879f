/**
 * The same models behind Anthropic's wire: those of providers that speak it are passed on as they are, all others are
 * translated, also those that OpenAI's API passes on.
 */
import { ok, type Result } from '../../shared/errors/result.ts';
import type { ModelClient } from '../../shared/ports/model-client.ts';
import {
  offlineMessages,
  remoteMessages,
  type MessagesCapabilities,
} from '../../shared/protocol/anthropic/capabilities.ts';
import type { OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import type { ChatModels, PassedModel } from './chat-models.ts';

/** `name` is `<provider>/<model>`, `model` the name that the provider knows. */
export type MessageModel =
  | PassedModel
  | {
      readonly type: 'translated';
      readonly name: string;
      readonly model: string;
      readonly client: ModelClient;
      readonly capabilities: MessagesCapabilities;
    };

export interface MessageModels {
  /** The model of that name. One without a provider is Anthropic's, as its clients name them. */
  find(name: string): Result<MessageModel, OpenAiRefusal>;
}

/** The models of this configuration. */
export const createMessageModels = (chatModels: ChatModels): MessageModels => ({
  find: (asked) => {
    const isBare = !asked.includes('/') && !chatModels.names.includes(asked);
    const passed = chatModels.onAnthropicWire(isBare ? `anthropic/${asked}` : asked);
    if (passed !== undefined) return ok(passed);
    const found = chatModels.translated(asked);
    if (!found.ok) return found;
    const { name, model, client, capabilities } = found.value;
    const { provider } = capabilities;
    const able = provider === offlineMessages.provider ? offlineMessages : remoteMessages(provider);
    return ok({ type: 'translated', name, model, client, capabilities: able });
  },
});
