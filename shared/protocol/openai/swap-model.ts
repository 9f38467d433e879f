/**
 * Changes in a request's text, and in nothing else of it: parsed and written again, numbers too large for JavaScript (a
 * 64-bit seed) would come out changed.
 */
import { endOfText } from '../../domain/json-text.ts';

/** Where the value of a field of the outermost object stands. */
interface Field {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const skipSpace = (json: string, start: number): number => {
  let index = start;
  while (/\s/.test(json.charAt(index))) index += 1;
  return index;
};

/** One past the value that begins at `start`, in sound JSON. */
const endOfValue = (json: string, start: number): number => {
  let depth = 0;
  for (let index = start; index < json.length; index += 1) {
    const character = json.charAt(index);
    if (character === '"') index = endOfText(json, index) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return index;
      depth -= 1;
      if (depth === 0) return index + 1;
    } else if (character === ',' && depth === 0) return index;
  }
  return json.length;
};

/** The fields of the outermost object, in order. A repeated key is sound JSON, so a name may come several times. */
const fieldsOf = (json: string): readonly Field[] => {
  const fields: Field[] = [];
  let index = json.indexOf('{') + 1;
  for (;;) {
    const key = json.indexOf('"', index);
    if (key === -1) return fields;
    const keyEnd = endOfText(json, key);
    const name: unknown = JSON.parse(json.slice(key, keyEnd));
    const start = skipSpace(json, json.indexOf(':', keyEnd) + 1);
    const end = endOfValue(json, start);
    fields.push({ name: String(name), start, end });
    index = end;
  }
};

const replace = (json: string, fields: readonly Field[], value: (text: string) => string): string => {
  let changed = '';
  let from = 0;
  for (const { start, end } of fields) {
    changed += json.slice(from, start) + value(json.slice(start, end));
    from = end;
  }
  return changed + json.slice(from);
};

/** The same request for another model. `json` is an object of sound JSON. */
export const swapModel = (json: string, model: string): string => {
  const names = fieldsOf(json).filter(({ name, start }) => name === 'model' && json.charAt(start) === '"');
  return replace(json, names, () => JSON.stringify(model));
};

/** The same request without a field of that name. `json` is an object of sound JSON. */
export const dropField = (json: string, name: string): string => {
  const fields = fieldsOf(json);
  if (!fields.some((field) => field.name === name)) return json;
  const kept = fields.filter((field) => field.name !== name);
  return `{${kept.map((field) => `${JSON.stringify(field.name)}:${json.slice(field.start, field.end)}`).join(',')}}`;
};

const withUsage = (options: string): string => {
  const value: unknown = JSON.parse(options);
  // What is no object is left for the provider to refuse.
  if (typeof value !== 'object' || Array.isArray(value)) return options;
  return JSON.stringify({ ...value, include_usage: true });
};

/** The same request for a stream, told to say at its end what it used. `json` is an object of sound JSON. */
export const askForUsage = (json: string): string => {
  const fields = fieldsOf(json);
  const options = fields.filter(({ name }) => name === 'stream_options');
  if (options.length > 0) return replace(json, options, withUsage);
  const end = json.lastIndexOf('}');
  return `${json.slice(0, end)}${fields.length === 0 ? '' : ','}"stream_options":{"include_usage":true}${json.slice(end)}`;
};
