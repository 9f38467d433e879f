/** What is asked of an answer, in the words of Anthropic's Messages API. What it cannot do is refused before. */
import type { ModelRequest, ToolChoice } from '../../ports/model-client.ts';

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
  readonly stop_sequences?: string[];
  readonly output_config?: { format: { type: 'json_schema'; schema: { [keyword: string]: unknown } } };
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

/** The parameters to be added to a request; `json_object` has no counterpart there. */
export const toAnthropicOptions = ({ options = {}, tools }: ModelRequest): AnthropicOptions => ({
  ...(tools.length === 0 ? {} : toToolChoice(options.toolChoice, options.parallelToolCalls)),
  ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
  ...(options.topP === undefined ? {} : { top_p: options.topP }),
  ...(options.stop === undefined ? {} : { stop_sequences: [...options.stop] }),
  ...(options.format?.type === 'json_schema'
    ? { output_config: { format: { type: 'json_schema' as const, schema: { ...options.format.schema } } } }
    : {}),
  ...(options.user === undefined ? {} : { metadata: { user_id: options.user } }),
});
