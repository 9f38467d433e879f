/** The parts of OpenAI's messages as ours, with what of them a model can take and how large they may be. */
import { base64Bytes, readDataUrl, textOfBase64 } from '../../domain/model/media.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ContentPart, MediaSource } from '../../ports/model-client.ts';
import type { ChatPart } from '../../schemas/openai-chat.ts';
import type { Capabilities } from './capabilities.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';

/** Which parts a model takes besides text. */
export type MediaAbility = Pick<Capabilities, 'provider' | 'images' | 'files' | 'textFiles'>;

type Read<Value> = Result<Value, OpenAiRefusal>;

const mebibyte = 1_048_576;
const maxImageBytes = 5 * mebibyte;
const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const fileTypes: readonly string[] = ['application/pdf', 'text/plain'];

/** Images of one request. */
export const maxImages = 20;

/** Longer addresses are none that a provider would fetch. */
const addressPattern = /^https?:\/\/[^\s/]\S{0,8000}$/i;

const readImageSource = (url: string, param: string): Read<MediaSource> => {
  if (addressPattern.test(url)) return ok({ type: 'url', url });
  const sent = readDataUrl(url);
  if (sent === undefined) {
    return err(invalidValue(param, 'An image must be an http(s) address or a data URL with base64.'));
  }
  if (!imageTypes.includes(sent.mediaType)) {
    return err(invalidValue(param, `An image must be one of ${imageTypes.join(', ')}.`));
  }
  const bytes = base64Bytes(sent.data);
  if (bytes === undefined || bytes === 0) return err(invalidValue(param, 'The data of the image is no base64.'));
  if (bytes > maxImageBytes) {
    return err(invalidValue(param, `The image has ${bytes} bytes; at most ${maxImageBytes} are taken.`));
  }
  return ok({ type: 'base64', ...sent });
};

const readImage = (part: ChatPart, param: string): Read<ContentPart> => {
  if (part.image_url === undefined) return err(invalidValue(`${param}.image_url`, 'The image is missing.'));
  const source = readImageSource(part.image_url.url, `${param}.image_url.url`);
  if (!source.ok) return source;
  const { detail } = part.image_url;
  return ok({ type: 'image', source: source.value, ...(typeof detail === 'string' ? { detail } : {}) });
};

const maxTextBytes = mebibyte;

/** Why the bytes are no file of text, in a sentence; undefined when they are one. */
export const findTextFault = (data: string, provider: string): string | undefined => {
  const bytes = base64Bytes(data) ?? 0;
  if (bytes === 0) return 'The data of the file is no base64.';
  if (bytes > maxTextBytes) return `The file has ${bytes} bytes; at most ${maxTextBytes} are taken.`;
  const text = textOfBase64(data);
  if (text !== undefined && !text.includes('\0')) return undefined;
  return `${provider} models take files of UTF-8 text alone (Markdown, YAML, JSON and the like); send the text of this one.`;
};

/** The data is a data URL; clients that send bare base64 mean a PDF, which is what the protocol's example has. */
const readFile = (part: ChatPart, param: string, able: MediaAbility): Read<ContentPart> => {
  const { file_data: data, file_id: id, filename } = part.file ?? {};
  if (typeof id === 'string') {
    return err(unsupported(`${param}.file.file_id`, 'There are no uploaded files here; send the file itself.'));
  }
  const place = `${param}.file.file_data`;
  if (typeof data !== 'string' || data === '') return err(invalidValue(place, 'The data of the file is missing.'));
  const name = typeof filename === 'string' && filename !== '' ? { name: filename } : {};
  if (able.textFiles === true) {
    const sent = readDataUrl(data) ?? { mediaType: 'text/plain', data };
    const fault = findTextFault(sent.data, able.provider);
    return fault === undefined
      ? ok({ type: 'file', source: { type: 'base64', ...sent }, ...name })
      : err(invalidValue(place, fault));
  }
  const sent = readDataUrl(data) ?? { mediaType: 'application/pdf', data };
  if (!fileTypes.includes(sent.mediaType)) {
    return err(invalidValue(place, `A file must be one of ${fileTypes.join(', ')}.`));
  }
  if ((base64Bytes(sent.data) ?? 0) === 0) return err(invalidValue(place, 'The data of the file is no base64.'));
  return ok({ type: 'file', source: { type: 'base64', ...sent }, ...name });
};

/** One part, or why the model cannot take it. */
export const readPart = (part: ChatPart, param: string, able: MediaAbility): Read<ContentPart> => {
  const said = part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : undefined;
  if (said !== undefined) return ok({ type: 'text', text: said });
  if (part.type === 'image_url' && able.images) return readImage(part, param);
  if (part.type === 'file' && (able.files || able.textFiles === true)) return readFile(part, param, able);
  return err(unsupported(param, `${able.provider} models take no part of type '${part.type}' here.`));
};
