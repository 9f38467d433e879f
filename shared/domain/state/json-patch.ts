/**
 * The difference of two states as a JSON Patch (RFC 6902, https://www.rfc-editor.org/rfc/rfc6902), of its operations
 * `add`, `remove` and `replace`. Written here because patches are kept in logs for ever: what they do must never change
 * with a library, and nothing may be mutated. Paths are JSON Pointers (RFC 6901).
 */
import { err, ok, type Result } from '../../errors/result.ts';
import { sameJson } from '../replay/canonical.ts';

export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export type JsonPatch = readonly PatchOperation[];

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** The keys that JSON would write: a field that is undefined is not there. */
const keysOf = (value: JsonObject): readonly string[] => Object.keys(value).filter((key) => value[key] !== undefined);

const has = (value: JsonObject, key: string): boolean => Object.hasOwn(value, key) && value[key] !== undefined;

const diffObjects = (from: JsonObject, to: JsonObject, path: string): JsonPatch => [
  ...keysOf(from)
    .filter((key) => !has(to, key))
    .map((key) => ({ op: 'remove' as const, path: `${path}/${escapeToken(key)}` })),
  ...keysOf(to).flatMap((key) => {
    const place = `${path}/${escapeToken(key)}`;
    return has(from, key)
      ? diffValues(from[key], to[key], place)
      : [{ op: 'add' as const, path: place, value: to[key] }];
  }),
];

/** How many entries at the beginning are the same, or at the end beyond `taken`. */
const countSame = (from: readonly unknown[], to: readonly unknown[], side: 'start' | 'end', taken: number): number => {
  const most = Math.min(from.length, to.length) - taken;
  let count = 0;
  while (count < most) {
    const index = side === 'start' ? count : -1 - count;
    if (!sameJson(from.at(index), to.at(index))) break;
    count += 1;
  }
  return count;
};

/** Entries in the middle are compared one by one; the longer side's rest is added, or removed from its end. */
const diffArrays = (from: readonly unknown[], to: readonly unknown[], path: string): JsonPatch => {
  const start = countSame(from, to, 'start', 0);
  const end = countSame(from, to, 'end', start);
  const [fromEnd, toEnd] = [from.length - end, to.length - end];
  const patch: PatchOperation[] = [];
  for (let index = start; index < Math.min(fromEnd, toEnd); index += 1) {
    patch.push(...diffValues(from[index], to[index], `${path}/${index}`));
  }
  for (let index = fromEnd - 1; index >= toEnd; index -= 1) patch.push({ op: 'remove', path: `${path}/${index}` });
  for (let index = fromEnd; index < toEnd; index += 1) {
    patch.push({ op: 'add', path: `${path}/${index}`, value: to[index] });
  }
  return patch;
};

const diffValues = (from: unknown, to: unknown, path: string): JsonPatch => {
  if (Array.isArray(from) && Array.isArray(to)) return diffArrays(from, to, path);
  if (isObject(from) && isObject(to)) return diffObjects(from, to, path);
  return sameJson(from, to) ? [] : [{ op: 'replace', path, value: to }];
};

/** What makes `to` of `from`; empty when both are the same JSON. */
export const diffJson = (from: unknown, to: unknown): JsonPatch => diffValues(from, to, '');

const indexOf = (token: string, longest: number): number | undefined => {
  const index = /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : undefined;
  return index !== undefined && index <= longest ? index : undefined;
};

const changeArray = (
  entries: readonly unknown[],
  token: string,
  operation: PatchOperation,
): readonly unknown[] | undefined => {
  const index = token === '-' ? entries.length : indexOf(token, entries.length);
  if (index === undefined) return undefined;
  if (operation.op === 'add') return entries.toSpliced(index, 0, operation.value);
  if (index === entries.length) return undefined;
  return operation.op === 'remove' ? entries.toSpliced(index, 1) : entries.with(index, operation.value);
};

const changeObject = (value: JsonObject, key: string, operation: PatchOperation): JsonObject | undefined => {
  if (operation.op === 'add') return { ...value, [key]: operation.value };
  if (!has(value, key)) return undefined;
  if (operation.op === 'replace') return { ...value, [key]: operation.value };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
};

/** The value after one operation below `tokens`; undefined when there is no such place. */
const change = (value: unknown, tokens: readonly string[], operation: PatchOperation): unknown => {
  const [token, ...rest] = tokens;
  if (token === undefined) return operation.op === 'remove' ? undefined : operation.value;
  if (Array.isArray(value)) {
    if (rest.length === 0) return changeArray(value, token, operation);
    const index = indexOf(token, value.length - 1);
    const inner = index === undefined ? undefined : change(value[index], rest, operation);
    return index === undefined || inner === undefined ? undefined : value.with(index, inner);
  }
  if (!isObject(value)) return undefined;
  if (rest.length === 0) return changeObject(value, token, operation);
  const inner = has(value, token) ? change(value[token], rest, operation) : undefined;
  return inner === undefined ? undefined : { ...value, [token]: inner };
};

/** A copy with the patch applied, or the path that is not there. */
export const applyPatch = (value: unknown, patch: JsonPatch): Result<unknown, string> => {
  let current = value;
  for (const operation of patch) {
    const tokens = operation.path === '' ? [] : operation.path.slice(1).split('/').map(unescapeToken);
    const next = change(current, tokens, operation);
    if (next === undefined) return err(operation.path);
    current = next;
  }
  return ok(current);
};

const longestText = 160;

const textOf = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longestText ? `${text.slice(0, longestText - 1).toWellFormed()}…` : text;
};

const valueAt = (value: unknown, path: string): unknown =>
  path === ''
    ? value
    : path
        .slice(1)
        .split('/')
        .map(unescapeToken)
        .reduce<unknown>((found, token) => {
          if (Array.isArray(found)) return found[Number(token)];
          return isObject(found) && has(found, token) ? found[token] : undefined;
        }, value);

/** A patch for people, one line for each operation: `~ /budget/maxTokens: 100 → 200`. `from` is what it applies to. */
export const describePatch = (from: unknown, patch: JsonPatch): readonly string[] => {
  const lines: string[] = [];
  let current = from;
  for (const operation of patch) {
    const place = operation.path === '' ? '/' : operation.path;
    const before = textOf(valueAt(current, operation.path));
    if (operation.op === 'add') lines.push(`+ ${place}: ${textOf(operation.value)}`);
    else if (operation.op === 'remove') lines.push(`- ${place}: ${before}`);
    else lines.push(`~ ${place}: ${before} → ${textOf(operation.value)}`);
    const next = applyPatch(current, [operation]);
    if (next.ok) current = next.value;
  }
  return lines;
};
