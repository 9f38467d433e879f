/** The pieces of a message, and of what a tool answered, as ours. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ContentPart } from '../../ports/model-client.ts';
import type { InputPart } from '../../schemas/responses.ts';
import type { Capabilities } from '../openai/capabilities.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../openai/error.ts';
import { toModelRequest } from '../openai/model-request.ts';

/** All the text joined, and, where there is more than text, the whole in its order. */
export interface ReadContent {
  readonly content: string;
  readonly parts?: readonly ContentPart[];
}

type Read<Value> = Result<Value, OpenAiRefusal>;

/** The same piece as chat completions have it; a file by its id or address is nothing that can be read here. */
const toChatPart = (part: InputPart, param: string): Read<{ readonly type: string } & Record<string, unknown>> => {
  if (typeof part.file_id === 'string') {
    return err(unsupported(`${param}.file_id`, 'There are no stored files here; send the content itself.'));
  }
  if (part.type === 'input_image') {
    if (typeof part.image_url !== 'string') return err(invalidValue(`${param}.image_url`, 'The image is missing.'));
    const detail = part.detail === 'original' ? 'high' : (part.detail ?? undefined);
    return ok({ type: 'image_url', image_url: { url: part.image_url, ...(detail === undefined ? {} : { detail }) } });
  }
  if (typeof part.file_url === 'string') {
    return err(unsupported(`${param}.file_url`, "Send the file itself as 'file_data'."));
  }
  if (typeof part.file_data !== 'string') return err(invalidValue(`${param}.file_data`, 'The file is missing.'));
  const filename = part.filename ?? undefined;
  return ok({ type: 'file', file: { file_data: part.file_data, ...(filename === undefined ? {} : { filename }) } });
};

/** Images and files are judged and read exactly as those of chat completions. */
const readMedia = (part: InputPart, able: Capabilities, param: string): Read<ContentPart> => {
  const chatPart = toChatPart(part, param);
  if (!chatPart.ok) return chatPart;
  const translated = toModelRequest({ model: 'asked', messages: [{ role: 'user', content: [chatPart.value] }] }, able, {
    model: 'asked',
    idempotencyKey: '',
  });
  if (!translated.ok) {
    const { error, ...refusal } = translated.error;
    return err({ ...refusal, error: { ...error, param } });
  }
  const [message] = translated.value.request.messages;
  const read = message?.role === 'user' ? message.parts?.[0] : undefined;
  return read === undefined ? err(unsupported(param, `This model takes no '${part.type}'.`)) : ok(read);
};

const textOf = (part: InputPart): string | undefined => {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return part.text;
    case 'refusal':
      return part.refusal;
    default:
      return undefined;
  }
};

/** The content; `textOnly` for messages that cannot hold anything else. */
export const readContent = (
  content: string | readonly InputPart[],
  able: Capabilities,
  param: string,
  textOnly = false,
): Read<ReadContent> => {
  if (typeof content === 'string') return ok({ content });
  const parts: ContentPart[] = [];
  for (const [index, part] of content.entries()) {
    const place = `${param}[${index}]`;
    const text = textOf(part);
    if (text !== undefined) parts.push({ type: 'text', text });
    else if (!textOnly && (part.type === 'input_image' || part.type === 'input_file')) {
      const media = readMedia(part, able, place);
      if (!media.ok) return media;
      parts.push(media.value);
    } else return err(unsupported(place, `A part of the type '${part.type}' cannot be read here.`));
  }
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return ok({ content: texts.join('\n'), ...(texts.length === parts.length ? {} : { parts }) });
};
