/** Text files that came with a message, as part of its text: a specification is often a file. */
import type { ContentPart, ModelMessage } from '../../../shared/ports/model-client.ts';

const isText = (mediaType: string): boolean => /^text\/|[/+](?:json|yaml|x-yaml|markdown)\b/.test(mediaType);

const decode = (data: string): string | undefined => {
  try {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // Not base64, or not UTF-8: no text then.
    return undefined;
  }
};

const textOf = (part: ContentPart): string | undefined => {
  if (part.type !== 'file' || part.source.type !== 'base64' || !isText(part.source.mediaType)) return undefined;
  return decode(part.source.data);
};

/** The messages with the texts of their text files; other parts are left as they are. */
export const withFileTexts = (messages: readonly ModelMessage[]): readonly ModelMessage[] =>
  messages.map((message) => {
    if (message.role !== 'user' || message.parts === undefined) return message;
    const texts = message.parts.map(textOf).filter((text) => text !== undefined);
    return { ...message, content: [message.content, ...texts].filter((text) => text.trim() !== '').join('\n\n') };
  });
