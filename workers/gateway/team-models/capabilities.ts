/** What of a chat request the team itself can do: it answers with text, and there is nothing about it to vary. */
import { offlineCapabilities, type Capabilities } from '../../../shared/protocol/openai/capabilities.ts';

export const teamCapabilities: Capabilities = {
  ...offlineCapabilities,
  provider: 'team',
  textFiles: true,
  tellsThoughts: true,
  jsonObject: false,
  metadata: true,
  defaultMaxOutputTokens: 32_000,
};
