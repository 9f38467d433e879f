/**
 * The least that a gateway's duties cost, written by hand for this one request: it reads the request and the answer, knows
 * its caller from memory, can end the provider's work by a clock and when the client leaves, outlives such a client, sends
 * the headers of rates and writes one line of log. It has no budget, no ledger, no other model and no errors.
 */
const decoder = new TextDecoder();
const callsOf = new Map();
let lastId = 0;

const headersOf = (id) => ({
  'content-type': 'application/json',
  'x-request-id': id,
  'x-content-type-options': 'nosniff',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '1ms',
  'x-ratelimit-limit-tokens': '100000',
  'x-ratelimit-remaining-tokens': '99999',
  'x-ratelimit-reset-tokens': '1ms',
});

const log = (id, startedAt, { model, usage }) => {
  const fields = { requestId: id, model, durationMs: Date.now() - startedAt, ...usage };
  console.log(JSON.stringify({ level: 'info', message: 'model call', ...fields }));
};

/** Hands the frames on and settles with the last one. */
const settling = (settle) => new TransformStream({ flush: settle });

export default {
  fetch: async (request, { UPSTREAM }, context) => {
    const startedAt = Date.now();
    const key = request.headers.get('authorization');
    callsOf.set(key, (callsOf.get(key) ?? 0) + 1);
    lastId += 1;
    const id = `req_${lastId}`;
    const text = decoder.decode(await request.arrayBuffer());
    const { model, stream } = JSON.parse(text);
    const settled = Promise.withResolvers();
    context.waitUntil(settled.promise);
    const controller = new AbortController();
    const leave = () => controller.abort();
    const timer = setTimeout(leave, 60_000);
    request.signal.addEventListener('abort', leave);
    const settle = (usage) => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', leave);
      log(id, startedAt, { model, usage });
      settled.resolve();
    };
    const answer = await fetch(UPSTREAM + new URL(request.url).pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: key, 'idempotency-key': id },
      body: text,
      redirect: 'manual',
      signal: controller.signal,
    });
    if (stream === true) {
      const headers = { ...headersOf(id), 'content-type': 'text/event-stream' };
      return new Response(answer.body.pipeThrough(settling(() => settle({}))), { headers });
    }
    const bytes = await answer.arrayBuffer();
    settle(JSON.parse(decoder.decode(bytes)).usage);
    return new Response(bytes, { headers: headersOf(id) });
  },
};
