/** What is asked of an answer, in the words of OpenAI's Chat Completions. */
import type { AnswerFormat, ModelRequest, ReasoningEffort, ToolChoice } from '../../ports/model-client.ts';

export interface OpenAiOptions {
  readonly tool_choice?: 'auto' | 'none' | 'required' | { type: 'function'; function: { name: string } };
  readonly parallel_tool_calls?: boolean;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: string[];
  readonly response_format?:
    | { type: 'json_object' }
    | { type: 'json_schema'; json_schema: { name: string; strict: true; schema: { [keyword: string]: unknown } } };
  readonly user?: string;
  readonly seed?: number;
  /** Not of OpenAI's own protocol: servers that do not know it say so. */
  readonly top_k?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly reasoning_effort?: ReasoningEffort;
  readonly logprobs?: true;
  readonly top_logprobs?: number;
}

const toToolChoice = (choice: ToolChoice): NonNullable<OpenAiOptions['tool_choice']> =>
  choice.type === 'named' ? { type: 'function', function: { name: choice.name } } : choice.type;

const toFormat = (format: AnswerFormat): NonNullable<OpenAiOptions['response_format']> =>
  format.type === 'json_object'
    ? { type: 'json_object' }
    : { type: 'json_schema', json_schema: { name: format.name, strict: true, schema: { ...format.schema } } };

/** The parameters to be added to a request. Prompts are cached without being asked for, so nothing is said about it. */
export const toOpenAiOptions = ({ options = {}, tools }: ModelRequest): OpenAiOptions => ({
  ...(options.toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: toToolChoice(options.toolChoice) }),
  ...(options.parallelToolCalls === undefined || tools.length === 0
    ? {}
    : { parallel_tool_calls: options.parallelToolCalls }),
  ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
  ...(options.topP === undefined ? {} : { top_p: options.topP }),
  ...(options.stop === undefined ? {} : { stop: [...options.stop] }),
  ...(options.format === undefined ? {} : { response_format: toFormat(options.format) }),
  ...(options.user === undefined ? {} : { user: options.user }),
  ...(options.seed === undefined ? {} : { seed: options.seed }),
  ...(options.topK === undefined ? {} : { top_k: options.topK }),
  ...(options.frequencyPenalty === undefined ? {} : { frequency_penalty: options.frequencyPenalty }),
  ...(options.presencePenalty === undefined ? {} : { presence_penalty: options.presencePenalty }),
  ...(options.reasoningEffort === undefined ? {} : { reasoning_effort: options.reasoningEffort }),
  ...(options.topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: options.topLogprobs }),
});
