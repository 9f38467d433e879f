/** Reads the values of an enumeration in the ways people list them. */

import { camelCase, wordsOf } from '../lexicon/names.ts';

const LIST_INTRODUCTION =
  /^(?:is |are |can be |must be |may be |has to be )?(?:(?:always |exactly )?(?:one|any) of(?: the following)?(?: values)?|either|enum(?:eration)?(?: of| with)?|a choice of|choice of|choice between|choices|(?:possible |allowed |valid |permitted |accepted )?values?(?: are| is)?|options?(?: are)?|allowed|select(?: from)?|picklist|in|can be|one among|any one of)(?: ?[:=(]| )+/i;

/** A value as it will stand in JSON: as written when it is one word, `snake_case` otherwise. */
const enumValue = (text: string): string => {
  const bare = text
    .trim()
    .replace(/^["'`]+|["'`.]+$/g, '')
    .trim();
  if (/^[A-Za-z][\w-]*$/.test(bare)) return bare;
  if (/^[\w+.#/-]{1,24}$/.test(bare)) return bare;
  return wordsOf(bare).join('_');
};

const splitValues = (text: string): readonly string[] => {
  const body = text.replace(/[()[\]{}]/g, ' ').trim();
  if (body.includes('|')) return body.split('|');
  const commas = body.split(/\s*,\s*(?:or |and )?|\s+or\s+|\s*;\s*/);
  if (commas.length > 1)
    return commas.flatMap((part) =>
      part.startsWith('and ')
        ? [part.slice(4)]
        : /^\S+ and \S+$/.test(part) && part === commas.at(-1)
          ? part.split(' and ')
          : [part],
    );
  if (/^[\w"'`-]+(?: [\w"'`-]+)?(?:\s*\/\s*[\w"'`-]+(?: [\w"'`-]+)?)+$/.test(body)) return body.split(/\s*\/\s*/);
  return /^\S+ and \S+$/.test(body) ? body.split(' and ') : [body];
};

const isValue = (text: string): boolean => {
  const bare = text.trim().replace(/^["'`]|["'`]$/g, '');
  return (
    bare !== '' &&
    bare.length <= 40 &&
    bare.split(/\s+/).length <= 3 &&
    !/^(?:a|an|the|required|optional|unique|default|it|which|that|max|min|string|integer|number|boolean|date|text|at|must|between|up|cannot)\b/i.test(
      bare,
    ) &&
    /[a-z\d]/i.test(bare)
  );
};

const valuesOf = (text: string): readonly string[] | undefined => {
  const parts = splitValues(text)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length < 2 || parts.length > 40 || !parts.every(isValue)) return undefined;
  const values = parts.map(enumValue).filter((value) => value !== '' && camelCase(wordsOf(value)) !== '');
  return new Set(values).size === parts.length ? values : undefined;
};

/** The values that the text lists after an introduction (`one of …`), with bars or slashes, or with `or`. */
export const readEnum = (text: string): readonly string[] | undefined => {
  const introduction = LIST_INTRODUCTION.exec(text);
  const body = introduction === null ? text : text.slice(introduction[0].length);
  if (introduction !== null) return valuesOf(body);
  if (
    body.includes('|') ||
    / or /.test(body) ||
    /^[\w-]+(?: [\w-]+)?(?:\s*\/\s*[\w-]+(?: [\w-]+)?)+$/.test(body.trim())
  )
    return valuesOf(body);
  return undefined;
};

/** A bare list of values after the name of a field that is likely to be one (`status: booked, attended, cancelled`). */
export const readBareEnum = (text: string): readonly string[] | undefined => valuesOf(text);
