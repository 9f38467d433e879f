/**
 * Questions of a project to the person, through a tool of the client. A coding client shows its own dialogue for such a
 * tool; the call's id carries the question's, so that the result finds its way back without anything being kept.
 */
import type { ToolCall, ToolDefinition } from '../../ports/model-client.ts';
import type { QuestionView } from '../../rpc/project.ts';
import { parseId, type QuestionId } from '../ids.ts';

const toolNames: ReadonlySet<string> = new Set(['ask_user', 'ask_person', 'ask_question', 'ask_followup_question']);

const questionFields = ['question', 'text', 'prompt', 'message'];
const choiceFields = ['choices', 'options', 'follow_up', 'suggestions'];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasType = (schema: unknown, type: string): boolean => isRecord(schema) && schema['type'] === type;

/** The arguments for the question, or undefined when the tool wants what a question does not have. */
const fill = ({ parameters }: ToolDefinition, { text, choices = [] }: QuestionView): object | undefined => {
  const properties = isRecord(parameters['properties']) ? parameters['properties'] : {};
  const required: readonly unknown[] = Array.isArray(parameters['required']) ? parameters['required'] : [];
  const question = questionFields.find((name) => hasType(properties[name], 'string'));
  if (question === undefined) return undefined;
  const list = choiceFields.find((name) => {
    const schema = properties[name];
    return isRecord(schema) && schema['type'] === 'array' && hasType(schema['items'], 'string');
  });
  const gives = list !== undefined && (choices.length > 0 || required.includes(list));
  const filled = { [question]: text, ...(gives ? { [list]: choices } : {}) };
  return required.every((name) => typeof name === 'string' && Object.hasOwn(filled, name)) ? filled : undefined;
};

const callPrefix = 'call_';

/** The call that asks the question, where the client offers a tool for it. */
export const callToAsk = (tools: readonly ToolDefinition[], question: QuestionView): ToolCall | undefined => {
  for (const tool of tools) {
    const filled = toolNames.has(tool.name) ? fill(tool, question) : undefined;
    if (filled !== undefined) {
      const id = `${callPrefix}${question.questionId}`;
      return { id, name: tool.name, argumentsJson: JSON.stringify(filled) };
    }
  }
  return undefined;
};

/** The question that the call with this id asked. */
export const questionOfCall = (callId: string): QuestionId | undefined =>
  callId.startsWith(callPrefix) ? parseId('qst', callId.slice(callPrefix.length)) : undefined;

/** Whether the tool puts questions to the person: what it answered is then the person's word, whatever became of the id. */
export const asksPerson = (toolName: string): boolean => toolNames.has(toolName);
