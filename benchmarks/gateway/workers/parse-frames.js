/**
 * What a gateway costs that looks into everything: the request and a whole answer are parsed and written again, and so
 * is every frame of a stream.
 */
const rewriteFrame = (frame) =>
  frame.startsWith('data: {') ? `data: ${JSON.stringify(JSON.parse(frame.slice('data: '.length)))}` : frame;

const frameRewriter = () => {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let open = '';
  return new TransformStream({
    transform: (bytes, controller) => {
      const frames = (open + decoder.decode(bytes, { stream: true })).split('\n\n');
      open = frames.pop() ?? '';
      for (const frame of frames) controller.enqueue(encoder.encode(`${rewriteFrame(frame)}\n\n`));
    },
    flush: (controller) => {
      if (open !== '') controller.enqueue(encoder.encode(rewriteFrame(open)));
    },
  });
};

export default {
  fetch: async (request, { UPSTREAM }) => {
    const body = await request.json();
    const answer = await fetch(UPSTREAM + new URL(request.url).pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: request.headers.get('authorization') },
      body: JSON.stringify(body),
    });
    const headers = { 'content-type': answer.headers.get('content-type') };
    if (body.stream !== true) return new Response(JSON.stringify(await answer.json()), { headers });
    return new Response(answer.body.pipeThrough(frameRewriter()), { headers });
  },
};
