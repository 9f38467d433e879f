/** An answer before it becomes HTTP: status, headers and text. */

import type { JsonValue } from '../json.ts';
import { isJson } from './bodies.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for an answer without a body. */
  readonly body?: string;
}

export const jsonReply = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** The value in a declared media type: JSON, or text for everything else. */
export const contentReply = (
  status: number,
  mediaType: string,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Reply => {
  const concrete = mediaType.includes('*') ? (isJson(mediaType) ? 'application/json' : 'text/plain') : mediaType;
  const asText = !isJson(concrete) && typeof value === 'string';
  return { status, headers: { 'content-type': concrete, ...headers }, body: asText ? value : JSON.stringify(value) };
};
