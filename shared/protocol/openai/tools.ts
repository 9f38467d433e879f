/** OpenAI's tools, the choice among them and the format of the answer, as ours. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { AnswerFormat, JsonSchema, ToolChoice, ToolDefinition } from '../../ports/model-client.ts';
import type { ChatRequest, ChatTool } from '../../schemas/openai-chat.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';
import { findSchemaFault } from './json-schema.ts';

const noParameters = { type: 'object', properties: {} };

const readTool = ({ function: definition }: ChatTool, param: string): Result<ToolDefinition, OpenAiRefusal> => {
  if (definition === undefined)
    return err(unsupported(`${param}.type`, 'This model takes tools of the type function alone.'));
  const { name, description, parameters, strict } = definition;
  const place = `${param}.function.parameters`;
  const schema = parameters ?? noParameters;
  const fault = findSchemaFault(schema, place);
  if (fault !== undefined)
    return err(invalidValue(place, `The parameters of '${name}' are no JSON Schema, at ${fault}.`));
  if (schema['type'] !== undefined && schema['type'] !== 'object') {
    return err(invalidValue(place, `The parameters of '${name}' must be a schema of an object.`));
  }
  const known: ToolDefinition = { name, description: description ?? '', parameters: schema };
  return ok(strict === true ? { ...known, strict } : known);
};

/** The tools, each name once. */
export const readTools = (tools: ChatRequest['tools']): Result<readonly ToolDefinition[], OpenAiRefusal> => {
  const read: ToolDefinition[] = [];
  for (const [index, tool] of (tools ?? []).entries()) {
    const definition = readTool(tool, `tools[${index}]`);
    if (!definition.ok) return definition;
    if (read.some(({ name }) => name === definition.value.name)) {
      return err(invalidValue(`tools[${index}].function.name`, `There are two tools '${definition.value.name}'.`));
    }
    read.push(definition.value);
  }
  return ok(read);
};

/** The choice; a tool that must be called must be there. */
export const readToolChoice = (
  choice: ChatRequest['tool_choice'],
  tools: readonly ToolDefinition[],
): Result<ToolChoice | undefined, OpenAiRefusal> => {
  if (choice === undefined || choice === null) return ok(undefined);
  if (typeof choice === 'string') {
    return choice === 'required' && tools.length === 0
      ? err(invalidValue('tool_choice', 'A tool is required, but there are no tools.'))
      : ok({ type: choice });
  }
  const name = choice.type === 'function' ? choice.function?.name : undefined;
  if (name === undefined) return err(unsupported('tool_choice', `This model cannot choose by '${choice.type}'.`));
  return tools.some((tool) => tool.name === name)
    ? ok({ type: 'named', name })
    : err(invalidValue('tool_choice', `The tool '${name}' is not among the tools.`));
};

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readSchema = (name: string, schema: unknown, place: string): Result<AnswerFormat, OpenAiRefusal> => {
  const fault = findSchemaFault(schema, place);
  return fault === undefined && isObject(schema)
    ? ok({ type: 'json_schema', name, schema })
    : err(invalidValue(place, `This is no JSON Schema, at ${fault ?? place}.`));
};

/** The format; undefined for plain text. Servers of llama.cpp's kind take a schema beside `json_object` too. */
export const readFormat = (format: ChatRequest['response_format']): Result<AnswerFormat | undefined, OpenAiRefusal> => {
  switch (format?.type) {
    case undefined:
    case 'text':
      return ok(undefined);
    case 'json_object':
      return isObject(format['schema'])
        ? readSchema('schema', format['schema'], 'response_format.schema')
        : ok({ type: 'json_object' });
    case 'json_schema': {
      const place = 'response_format.json_schema.schema';
      const { name, schema } = format.json_schema ?? {};
      if (name === undefined) return err(invalidValue('response_format.json_schema', 'The schema is missing.'));
      return readSchema(name, schema, place);
    }
    default:
      return err(invalidValue('response_format.type', 'The format must be text, json_object or json_schema.'));
  }
};
