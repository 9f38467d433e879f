/**
 * The door of the laboratory: what stands between the command line, which speaks HTTP, and the toolchain and sandbox
 * Workers, which speak Workers RPC. One request builds a project and runs its tests, so that built code stays in here.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/health') return new Response('ok');
    if (request.method !== 'POST' || pathname !== '/runs') return new Response('Not found', { status: 404 });
    const { files, entries, ...run } = await request.json();
    const startedAt = Date.now();
    const built = await env.TOOLCHAIN.build({ files, entries, purpose: 'tests' });
    const buildMs = Date.now() - startedAt;
    if (!built.ok) return Response.json({ buildMs, diagnostics: built.error, missing: [] });
    const { imports, missing } = built.value;
    try {
      const report = await env.SANDBOX.runTests({ ...run, built: built.value, testFiles: entries });
      return Response.json({ buildMs, diagnostics: [], missing: missing ?? [], imports, report });
    } catch (error) {
      return Response.json({
        buildMs,
        diagnostics: [],
        missing: missing ?? [],
        imports,
        died: String(error?.message ?? error),
      });
    }
  },
};
