/**
 * Several requests to one model as one stream: one after another, with the sum of what they used. So a call that asks for
 * several answers is one call to whoever counts it.
 */
import type { ModelClient, ModelEvent, ModelRequest, ModelUsage } from '../../ports/model-client.ts';

const optionalSum = <Name extends 'cacheWriteTokens' | 'reasoningTokens'>(
  name: Name,
  one: ModelUsage,
  other: ModelUsage,
): { readonly [Key in Name]?: number } | object =>
  one[name] === undefined && other[name] === undefined ? {} : { [name]: (one[name] ?? 0) + (other[name] ?? 0) };

/** Both together. */
export const sumOfUsage = (one: ModelUsage, other: ModelUsage): ModelUsage => ({
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  cachedInputTokens: one.cachedInputTokens + other.cachedInputTokens,
  ...optionalSum('cacheWriteTokens', one, other),
  ...optionalSum('reasoningTokens', one, other),
});

/** Told of every event of each answer, by the answer's place, before the event goes on. */
export type HearAnswer = (place: number, event: ModelEvent) => void;

/**
 * The client that answers a request and then the `others`. Its stream finishes with the last of them, and fails with the
 * first that fails.
 */
export const inTurn = (client: ModelClient, others: readonly ModelRequest[], hear: HearAnswer): ModelClient => ({
  stream: async function* (request, signal) {
    let before: ModelUsage | undefined;
    for (const [place, asked] of [request, ...others].entries()) {
      let used: ModelUsage | undefined;
      let isFinished = false;
      for await (const event of client.stream(asked, signal)) {
        hear(place, event);
        isFinished = event.type === 'finished';
        if (event.type === 'usage') {
          used = before === undefined ? event.usage : sumOfUsage(before, event.usage);
          yield { type: 'usage', usage: used };
        } else if (!isFinished || place === others.length) yield event;
        if (isFinished || event.type === 'failed') break;
      }
      if (!isFinished) return;
      before = used ?? before;
    }
  },
});
