/** What is read of a chat request before it goes on: its place among calls, its limits, and its text for older servers. */
import { outputLimitOf } from '../../../../shared/domain/model/output-limit.ts';
import type { ChatRouting } from '../../../../shared/schemas/openai-chat.ts';

/** A request that was routed. */
export interface RoutedRequest {
  readonly text: string;
  /** Of the text, in UTF-8. */
  readonly requestBytes: number;
  readonly body: unknown;
  readonly routed: ChatRouting;
}

/** The call without the limit of its answer; `model` is the full name of the one that is asked. */
export const planOf = (model: string, { text, requestBytes, body, routed }: RoutedRequest) => ({
  wire: 'chat' as const,
  model,
  streamed: routed.stream === true,
  requestBytes,
  body: { text, value: body },
});

/** A whole number from 1 on. */
export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** The most that the answers may have together; a provider knows at most one of the two limits, so the larger counts. */
export const maxOutputOf = (model: string, { routed }: RoutedRequest): number => {
  const limits = [routed.max_completion_tokens, routed.max_tokens].filter(isCount);
  return (limits.length === 0 ? outputLimitOf(model) : Math.max(...limits)) * (routed.n ?? 1);
};

/** Whether the client expects the chunk that tells the usage. */
export const wantsUsage = (routed: Readonly<Record<string, unknown>>): boolean => {
  const options = routed['stream_options'];
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
};

/** The request's text for a server that knows only the older name of the limit. */
export const withOlderLimit = ({ text, body }: RoutedRequest): string => {
  if (typeof body !== 'object' || body === null || !('max_completion_tokens' in body)) return text;
  const { max_completion_tokens: limit, ...rest } = body;
  return JSON.stringify({ ...rest, max_tokens: limit });
};
