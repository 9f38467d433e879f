/**
 * Files that came with a message to the team. A file that is a whole specification is the specification; prose belongs
 * to the text beside it; everything else, and the words beside a specification, goes to the project as an attachment.
 */
import type { ContentPart, ModelMessage } from '../../ports/model-client.ts';
import { textOfBase64 } from '../model/media.ts';
import { isSpecification } from './specification-message.ts';

/** What is delivered to the project besides its specification. */
export interface Attachment {
  readonly name: string;
  readonly text: string;
}

/** Longer ones are refused, in characters: an attachment travels as one message. */
export const maxAttachmentLength = 100_000;

interface TextFile extends Attachment {
  readonly isProse: boolean;
}

/** By its name, or by its media type where the name says nothing. */
const isProse = (name: string, mediaType: string): boolean =>
  /\.\w+$/.test(name) ? /\.(?:md|markdown|txt)$/i.test(name) : /^text\/(?:plain|markdown)$/.test(mediaType);

const textFileOf = (part: ContentPart, index: number): readonly TextFile[] => {
  if (part.type !== 'file' || part.source.type !== 'base64') return [];
  const text = textOfBase64(part.source.data);
  if (text === undefined) return [];
  const name = part.name ?? `file ${index + 1}`;
  return [{ name, text, isProse: isProse(name, part.source.mediaType) }];
};

const join = (texts: readonly string[]): string => texts.filter((text) => text.trim() !== '').join('\n\n');

interface ReadMessage {
  readonly content: string;
  readonly attachments: readonly Attachment[];
}

const attach = (files: readonly TextFile[]): readonly Attachment[] => files.map(({ name, text }) => ({ name, text }));

const readMessage = (content: string, files: readonly TextFile[]): ReadMessage => {
  if (isSpecification(content, 'later')) return { content, attachments: attach(files) };
  const document = files.find(({ text }) => isSpecification(text, 'later'));
  if (document === undefined) {
    return {
      content: join([content, ...files.filter((file) => file.isProse).map(({ text }) => text)]),
      attachments: attach(files.filter((file) => !file.isProse)),
    };
  }
  const words = content.trim() === '' ? [] : [{ name: 'the words beside it', text: content }];
  return { content: document.text, attachments: [...words, ...attach(files.filter((file) => file !== document))] };
};

/** The conversation with its specifications as texts, and the attachments of its last message. */
export const readFiles = (
  messages: readonly ModelMessage[],
): { readonly messages: readonly ModelMessage[]; readonly attachments: readonly Attachment[] } => {
  let attachments: readonly Attachment[] = [];
  const read = messages.map((message): ModelMessage => {
    attachments = [];
    if (message.role !== 'user' || message.parts === undefined) return message;
    const said = readMessage(message.content, message.parts.flatMap(textFileOf));
    ({ attachments } = said);
    return { role: 'user', content: said.content };
  });
  return { messages: read, attachments };
};

/** What the project is told of an attachment. */
export const describeAttachment = ({ name, text }: Attachment): string => `Attachment “${name}”:\n\n${text}`;

/** What the person is told of those that were delivered. */
export const describeDelivery = (attachments: readonly Attachment[]): string => {
  const names = attachments.map(({ name }) => `“${name}”`).join(', ');
  return `Delivered to the project manager, and in the project’s record: ${names}.\n\n`;
};
