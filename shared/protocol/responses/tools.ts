/**
 * The tools of a request as ours. Functions are offered as they are; those of a namespace under one name of both; a
 * custom tool, which takes plain text, as a function of one text. What the provider would run itself (web search, …) a
 * model may do without: it is not offered, and named as without effect.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ToolChoice, ToolDefinition } from '../../ports/model-client.ts';
import type { PlainTool, ResponsesRequest, ResponsesTool } from '../../schemas/responses.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../openai/error.ts';
import { findSchemaFault } from '../openai/json-schema.ts';

/** How a tool is called in the API, where the model knows it under another name. */
export interface GivenTool {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly namespace?: string;
}

export interface ReadTools {
  readonly definitions: readonly ToolDefinition[];
  /** By the name that the model knows. */
  readonly given: ReadonlyMap<string, GivenTool>;
  readonly choice: ToolChoice | undefined;
  readonly withoutEffect: readonly string[];
}

const notOffered: ReadonlySet<string> = new Set([
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use_preview',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'programmatic_tool_calling',
  'shell',
  'tool_search',
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
]);

const longestName = 64;

/** 32 bits of a name (FNV-1a), to keep long names that are cut apart. */
const hashOf = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
};

/** The name that the model knows a tool by. */
export const offeredName = (name: string, namespace?: string | null): string => {
  if (namespace === undefined || namespace === null) return name;
  const whole = `${namespace}__${name}`;
  return whole.length <= longestName ? whole : `${whole.slice(0, longestName - 9)}_${hashOf(whole)}`;
};

/** The one argument of a custom tool. */
const customParameters = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The text for the tool, exactly as it is to get it.' } },
  required: ['input'],
  additionalProperties: false,
};

/** The text for a custom tool out of the arguments that the model wrote. Malformed ones are passed on as they are. */
export const customInput = (argumentsJson: string): string => {
  try {
    const parsed: unknown = JSON.parse(argumentsJson);
    if (typeof parsed === 'object' && parsed !== null && 'input' in parsed && typeof parsed.input === 'string') {
      return parsed.input;
    }
  } catch {
    // The tool sees what the model wrote, and says what is wrong with it.
  }
  return argumentsJson;
};

/** A custom tool's text as the arguments that the model is shown to have written. */
export const customArguments = (input: string): string => JSON.stringify({ input });

class Reader {
  readonly definitions: ToolDefinition[] = [];
  readonly given = new Map<string, GivenTool>();
  readonly withoutEffect: string[] = [];

  /** The refusal of this tool; undefined when it was taken in. */
  add(tool: ResponsesTool, param: string): OpenAiRefusal | undefined {
    if (tool.type !== 'namespace') return this.#addPlain(tool, param);
    if (tool.name === undefined) return invalidValue(`${param}.name`, 'A namespace must have a name.');
    for (const [index, member] of (tool.tools ?? []).entries()) {
      const refusal = this.#addPlain(member, `${param}.tools[${index}]`, tool.name);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #addPlain(tool: PlainTool, param: string, namespace?: string): OpenAiRefusal | undefined {
    if (notOffered.has(tool.type)) {
      this.withoutEffect.push(`${param}.${tool.type}`);
      return undefined;
    }
    if (tool.type !== 'function' && tool.type !== 'custom') {
      return unsupported(`${param}.type`, 'Tools can be functions, custom tools or namespaces of them here.');
    }
    const { name } = tool;
    if (name === undefined) return invalidValue(`${param}.name`, 'The tool must have a name.');
    const offered = offeredName(name, namespace);
    if (this.given.has(offered)) return invalidValue(`${param}.name`, `There are two tools '${name}'.`);
    this.given.set(offered, { kind: tool.type, name, ...(namespace === undefined ? {} : { namespace }) });
    return tool.type === 'custom' ? this.#addCustom(tool, offered, param) : this.#addFunction(tool, offered, param);
  }

  #addFunction(tool: PlainTool, name: string, param: string): OpenAiRefusal | undefined {
    const place = `${param}.parameters`;
    const schema = tool.parameters ?? { type: 'object', properties: {} };
    const fault = findSchemaFault(schema, place);
    if (fault !== undefined) return invalidValue(place, `The parameters of '${name}' are no JSON Schema, at ${fault}.`);
    if (schema['type'] !== undefined && schema['type'] !== 'object') {
      return invalidValue(place, `The parameters of '${name}' must be a schema of an object.`);
    }
    const definition: ToolDefinition = { name, description: tool.description ?? '', parameters: schema };
    this.definitions.push(tool.strict === true ? { ...definition, strict: true } : definition);
    return undefined;
  }

  /** A grammar cannot be enforced, so the model is told of it. */
  #addCustom(tool: PlainTool, name: string, param: string): undefined {
    const grammar = tool.format?.type === 'grammar' ? tool.format.definition : undefined;
    if (grammar !== undefined) this.withoutEffect.push(`${param}.format`);
    const description = [
      tool.description ?? '',
      ...(grammar === undefined ? [] : [`The input must follow this grammar:\n${grammar}`]),
    ];
    this.definitions.push({
      name,
      description: description.filter((text) => text !== '').join('\n\n'),
      parameters: customParameters,
    });
    return undefined;
  }
}

type SentChoice = Exclude<NonNullable<ResponsesRequest['tool_choice']>, string>;

/** With the choice that the model is told; undefined leaves it to the model. */
const outcome = (reader: Reader, choice?: ToolChoice, definitions = reader.definitions): ReadTools => {
  const { given, withoutEffect } = reader;
  return { definitions, given, withoutEffect, choice };
};

const chooseAllowed = (choice: SentChoice, reader: Reader): Result<ReadTools, OpenAiRefusal> => {
  const names = new Set((choice.tools ?? []).map((tool) => offeredName(tool.name ?? '', tool.namespace)));
  const definitions = reader.definitions.filter(({ name }) => names.has(name));
  if (choice.mode !== 'required') return ok(outcome(reader, undefined, definitions));
  return definitions.length === 0
    ? err(invalidValue('tool_choice', 'A tool is required, but none of those allowed can be called here.'))
    : ok(outcome(reader, { type: 'required' }, definitions));
};

const choose = (choice: SentChoice, reader: Reader): Result<ReadTools, OpenAiRefusal> => {
  if (choice.type === 'allowed_tools') return chooseAllowed(choice, reader);
  if (choice.type !== 'function' && choice.type !== 'custom') {
    return err(unsupported('tool_choice', `A tool of the type '${choice.type}' cannot be called here.`));
  }
  const name = offeredName(choice.name ?? '', choice.namespace);
  return reader.given.has(name)
    ? ok(outcome(reader, { type: 'named', name }))
    : err(invalidValue('tool_choice', `The tool '${choice.name ?? ''}' is not among the tools.`));
};

/** The tools and the choice among them; each name once, and a tool that must be called must be there. */
export const readResponseTools = (
  request: Pick<ResponsesRequest, 'tools' | 'tool_choice'>,
): Result<ReadTools, OpenAiRefusal> => {
  const reader = new Reader();
  for (const [index, tool] of (request.tools ?? []).entries()) {
    const refusal = reader.add(tool, `tools[${index}]`);
    if (refusal !== undefined) return err(refusal);
  }
  const { tool_choice: choice } = request;
  if (choice === undefined || choice === null) return ok(outcome(reader));
  if (typeof choice !== 'string') return choose(choice, reader);
  return choice === 'required' && reader.definitions.length === 0
    ? err(invalidValue('tool_choice', 'A tool is required, but there is none that can be called here.'))
    : ok(outcome(reader, { type: choice }));
};
