/**
 * Identifiers are branded, prefixed and sort by the time they were made: `<prefix>_<26 characters>`,
 * a ULID (https://github.com/ulid/spec) in lower-case Crockford base 32.
 */

export type IdPrefix =
  | 'wsp'
  | 'prj'
  | 'agt'
  | 'tsk'
  | 'msg'
  | 'run'
  | 'cmd'
  | 'key'
  | 'dep'
  | 'req'
  | 'trn'
  | 'qst'
  | 'cnv'
  | 'alm'
  | 'fbk'
  | 'wvr'
  | 'acc'
  | 'ses'
  | 'rec';

declare const brand: unique symbol;

/** A string that can only be made by `createId` or `parseId`. */
export type Id<Prefix extends IdPrefix> = string & { readonly [brand]: Prefix };

export type WorkspaceId = Id<'wsp'>;
export type ProjectId = Id<'prj'>;
export type AgentId = Id<'agt'>;
export type TaskId = Id<'tsk'>;
export type MessageId = Id<'msg'>;
export type RunId = Id<'run'>;
export type QuestionId = Id<'qst'>;
export type ApiKeyId = Id<'key'>;
export type ConversationId = Id<'cnv'>;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const bodyPattern = /^[0-9a-hjkmnp-tv-z]{26}$/;

const encodeTime = (timeMs: number): string => {
  let rest = timeMs;
  let text = '';
  for (let position = 0; position < 10; position += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
};

/** Makes an id from a time in milliseconds and at least 16 random bytes (each used modulo 32, which is unbiased). */
export const createId = <Prefix extends IdPrefix>(
  prefix: Prefix,
  timeMs: number,
  randomBytes: Uint8Array,
): Id<Prefix> => {
  let tail = '';
  for (const byte of randomBytes.subarray(0, 16)) tail += alphabet.charAt(byte % 32);
  // SAFETY: the text was built to the shape that `parseId` accepts.
  return `${prefix}_${encodeTime(timeMs)}${tail}` as Id<Prefix>;
};

/** When an id was made, in milliseconds since the epoch; undefined for a text that is no id. */
export const timeOfId = (id: string): number | undefined => {
  const body = id.slice(id.indexOf('_') + 1);
  if (!bodyPattern.test(body)) return undefined;
  return Array.from(body.slice(0, 10)).reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0);
};

/** Another id of the same kind and time, made of at least 16 bytes; the same bytes make the same id. */
export const deriveId = (id: string, bytes: Uint8Array): string => {
  const end = id.indexOf('_') + 11;
  let tail = '';
  for (const byte of bytes.subarray(0, 16)) tail += alphabet.charAt(byte % 32);
  return id.slice(0, end) + tail;
};

/** The id, or undefined when the text is not one of this prefix. */
export const parseId = <Prefix extends IdPrefix>(prefix: Prefix, text: string): Id<Prefix> | undefined =>
  text.startsWith(`${prefix}_`) && bodyPattern.test(text.slice(prefix.length + 1))
    ? // SAFETY: the shape was checked on the line above.
      (text as Id<Prefix>)
    : undefined;

/** The id of something that belongs to another thing and is made with it: the same but for its prefix. */
export const relatedId = <Prefix extends IdPrefix>(prefix: Prefix, id: Id<IdPrefix>): Id<Prefix> =>
  // SAFETY: only the prefix is another one.
  `${prefix}${id.slice(id.indexOf('_'))}` as Id<Prefix>;
