/** Blocks of Anthropic's messages as our texts and parts. */
import { toBase64, utf8Bytes } from '../../domain/model/base64.ts';
import type { ContentPart } from '../../ports/model-client.ts';
import type { SentUserBlock } from '../../schemas/anthropic-messages.ts';

/** What a message says: all its text, and all its parts in their order where there is more than text. */
export interface Content {
  readonly content: string;
  readonly parts?: readonly ContentPart[];
}

type SentBlock = Exclude<SentUserBlock, { type: 'tool_result' }>;
type SentImage = Extract<SentBlock, { type: 'image' }>;
type SentDocument = Extract<SentBlock, { type: 'document' }>;

const imagePart = ({ source }: SentImage): ContentPart => ({
  type: 'image',
  source:
    source.type === 'url'
      ? { type: 'url', url: source.url }
      : { type: 'base64', mediaType: source.media_type, data: source.data },
});

const textPart = (text: string): ContentPart => ({ type: 'text', text });

const textFile = (text: string, name: string | undefined): ContentPart => ({
  type: 'file',
  source: { type: 'base64', mediaType: 'text/plain', data: toBase64(utf8Bytes(text)) },
  ...(name === undefined ? {} : { name }),
});

/**
 * A document of text is text to every model; its title and context stand before it, as its reader would see them. For
 * those who `keepFiles` it stays a file of its own.
 */
const documentParts = ({ source, title, context }: SentDocument, keepFiles: boolean): readonly ContentPart[] => {
  const name = title ?? undefined;
  const about = [title, context].filter((text) => typeof text === 'string' && text !== '').join('\n');
  const before = about === '' ? [] : [textPart(about)];
  switch (source.type) {
    case 'base64':
    case 'url': {
      const file = source.type === 'url' ? source : { ...source, mediaType: source.media_type };
      const part: ContentPart = {
        type: 'file',
        source:
          file.type === 'url'
            ? { type: 'url', url: file.url }
            : { type: 'base64', mediaType: file.mediaType, data: file.data },
        ...(name === undefined ? {} : { name }),
      };
      return typeof context === 'string' && context !== '' ? [textPart(context), part] : [part];
    }
    case 'text':
      return keepFiles ? [textFile(source.data, name)] : [...before, textPart(source.data)];
    case 'content':
      return typeof source.content === 'string'
        ? [...before, textPart(source.content)]
        : [
            ...before,
            ...source.content.map((block) => (block.type === 'text' ? textPart(block.text) : imagePart(block))),
          ];
  }
};

const partsOf = (block: SentBlock, keepFiles: boolean): readonly ContentPart[] => {
  switch (block.type) {
    case 'text':
      return [textPart(block.text)];
    case 'image':
      return [imagePart(block)];
    case 'document':
      return documentParts(block, keepFiles);
  }
};

/** The text of blocks, joined by line breaks. */
export const textOf = (content: string | readonly { readonly text: string }[] | undefined): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n');

/** A message's blocks, or its text alone. */
export const readContent = (sent: string | readonly SentBlock[] | undefined, keepFiles = false): Content => {
  if (sent === undefined || typeof sent === 'string') return { content: sent ?? '' };
  const parts = sent.flatMap((block) => partsOf(block, keepFiles));
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const content = texts.join('\n');
  return texts.length === parts.length ? { content } : { content, parts };
};
