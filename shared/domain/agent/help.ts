/** The words that pass between a stuck run and whoever helps. */
import type { ModelMessage } from '../../ports/model-client.ts';
import type { HelpSource, Stuck } from '../../protocol/stuck.ts';

const introductions: Readonly<Record<HelpSource, string>> = {
  colleague: 'A colleague looked at this and advises:',
  person: 'The person you work for answers:',
  model: 'You take over from another model that did not get on:',
  compaction: 'This conversation was shortened:',
};

/** The message with which a run goes on after it was helped. */
export const composeHelp = (source: HelpSource, text: string, stuck: Stuck | undefined): string =>
  [
    ...(stuck === undefined ? [] : ['You did not get on:', ...stuck.evidence.map((line) => `- ${line}`), '']),
    introductions[source],
    text,
  ].join('\n');

const messagesShown = 8;
const lineLength = 1_200;

const show = (message: ModelMessage): string => {
  switch (message.role) {
    case 'assistant':
      return [
        `assistant: ${message.content}`,
        ...message.toolCalls.map(({ name, argumentsJson }) => `call ${name} ${argumentsJson.slice(0, lineLength)}`),
      ].join('\n');
    case 'tool':
      return `${message.isError ? 'error' : 'result'} of ${message.toolName}: ${message.content}`;
    case 'user':
      return `told: ${message.content}`;
  }
};

/** The end of a conversation as text, for whoever is asked to help. At most about 10,000 characters. */
export const composeExcerpt = (messages: readonly ModelMessage[]): string =>
  messages
    .slice(-messagesShown)
    .map((message) => show(message).slice(0, lineLength))
    .join('\n\n');
