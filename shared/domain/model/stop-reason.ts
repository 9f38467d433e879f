import type { StopReason } from '../../ports/model-client.ts';

const reasons: Readonly<Record<string, StopReason>> = {
  // Anthropic
  end_turn: 'end',
  stop_sequence: 'end',
  pause_turn: 'end',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'refusal',
  // OpenAI
  stop: 'end',
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'refusal',
};

/**
 * A provider's stop reason as ours. Some compatible servers say `stop` after tool calls, or `tool_calls` with none:
 * what really arrived decides between the two.
 */
export const toStopReason = (providerReason: string, toolCalls: number): StopReason => {
  const reason = Object.hasOwn(reasons, providerReason) ? (reasons[providerReason] ?? 'end') : 'end';
  if (reason === 'end' && toolCalls > 0) return 'tool_calls';
  if (reason === 'tool_calls' && toolCalls === 0) return 'end';
  return reason;
};
