/** What rules can know about a picture or a document: what its bytes say it is, and never what it shows. */
import { headerBytes, readImageHeader } from '../../model/image-header.ts';
import { base64Bytes, firstBytes, textOfBase64 } from '../../model/media.ts';
import type { ContentPart } from '../../../ports/model-client.ts';

type Media = Exclude<ContentPart, { type: 'text' }>;

const count = (amount: number, thing: string): string => `${amount} ${thing}${amount === 1 ? '' : 's'}`;

const describeImage = ({ source }: Media): string => {
  if (source.type === 'url') return 'an image that is given by its address, which I do not fetch';
  const bytes = count(base64Bytes(source.data) ?? 0, 'byte');
  const header = readImageHeader(firstBytes(source.data, headerBytes));
  if (header === undefined) return `${bytes} that are sent as ${source.mediaType} and begin like no image that I know`;
  const { format, width, height } = header;
  const size =
    width === undefined || height === undefined
      ? 'of a size that its header does not tell'
      : `of ${width} × ${height} pixels`;
  const belied = source.mediaType === `image/${format.toLowerCase()}` ? '' : ` (sent as ${source.mediaType})`;
  return `a ${format} image ${size}, ${bytes}${belied}`;
};

const describeFile = ({ source, ...file }: Media): string => {
  const name = 'name' in file && file.name !== undefined ? ` “${file.name}”` : '';
  if (source.type === 'url') return `a document${name} that is given by its address, which I do not fetch`;
  const bytes = count(base64Bytes(source.data) ?? 0, 'byte');
  const text = source.mediaType.startsWith('text/') ? textOfBase64(source.data) : undefined;
  if (text !== undefined) return `a text${name} of ${count(text.split('\n').length, 'line')}, ${bytes}`;
  const version = /^%PDF-(\d\.\d)/.exec(String.fromCharCode(...firstBytes(source.data, 8)))?.[1];
  return version === undefined
    ? `a document${name} of the type ${source.mediaType}, ${bytes}`
    : `a PDF document${name} of version ${version}, ${bytes}`;
};

/** A sentence for the pictures and documents of a message; undefined where there are none. */
export const answerAboutMedia = (parts: readonly ContentPart[] = []): string | undefined => {
  const media = parts.filter((part): part is Media => part.type !== 'text');
  if (media.length === 0) return undefined;
  const things = media.map((part) => (part.type === 'image' ? describeImage(part) : describeFile(part)));
  const images = media.some(({ type }) => type === 'image');
  return `I got ${things.join('; ')}. I am a rule-based program and not a language model, so I cannot ${images ? 'see what it shows' : 'read what it says'}; a model that can is named <provider>/<name>.`;
};
