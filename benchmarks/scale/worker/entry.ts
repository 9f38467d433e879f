/** `POST /<measurement>` with a job as JSON: one measurement each, answered as JSON. */
import { serveAgents, type AgentBindings } from './agents.ts';
import { serveServices, type ServiceBindings } from './services.ts';
import { serveTopics, type TopicBindings } from './topics.ts';

export { BareRows } from '../../bus/worker/bare-rows.ts';
export { AgentObject, ServiceRegistryObject, TopicCatalogObject, TopicObject } from '../../../durable-objects/index.ts';

type Bindings = AgentBindings & ServiceBindings & TopicBindings;

const serve = async (pathname: string, request: Request, env: Bindings): Promise<Response | undefined> => {
  const [, part] = pathname.split('/');
  if (part === 'agents') return await serveAgents(pathname, request, env);
  if (part === 'topics') return await serveTopics(pathname, request, env);
  return part === 'services' ? await serveServices(pathname, request, env) : undefined;
};

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/health') return new Response('ok');
    try {
      return (await serve(pathname, request, env)) ?? new Response(null, { status: 404 });
    } catch (error) {
      return new Response(error instanceof Error ? (error.stack ?? error.message) : String(error), { status: 500 });
    }
  },
} satisfies ExportedHandler<Bindings>;
