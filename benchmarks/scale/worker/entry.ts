/** `POST /<measurement>` with a job as JSON: one measurement each, answered as JSON. */
import { serveAgents, type AgentBindings } from './agents.ts';

export { AgentObject } from '../../../durable-objects/index.ts';

export default {
  async fetch(request: Request, env: AgentBindings): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/health') return new Response('ok');
    try {
      return (await serveAgents(pathname, request, env)) ?? new Response(null, { status: 404 });
    } catch (error) {
      return new Response(error instanceof Error ? (error.stack ?? error.message) : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<AgentBindings>;
