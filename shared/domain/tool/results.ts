/** Results that are too long to be shown at once: what is shown, what is kept, and how one reads on. */
import type { ToolResult } from './tool.ts';

/** Longest text that a call shows, in characters. */
export const maxToolResultLength = 60_000;

/** Longest text of one call that is kept to be read on; the rest is lost, and the last page says so. */
const maxKeptResultLength = 2_000_000;

/** Pages begin and end between characters, never within a surrogate pair. */
const pageEnd = (text: string, from: number): number => {
  const end = Math.min(text.length, from + maxToolResultLength);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
};

const cursorPattern = /^(.{1,400})@(\d{1,8})$/;

/** The call and the place that a cursor names; undefined for what is no cursor. */
export const readCursor = (cursor: string): { readonly call: string; readonly from: number } | undefined => {
  const [, call, from] = cursorPattern.exec(cursor) ?? [];
  return call === undefined || from === undefined ? undefined : { call, from: Number(from) };
};

const pageOf = (whole: string, from: number, call: string): string => {
  const end = pageEnd(whole, from);
  const page = whole.slice(from, end);
  return end === whole.length
    ? page
    : `${page}\n[characters ${from + 1} to ${end} of ${whole.length}; read on: read_more with cursor ${call}@${end}]`;
};

/**
 * The result as it is shown: its first page, with everything kept beside it when there are more.
 * @param call names the call in the cursor
 */
export const capResult = (result: ToolResult, call: string): ToolResult => {
  const { content } = result;
  if (content.length <= maxToolResultLength) return result;
  const whole =
    content.length <= maxKeptResultLength
      ? content
      : `${content.slice(0, maxKeptResultLength)}\n[${content.length - maxKeptResultLength} more characters were not kept; ask for less]`;
  return { ...result, content: pageOf(whole, 0, call), whole };
};

/** A later page, or undefined when the text ends before it. */
export const laterPage = (whole: string, from: number, call: string): string | undefined =>
  from < whole.length ? pageOf(whole, from, call) : undefined;
