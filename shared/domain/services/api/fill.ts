/**
 * Values with holes: `{{body.title}}` alone is the value itself, within a text it is put in as text. What is not there
 * is null alone and empty within a text. Only own fields of plain data are looked up, so nothing but that can come out.
 */

const whole = /^\{\{\s*([\w.]+)\s*\}\}$/;
const within = /\{\{\s*([\w.]+)\s*\}\}/g;

const lookUp = (path: string, context: unknown): unknown =>
  path.split('.').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return Reflect.get(value, name);
  }, context);

const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** @param encode what becomes of each value within a text, for example `encodeURIComponent` in an address. */
export const fill = (
  template: unknown,
  context: unknown,
  encode: (text: string) => string = (text) => text,
): unknown => {
  if (typeof template === 'string') {
    const alone = whole.exec(template)?.[1];
    if (alone !== undefined) return lookUp(alone, context) ?? null;
    return template.replaceAll(within, (_hole, path: string) => encode(asText(lookUp(path, context))));
  }
  if (Array.isArray(template)) return template.map((each) => fill(each, context, encode));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value, context, encode)]));
};

/** A text with its holes filled, always as text. */
export const fillText = (template: string, context: unknown, encode?: (text: string) => string): string => {
  const alone = whole.exec(template)?.[1];
  const text =
    alone === undefined ? fill(template, context, encode) : (encode ?? String)(asText(lookUp(alone, context)));
  return asText(text);
};
