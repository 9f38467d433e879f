/**
 * Arguments for tools that nobody here knows: their properties are understood by their names, as programs that edit
 * files use them, and what else a tool requires is given the least that its schema allows.
 */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { JsonSchema, ToolDefinition } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';

/** What an argument may stand for. */
export type Meaning = 'path' | 'from' | 'to' | 'content' | 'command' | 'patch';

const names: Readonly<Record<Meaning, readonly string[]>> = {
  path: [
    'path',
    'filepath',
    'file',
    'filename',
    'targetfile',
    'absolutepath',
    'relativepath',
    'directory',
    'dir',
    'folder',
  ],
  from: ['oldstring', 'oldstr', 'oldtext', 'old', 'search', 'find', 'from', 'original', 'oldcontent'],
  to: ['newstring', 'newstr', 'newtext', 'new', 'replace', 'replacement', 'to', 'replacewith', 'newcontent'],
  content: ['content', 'contents', 'text', 'filetext', 'filecontent', 'data', 'body'],
  command: ['command', 'commands', 'cmd', 'script', 'commandline'],
  patch: ['patch', 'input', 'patchtext'],
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, '');

const meaningOf = (name: string): Meaning | undefined => {
  const wanted = plain(name);
  for (const [meaning, known] of Object.entries(names))
    // SAFETY: the keys of the table are the meanings.
    if (known.includes(wanted)) return meaning as Meaning;
  return undefined;
};

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, unknown>> =>
  isObject(schema['properties']) ? schema['properties'] : {};

const requiredOf = (schema: JsonSchema): readonly unknown[] =>
  Array.isArray(schema['required']) ? schema['required'] : [];

export type Values = Readonly<Partial<Record<Meaning, string>>>;

const isAbsolute = (path: string): boolean => /^(?:[/\\~]|[A-Za-z]:)/.test(path);

/** Some tools take whole paths alone, and say so. */
const wholePath = (name: string, { description }: JsonSchema, path: string, folder: string | undefined): string => {
  const isWanted = /absolute/i.test(`${name} ${typeof description === 'string' ? description : ''}`);
  return isWanted && folder !== undefined && !isAbsolute(path) ? `${folder}/${path.replace(/^\.\//, '')}` : path;
};

interface Known {
  readonly values: Values;
  readonly folder: string | undefined;
}

/** A value for one property, or undefined where its name or type says nothing that is wanted. */
const valueFor = (name: string, schema: unknown, known: Known, used: Set<Meaning>): unknown => {
  if (!isObject(schema)) return undefined;
  const items = schema['items'];
  if (schema['type'] === 'array' && isObject(items) && items['type'] === 'object') {
    const inner = fill(items, known, used);
    return Object.keys(inner).length > 0 ? [inner] : undefined;
  }
  const meaning = meaningOf(name);
  const value = meaning === undefined ? undefined : known.values[meaning];
  if (meaning === undefined || value === undefined || Array.isArray(schema['enum'])) return undefined;
  used.add(meaning);
  // Several commands, or the words of one.
  if (meaning === 'command' && schema['type'] === 'array')
    return plain(name) === 'commands' ? [value] : ['sh', '-c', value];
  if (meaning === 'path') return wholePath(name, schema, value, known.folder);
  return value;
};

const fill = (schema: JsonSchema, known: Known, used: Set<Meaning>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
      const value = valueFor(name, property, known, used);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The least that the schema requires, with what is known in its place. */
export const withKnown = (
  tool: ToolDefinition,
  known: Readonly<Record<string, unknown>>,
): Result<Readonly<Record<string, unknown>>, string> => {
  const schema: JsonSchema = { type: 'object', ...tool.parameters };
  const open = requiredOf(schema).filter((name) => typeof name === 'string' && !Object.hasOwn(known, name));
  const rest = minimalValue({ ...schema, required: open, minProperties: 0 }, 'arguments');
  if (!rest.ok) return rest;
  return ok({ ...(isObject(rest.value) ? rest.value : {}), ...known });
};

/**
 * Arguments that say all of `values`, paths in `folder` where the tool wants them whole, and `choices` for properties that choose among what a tool can do. An error where
 * the tool has no place for one of them.
 */
export const argumentsFor = (
  tool: ToolDefinition,
  values: Values,
  choices: readonly string[] = [],
  folder?: string,
): Result<Readonly<Record<string, unknown>>, string> => {
  const schema: JsonSchema = { type: 'object', ...tool.parameters };
  const used = new Set<Meaning>();
  const filled = fill(schema, { values, folder }, used);
  for (const meaning of Object.keys(values))
    // SAFETY: the keys of `values` are meanings.
    if (!used.has(meaning as Meaning)) return err(`the tool ${tool.name} has no argument for ${meaning}`);
  const chosen = Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const allowed = isObject(property) && Array.isArray(property['enum']) ? property['enum'] : [];
    const choice = choices.find((word) => allowed.includes(word));
    return choice === undefined ? [] : [[name, choice] as const];
  });
  return withKnown(tool, { ...filled, ...Object.fromEntries(chosen), ...described(schema) });
};

/** Some tools want to be told why. */
const described = (schema: JsonSchema): Readonly<Record<string, unknown>> => {
  const property = propertiesOf(schema)['description'];
  const wanted = isObject(property) && property['type'] === 'string' && requiredOf(schema).includes('description');
  return wanted ? { description: 'Does what the user asked for' } : {};
};
