/** Frames as the answer to a request, each sent when it is there and not before the client has room for it. */
import { dressedAnswer, type AnswerHeaders } from '../../answer-headers.ts';
import type { AppContext } from '../../app-environment.ts';

/** Where the frames come from. */
export interface FrameSource {
  /** The next frames, or undefined after the last ones. Not asked again before it has answered. */
  readonly next: () => Promise<Uint8Array | undefined>;
  /** The client has left before the end. */
  readonly leave: () => void | Promise<void>;
}

/** The frames of a generator; `cancel` ends what it waits for. */
export const generatedFrames = (frames: AsyncGenerator<Uint8Array, void>, cancel: () => void): FrameSource => ({
  next: async () => {
    const { value } = await frames.next();
    return value ?? undefined;
  },
  leave: async () => {
    cancel();
    await frames.return();
  },
});

/** Comments keep proxies from closing a quiet stream; clients skip them. */
const heartbeatMs = 15_000;
const heartbeat = new TextEncoder().encode(': still here\n\n');

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/** Frames as an answer. */
export const streamed = (
  context: AppContext,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>,
  headers: AnswerHeaders,
): Response => dressedAnswer(context, body, { ...headers, ...streamHeaders });

/** The answer that streams these frames. */
export const eventStream = (context: AppContext, source: FrameSource, headers: AnswerHeaders = {}): Response => {
  let timer: ReturnType<typeof setInterval> | undefined;
  let isQuiet = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      timer = setInterval(() => {
        if (isQuiet && (controller.desiredSize ?? 0) > 0) controller.enqueue(heartbeat);
        isQuiet = true;
      }, heartbeatMs / 2);
    },
    pull: async (controller) => {
      let frames: Uint8Array | undefined;
      try {
        frames = await source.next();
      } catch (error) {
        clearInterval(timer);
        throw error;
      }
      isQuiet = false;
      if (frames !== undefined) return controller.enqueue(frames);
      clearInterval(timer);
      controller.close();
    },
    cancel: async () => {
      clearInterval(timer);
      await source.leave();
    },
  });
  return streamed(context, body, headers);
};
