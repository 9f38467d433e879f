/** A tool that the message names, and the arguments that it says. */
import { ok, type Result } from '../../../errors/result.ts';
import type { ToolDefinition } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';
import { escapeForPattern, SaidValues } from './said-values.ts';
import { SchemaJudge } from './schema-judge.ts';
import { withKnown } from './tool-arguments.ts';

/** A word that is also an ordinary verb or noun is a tool's name only where the message says so. */
const isOrdinary = (name: string): boolean => /^[a-z]+$/.test(name);

const names = (text: string, { name }: ToolDefinition): boolean => {
  const word = String.raw`(?<![\w-])${escapeForPattern(name)}(?![\w-])`;
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

/** Arguments for the tool: as the message spells them out, else what it says of each, else the least that is allowed. */
export const argumentsSaid = (
  message: string,
  tool: ToolDefinition,
): Result<Readonly<Record<string, unknown>>, string> => {
  const text = message.slice(-longestMessage);
  const properties = isObject(tool.parameters['properties']) ? tool.parameters['properties'] : {};
  const spelled = spelledOut(text);
  if (spelled !== undefined && Object.keys(spelled).every((name) => Object.hasOwn(properties, name))) {
    const whole = withKnown(tool, spelled);
    if (whole.ok && new SchemaJudge(tool.parameters).accepts(whole.value)) return whole;
  }
  // After the tool's name, which may itself be a word of the sentence.
  const place = text.lastIndexOf(tool.name);
  const rest = place === -1 ? text : text.slice(place + tool.name.length);
  const required = Array.isArray(tool.parameters['required']) ? tool.parameters['required'] : [];
  const said = new SaidValues(rest.trim() === '' ? text : rest, {
    guessed: required.filter((name) => typeof name === 'string'),
  });
  const made = minimalValue({ type: 'object', ...tool.parameters }, 'arguments', (name, schema) =>
    said.of(name, schema),
  );
  if (!made.ok) return made;
  return ok(isObject(made.value) ? made.value : {});
};
