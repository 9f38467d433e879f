/** Answers on their way into the cache and out of it. */
import { joinBytes } from '../../../shared/domain/join-bytes.ts';
import { maxAnswerBytes, type CachedAnswer, type Publish } from './response-cache.ts';

/** Headers that belong to the answer and not to the request that got it. */
const keptHeaders = ['content-type', 'x-aidevos-without-effect', 'x-accel-buffering'];

/**
 * The same answer, whose bytes are kept when they have all been read. `isWhole` is asked at the end: a stream that ended
 * with an error, and one that was left, are not kept.
 */
export const keepingAnswer = (
  answer: Response,
  publish: Publish,
  isWhole: () => boolean,
  now: () => number,
): Response => {
  if (answer.status !== 200 || answer.body === null) {
    publish(undefined);
    return answer;
  }
  const headers = keptHeaders.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const reader = answer.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const next = await reader.read();
        if (next.value !== undefined) {
          size += next.value.byteLength;
          // A copy, because whoever gets the piece may take its memory.
          if (size <= maxAnswerBytes) parts.push(next.value.slice());
          else parts.length = 0;
          controller.enqueue(next.value);
          return;
        }
        publish(isWhole() && size <= maxAnswerBytes ? { headers, body: joinBytes(parts), storedAt: now() } : undefined);
        controller.close();
      } catch (error) {
        publish(undefined);
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      publish(undefined);
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: 200, headers: answer.headers });
};

/** An answer out of the cache; a stream comes as a stream again, all at once. */
export const keptAnswer = ({ headers, body, storedAt }: CachedAnswer, now: number): Response => {
  const answer = new Response(body, { headers: headers.map(([name, value]) => [name, value]) });
  answer.headers.set('age', String(Math.max(0, Math.floor((now - storedAt) / 1_000))));
  if (answer.headers.get('content-type')?.includes('text/event-stream') === true) {
    answer.headers.set('cache-control', 'no-cache');
  }
  return answer;
};
