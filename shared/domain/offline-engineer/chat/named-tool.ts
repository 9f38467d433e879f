/** A tool that the message names, and the arguments that it says. */
import type { Result } from '../../../errors/result.ts';
import type { JsonSchema, ToolDefinition } from '../../../ports/model-client.ts';
import { withKnown } from './tool-arguments.ts';

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\-]/g, String.raw`\$&`);

/** A word that is also an ordinary verb or noun is a tool's name only where the message says so. */
const isOrdinary = (name: string): boolean => /^[a-z]+$/.test(name);

const names = (text: string, { name }: ToolDefinition): boolean => {
  const word = String.raw`(?<![\w-])${escape(name)}(?![\w-])`;
  if (!isOrdinary(name)) return new RegExp(word).test(text);
  const said = String.raw`(?:\b(?:use|call|invoke|run|with|using) (?:the )?(?:tool |function )?["'${'`'}]?${word})|(?:${word}["'${'`'}]? (?:tool|function)\b)|${'`'}${word}${'`'}`;
  return new RegExp(said.replaceAll(' ', String.raw`\s{1,20}`), 'i').test(text);
};

const longestMessage = 20_000;

/** The first tool that the message names. */
export const namedTool = (message: string, tools: readonly ToolDefinition[]): ToolDefinition | undefined => {
  const text = message.slice(-longestMessage);
  return tools.find((tool) => names(text, tool));
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object that stands in the message. */
const spelledOut = (text: string): Readonly<Record<string, unknown>> | undefined => {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end < start) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start, end + 1));
    return isObject(value) ? value : undefined;
  } catch {
    // Braces of something else.
    return undefined;
  }
};

const value = String.raw`\s{0,5}(?:=|:|is\b|of\b|to\b|as\b)?\s{0,5}(?:"([^"]*)"|'([^']*)'|“([^”]*)”|${'`'}([^${'`'}]*)${'`'}|([^\s,;"'${'`'}]+))`;

const scalar = (type: unknown, text: string): unknown => {
  const trimmed = text.replace(/[.,;:!?]+$/, '');
  switch (type) {
    case 'string':
      return text === trimmed || trimmed === '' ? text : trimmed;
    case 'integer':
    case 'number': {
      const read = Number(trimmed);
      return trimmed === '' || !Number.isFinite(read) || (type === 'integer' && !Number.isInteger(read))
        ? undefined
        : read;
    }
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
    default:
      return undefined;
  }
};

/** What the message says of a property: its name and then a value, or one of the words that it allows. */
const said = (text: string, name: string, schema: JsonSchema): unknown => {
  const choices = Array.isArray(schema['enum']) ? schema['enum'] : undefined;
  if (choices !== undefined)
    return choices.find(
      (choice) =>
        typeof choice === 'string' &&
        choice !== '' &&
        new RegExp(String.raw`(?<!\w)${escape(choice)}(?!\w)`).test(text),
    );
  const found = new RegExp(String.raw`(?<![\w-])${escape(name)}(?![\w-])${value}`, 'i').exec(text);
  const words = found?.slice(1).find((group) => group !== undefined);
  return words === undefined ? undefined : scalar(schema['type'], words);
};

/** Arguments for the tool: as the message spells them out, else what it says of each, else the least that is allowed. */
export const argumentsSaid = (
  message: string,
  tool: ToolDefinition,
): Result<Readonly<Record<string, unknown>>, string> => {
  const text = message.slice(-longestMessage);
  const properties = isObject(tool.parameters['properties']) ? tool.parameters['properties'] : {};
  const spelled = spelledOut(text);
  if (spelled !== undefined && Object.keys(spelled).every((name) => Object.hasOwn(properties, name)))
    return withKnown(tool, spelled);
  // After the tool's name, which may itself be a word of the sentence.
  const rest = text.slice(text.lastIndexOf(tool.name) + tool.name.length);
  const known = Object.entries(properties).flatMap(([name, schema]) => {
    const found = isObject(schema) ? said(rest, name, schema) : undefined;
    return found === undefined ? [] : [[name, found] as const];
  });
  return withKnown(tool, Object.fromEntries(known));
};
