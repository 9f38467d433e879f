/** What of a chat request the team itself can do: it answers with text, and there is nothing about it to vary. */
import type { OptionConflict } from '../../../shared/domain/model/anthropic-thinking.ts';
import type { ModelRequest } from '../../../shared/ports/model-client.ts';
import { offlineCapabilities, type Capabilities } from '../../../shared/protocol/openai/capabilities.ts';

/** What of a request would be dropped in silence. */
const findTeamConflict = ({ options = {} }: ModelRequest): OptionConflict | undefined => {
  const { format, stop = [], toolChoice } = options;
  if (format !== undefined) return { option: 'format', message: 'answers with text alone; leave the format out' };
  if (stop.length > 0) return { option: 'stop', message: 'cannot stop at a text; leave it out' };
  return toolChoice?.type === 'required' || toolChoice?.type === 'named'
    ? { option: 'toolChoice', message: 'calls a tool only to ask the person a question; choose auto or none' }
    : undefined;
};

export const teamCapabilities: Capabilities = {
  ...offlineCapabilities,
  provider: 'team',
  textFiles: true,
  tellsThoughts: true,
  jsonObject: false,
  images: false,
  files: false,
  metadata: true,
  defaultMaxOutputTokens: 32_000,
  findConflict: findTeamConflict,
};
