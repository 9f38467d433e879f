/** Tells what is plainly no JSON Schema before a provider does, with the place; everything subtler is left to it. */

const types: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const deepest = 32;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTypes = (value: unknown): boolean =>
  types.includes(value) || (Array.isArray(value) && value.length > 0 && value.every((type) => types.includes(type)));

const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((name) => typeof name === 'string');

interface Child {
  readonly place: string;
  readonly schema: unknown;
}

const childrenOf = (schema: Readonly<Record<string, unknown>>, place: string): readonly Child[] => {
  const children: Child[] = [];
  for (const keyword of ['properties', '$defs', 'definitions']) {
    const members = schema[keyword];
    if (isObject(members)) {
      for (const [name, member] of Object.entries(members)) {
        children.push({ place: `${place}.${keyword}.${name}`, schema: member });
      }
    } else if (members !== undefined) children.push({ place: `${place}.${keyword}`, schema: undefined });
  }
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const members = schema[keyword];
    if (Array.isArray(members)) {
      for (const [index, member] of members.entries()) {
        children.push({ place: `${place}.${keyword}[${index}]`, schema: member });
      }
    } else if (members !== undefined) children.push({ place: `${place}.${keyword}`, schema: undefined });
  }
  if (schema['items'] !== undefined) children.push({ place: `${place}.items`, schema: schema['items'] });
  return children;
};

/** Where the schema is none; undefined when nothing is plainly wrong. */
export const findSchemaFault = (schema: unknown, place: string, depth = 0): string | undefined => {
  if (typeof schema === 'boolean') return undefined;
  if (!isObject(schema) || depth > deepest) return place;
  if (schema['type'] !== undefined && !isTypes(schema['type'])) return `${place}.type`;
  if (schema['required'] !== undefined && !isNames(schema['required'])) return `${place}.required`;
  if (schema['enum'] !== undefined && !Array.isArray(schema['enum'])) return `${place}.enum`;
  for (const child of childrenOf(schema, place)) {
    const fault = findSchemaFault(child.schema, child.place, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
