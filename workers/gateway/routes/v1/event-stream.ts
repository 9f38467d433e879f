/** Frames as the answer to a request, each sent when it is there and not before the client has room for it. */

/** `cancel` is called when the client leaves before the end. */
export const eventStream = (
  frames: AsyncGenerator<Uint8Array, void>,
  cancel: () => void,
  headers: Headers = new Headers(),
): Response => {
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await frames.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => {
      cancel();
      await frames.return();
    },
  });
  headers.set('content-type', 'text/event-stream; charset=utf-8');
  headers.set('cache-control', 'no-cache');
  headers.set('x-accel-buffering', 'no');
  return new Response(body, { headers });
};
