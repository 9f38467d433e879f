/** Anthropic's tools, the choice among them and the format of the answer, as ours. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { AnswerFormat, ModelOptions, ToolDefinition } from '../../ports/model-client.ts';
import type { MessagesRequest } from '../../schemas/anthropic-messages.ts';
import { invalidValue, type OpenAiRefusal } from '../openai/error.ts';
import { findSchemaFault } from '../openai/json-schema.ts';

type SentTools = NonNullable<MessagesRequest['tools']>;

const readTool = (tool: SentTools[number], place: string): Result<ToolDefinition, OpenAiRefusal> => {
  const { name, description = '', input_schema: parameters, strict } = tool;
  const fault = findSchemaFault(parameters, `${place}.input_schema`);
  if (fault !== undefined) return err(invalidValue(fault, `${fault}: is no JSON Schema.`));
  if (parameters['type'] !== 'object') {
    return err(invalidValue(`${place}.input_schema.type`, `${place}.input_schema.type: must be object.`));
  }
  return ok({ name, description, parameters, ...(strict === true ? { strict } : {}) });
};

/** The tools, each name once. */
export const readTools = (tools: SentTools = []): Result<readonly ToolDefinition[], OpenAiRefusal> => {
  const read: ToolDefinition[] = [];
  for (const [index, tool] of tools.entries()) {
    const definition = readTool(tool, `tools.${index}`);
    if (!definition.ok) return definition;
    if (read.some(({ name }) => name === tool.name)) {
      return err(invalidValue(`tools.${index}.name`, `tools.${index}.name: there are two tools '${tool.name}'.`));
    }
    read.push(definition.value);
  }
  return ok(read);
};

/** The choice; a tool that must be called must be there. */
export const readToolChoice = (
  choice: MessagesRequest['tool_choice'],
  tools: readonly ToolDefinition[],
): Result<Pick<ModelOptions, 'toolChoice' | 'parallelToolCalls'>, OpenAiRefusal> => {
  if (choice === undefined) return ok({});
  if (choice.type === 'none') return ok({ toolChoice: { type: 'none' } });
  const parallel = choice.disable_parallel_tool_use === true ? { parallelToolCalls: false } : {};
  if (choice.type === 'tool') {
    return tools.some(({ name }) => name === choice.name)
      ? ok({ toolChoice: { type: 'named', name: choice.name }, ...parallel })
      : err(invalidValue('tool_choice.name', `tool_choice.name: '${choice.name}' is not among the tools.`));
  }
  if (choice.type === 'auto') return ok({ toolChoice: { type: 'auto' }, ...parallel });
  return tools.length === 0
    ? err(invalidValue('tool_choice', 'tool_choice: a tool is required, but there are no tools.'))
    : ok({ toolChoice: { type: 'required' }, ...parallel });
};

/** The format; undefined for plain text. */
export const readFormat = (
  output: MessagesRequest['output_config'],
): Result<AnswerFormat | undefined, OpenAiRefusal> => {
  const schema = output?.format?.schema;
  if (schema === undefined) return ok(undefined);
  const fault = findSchemaFault(schema, 'output_config.format.schema');
  return fault === undefined
    ? ok({ type: 'json_schema', name: 'answer', schema })
    : err(invalidValue(fault, `${fault}: is no JSON Schema.`));
};
