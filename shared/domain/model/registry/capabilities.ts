/** What the edge of OpenAI's API asks of a model, out of what the table and the wire say about it. */
import {
  anthropicCapabilities,
  offlineCapabilities,
  openAiCapabilities,
  type Capabilities,
} from '../../../protocol/openai/capabilities.ts';
import type { Provider } from '../providers/provider.ts';
import type { ModelCard } from './model-card.ts';

/** For an answer whose length nobody limits, of a model of which no limit is known. */
const defaultMaxOutputTokens = 8_192;

const byWire: Readonly<Record<Provider['wire'], Capabilities>> = {
  openai: openAiCapabilities,
  anthropic: anthropicCapabilities,
  'workers-ai': { ...openAiCapabilities, names: false, logprobs: false, user: false },
};

/** `provider` undefined is the offline engineer. */
export const capabilitiesOf = (provider: Provider | undefined, card: ModelCard | undefined): Capabilities => {
  if (provider === undefined) return offlineCapabilities;
  const able = byWire[provider.wire];
  return {
    ...able,
    provider: provider.name,
    defaultMaxOutputTokens: Math.min(able.defaultMaxOutputTokens, card?.outputTokens ?? defaultMaxOutputTokens),
  };
};

/** Anthropic's models since 4.6 refuse a conversation that ends with the assistant; the table tells them by their day. */
const lastContinuing = '2026-01-31';

/** Whether the model carries on an assistant's message that stops in the middle. */
export const continuesText = (provider: Provider | undefined, card: ModelCard | undefined): boolean =>
  provider?.wire === 'anthropic' && card?.released !== undefined && card.released <= lastContinuing;
