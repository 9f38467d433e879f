/** What is asked of an answer, in the words of Anthropic's Messages API. What it cannot do is refused before. */
import type { ModelRequest, ToolChoice } from '../../ports/model-client.ts';
import { planThinking, type AnthropicEffort } from './anthropic-thinking.ts';

interface AnthropicToolChoice {
  readonly type: 'auto' | 'none' | 'any';
  readonly disable_parallel_tool_use?: boolean;
}

interface AnthropicNamedTool {
  readonly type: 'tool';
  readonly name: string;
  readonly disable_parallel_tool_use?: boolean;
}

export interface AnthropicOptions {
  readonly tool_choice?: { type: 'none' } | AnthropicToolChoice | AnthropicNamedTool;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: string[];
  readonly thinking?:
    | { type: 'disabled' }
    | { type: 'adaptive'; display: 'summarized' }
    | { type: 'enabled'; budget_tokens: number };
  readonly output_config?: {
    effort?: AnthropicEffort;
    format?: { type: 'json_schema'; schema: { [keyword: string]: unknown } };
  };
  readonly metadata?: { user_id: string };
}

type SentChoice = Pick<AnthropicOptions, 'tool_choice'>;

const toToolChoice = (choice: ToolChoice | undefined, parallel: boolean | undefined): SentChoice => {
  const one = parallel === false ? { disable_parallel_tool_use: true } : {};
  switch (choice?.type) {
    case undefined:
      return parallel === false ? { tool_choice: { type: 'auto', ...one } } : {};
    case 'none':
      return { tool_choice: { type: 'none' } };
    case 'auto':
      return { tool_choice: { type: 'auto', ...one } };
    case 'required':
      return { tool_choice: { type: 'any', ...one } };
    case 'named':
      return { tool_choice: { type: 'tool', name: choice.name, ...one } };
  }
};

/** Newer models hide what they think unless they are asked to show it. */
const toThinking = (request: ModelRequest): Pick<AnthropicOptions, 'thinking'> => {
  const plan = planThinking(request);
  switch (plan.type) {
    case 'unsaid':
      return {};
    case 'disabled':
      return { thinking: { type: 'disabled' } };
    case 'adaptive':
      return { thinking: { type: 'adaptive', display: 'summarized' } };
    case 'budget':
      return { thinking: { type: 'enabled', budget_tokens: plan.tokens } };
  }
};

const toOutputConfig = (request: ModelRequest): Pick<AnthropicOptions, 'output_config'> => {
  const plan = planThinking(request);
  const format = request.options?.format;
  const config = {
    ...(plan.type === 'adaptive' ? { effort: plan.effort } : {}),
    ...(format?.type === 'json_schema'
      ? { format: { type: 'json_schema' as const, schema: { ...format.schema } } }
      : {}),
  };
  return Object.keys(config).length === 0 ? {} : { output_config: config };
};

/** The parameters to be added to a request. */
export const toAnthropicOptions = (request: ModelRequest): AnthropicOptions => {
  const { options = {}, tools } = request;
  return {
    ...(tools.length === 0 ? {} : toToolChoice(options.toolChoice, options.parallelToolCalls)),
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(options.topP === undefined ? {} : { top_p: options.topP }),
    ...(options.topK === undefined ? {} : { top_k: options.topK }),
    ...(options.stop === undefined ? {} : { stop_sequences: [...options.stop] }),
    ...toThinking(request),
    ...toOutputConfig(request),
    ...(options.user === undefined ? {} : { metadata: { user_id: options.user } }),
  };
};
