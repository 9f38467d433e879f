/** Frames as the answer to a request, each sent when it is there and not before the client has room for it. */

/** Comments keep proxies from closing a quiet stream; clients skip them. */
const heartbeatMs = 15_000;
const heartbeat = new TextEncoder().encode(': still here\n\n');

/** `cancel` is called when the client leaves before the end. */
export const eventStream = (
  frames: AsyncGenerator<Uint8Array, void>,
  cancel: () => void,
  headers: Headers = new Headers(),
): Response => {
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
      const next = await frames.next().catch((error: unknown) => {
        clearInterval(timer);
        throw error;
      });
      isQuiet = false;
      if (next.done !== true) return controller.enqueue(next.value);
      clearInterval(timer);
      controller.close();
    },
    cancel: async () => {
      clearInterval(timer);
      cancel();
      await frames.return();
    },
  });
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  headers.set('cache-control', 'no-cache');
  headers.set('x-accel-buffering', 'no');
  return new Response(body, { headers });
};
