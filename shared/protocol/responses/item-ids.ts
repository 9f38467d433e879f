/**
 * Ids of items. They carry the id of the response they belong to, so that an item which is referred to later is found
 * without a list of all of them.
 */

const prefixes = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'cto',
  compaction: 'cmp',
} as const;

export type StoredItemType = keyof typeof prefixes;

/** `place` is the item's number, counted from 0 on its side: in the request or in the answer. */
export const itemId = (
  responseId: string,
  type: StoredItemType,
  place: { readonly side: 'input' | 'output'; readonly index: number },
): string => `${prefixes[type]}_${responseId.slice('resp_'.length)}${place.side === 'input' ? 'i' : 'o'}${place.index}`;

const pattern = /^(?:msg|rs|fc|fco|ctc|cto|cmp)_([0-9a-z]+)[io]\d{1,4}$/;

/** The response that an item of this id belongs to; undefined when the id was not made here. */
export const responseOfItem = (id: string): string | undefined => {
  const [, body] = pattern.exec(id) ?? [];
  return body === undefined ? undefined : `resp_${body}`;
};
