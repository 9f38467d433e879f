/**
 * The door of the laboratory: what stands between the command line, which speaks HTTP, and the toolchain and sandbox
 * Workers, which speak Workers RPC. One request builds a project and runs its tests, so that built code stays in here.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/health') return new Response('ok');
    if (request.method !== 'POST' || pathname !== '/runs') return new Response('Not found', { status: 404 });
    const { files, entries, covered, format, aliases, ...run } = await request.json();
    const startedAt = Date.now();
    const project = { files, entries, purpose: 'tests', leavesBroken: true, aliases };
    const answer =
      covered === undefined
        ? await env.TOOLCHAIN.build({ ...project, ...(format === undefined ? {} : { format }) })
        : await env.TOOLCHAIN.cover({ ...project, sources: covered });
    const buildMs = Date.now() - startedAt;
    if (!answer.ok) return Response.json({ buildMs, diagnostics: answer.error, missing: [] });
    const { built = answer.value, counters, maps } = covered === undefined ? {} : answer.value;
    const { imports, missing, broken = {} } = built;
    const testFiles = entries.filter((entry) => broken[entry] === undefined);
    const measure =
      maps === undefined ? {} : { measure: { counters, activeMutant: 0, perTest: false, stopAtFailure: false } };
    try {
      const report = await env.SANDBOX.runTests({ ...run, ...measure, built, testFiles });
      return Response.json({ buildMs, diagnostics: [], missing: missing ?? [], broken, imports, report, maps });
    } catch (error) {
      return Response.json({
        buildMs,
        diagnostics: [],
        missing: missing ?? [],
        broken,
        imports,
        died: String(error?.message ?? error),
      });
    }
  },
};
