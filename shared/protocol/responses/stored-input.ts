/** The items of a request as they are kept and listed: each with an id, and messages as lists of parts. */
import type { InputItem } from '../../schemas/responses.ts';
import { itemId, type StoredItemType } from './item-ids.ts';

/** Items without references, which were replaced by what they refer to. */
export type KeptItem = Exclude<InputItem, { type: 'item_reference' }>;

/** Items of a conversation whose references were replaced. */
export const withoutReferences = (items: readonly InputItem[]): readonly KeptItem[] =>
  items.flatMap((item) => (item.type === 'item_reference' ? [] : [item]));

const partsOf = (item: Extract<InputItem, { type: 'message' }>): readonly object[] => {
  if (typeof item.content !== 'string') return item.content;
  const { content: text } = item;
  return item.role === 'assistant'
    ? [{ type: 'output_text', text, annotations: [], logprobs: [] }]
    : [{ type: 'input_text', text }];
};

const withoutNull = (item: object): object =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== undefined));

/** What a piece must have where it is listed. */
const partDefaults: Readonly<Record<string, object>> = {
  output_text: { annotations: [], logprobs: [] },
  input_image: { detail: 'auto' },
};

const wholePart = (part: object): object => ({
  ...('type' in part ? partDefaults[String(part.type)] : {}),
  ...withoutNull(part),
});

/** As the API lists them (`ResponseItem`). */
export const toStoredInput = (responseId: string, items: readonly KeptItem[]): readonly object[] =>
  items.map((item, index) => {
    const type: StoredItemType = item.type;
    const id = item.id ?? itemId(responseId, type, { side: 'input', index });
    const base = { ...withoutNull(item), id };
    if (item.type === 'message') return { ...base, status: 'completed', content: partsOf(item).map(wholePart) };
    if (item.type === 'reasoning') return { ...base, summary: item.summary ?? [] };
    const output = 'output' in item && typeof item.output !== 'string' ? { output: item.output.map(wholePart) } : {};
    return { ...base, ...output, status: 'completed' };
  });

/** The items of a request's `input`, which may be a text. */
export const inputItems = (input: string | readonly InputItem[] | null | undefined): readonly InputItem[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : (input ?? []);
