/** Our conversation in the form of OpenAI's Chat Completions (https://platform.openai.com/docs/api-reference/chat). */
import type { ContentPart, ModelMessage, ReasoningBlock } from '../../ports/model-client.ts';
import { toDataUrl } from './media.ts';
import { toReasoningDetails, type ReasoningDetail } from './reasoning-details.ts';

/**
 * Whether a server wants back what its model thought: OpenAI's own refuses it, some need the text, and OpenRouter the
 * signed details.
 */
export type ReasoningReturn = 'left_out' | 'reasoning_content' | 'reasoning_details';

export type OpenAiPart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image_url';
      readonly image_url: { readonly url: string; readonly detail?: 'auto' | 'low' | 'high' };
    }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } };

export type OpenAiMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly OpenAiPart[]; readonly name?: string }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly name?: string;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
      readonly reasoning_content?: string;
      readonly reasoning_details?: readonly ReasoningDetail[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

type MediaPart = Exclude<ContentPart, { type: 'text' }>;

const urlOf = (source: MediaPart['source']): string => (source.type === 'url' ? source.url : toDataUrl(source));

const toPart = (part: ContentPart): OpenAiPart => {
  switch (part.type) {
    case 'text':
      return part;
    case 'image': {
      const detail = part.detail === undefined ? {} : { detail: part.detail };
      return { type: 'image_url', image_url: { url: urlOf(part.source), ...detail } };
    }
    case 'file':
      // The protocol wants a name for every file.
      return { type: 'file', file: { filename: part.name ?? 'document', file_data: urlOf(part.source) } };
  }
};

const isMedia = (part: ContentPart): part is MediaPart => part.type !== 'text';

const thought = (
  reasoning: readonly ReasoningBlock[] = [],
  wanted: ReasoningReturn,
): Pick<Extract<OpenAiMessage, { role: 'assistant' }>, 'reasoning_content' | 'reasoning_details'> => {
  if (wanted === 'left_out' || reasoning.length === 0) return {};
  if (wanted === 'reasoning_details') return { reasoning_details: toReasoningDetails(reasoning) };
  return { reasoning_content: reasoning.map((block) => (block.type === 'text' ? block.text : '')).join('') };
};

type Convertible = Exclude<ModelMessage, { role: 'tool' }>;

const convert = (message: Convertible, wanted: ReasoningReturn): OpenAiMessage => {
  const name = message.name === undefined ? {} : { name: message.name };
  if (message.role === 'user') return { role: 'user', content: message.parts?.map(toPart) ?? message.content, ...name };
  return {
    role: 'assistant',
    content: message.content === '' && message.toolCalls.length > 0 ? null : message.content,
    ...name,
    ...thought(message.reasoning, wanted),
    ...(message.toolCalls.length === 0
      ? {}
      : {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: 'function' as const,
            function: { name: call.name, arguments: call.argumentsJson === '' ? '{}' : call.argumentsJson },
          })),
        }),
  };
};

type ToolMessage = Extract<ModelMessage, { role: 'tool' }>;

/** The protocol has no field for a failed tool, so the text says it. */
const convertResult = (message: ToolMessage): OpenAiMessage => ({
  role: 'tool',
  tool_call_id: message.toolCallId,
  content: message.isError ? `Error: ${message.content}` : message.content,
});

/** A result is text alone: what else it has follows in a message of its own, with the name of the tool. */
const mediaOf = ({ toolName, parts = [] }: ToolMessage): readonly OpenAiPart[] => {
  const media = parts.filter(isMedia);
  return media.length === 0 ? [] : [{ type: 'text', text: `From the result of ${toolName}:` }, ...media.map(toPart)];
};

/** The system text first, where there is one, then the conversation. */
export const toOpenAiMessages = (
  system: string,
  messages: readonly ModelMessage[],
  reasoning: ReasoningReturn = 'left_out',
): readonly OpenAiMessage[] => {
  const sent: OpenAiMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
  // All results of one turn must stand together, right behind its calls.
  let shown: readonly OpenAiPart[] = [];
  const show = (): void => {
    if (shown.length > 0) sent.push({ role: 'user', content: shown });
    shown = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      sent.push(convertResult(message));
      shown = [...shown, ...mediaOf(message)];
    } else {
      show();
      sent.push(convert(message, reasoning));
    }
  }
  show();
  return sent;
};
