/** The least that a gateway can do: one line that hands the request on and the answer back. */
export default {
  fetch: (request, { UPSTREAM }) => fetch(new Request(UPSTREAM + new URL(request.url).pathname, request)),
};
