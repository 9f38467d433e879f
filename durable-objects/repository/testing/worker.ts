/**
 * Stands in for the gateway in tests: `/<repository>/<rest>` goes to that repository's object with the rest as path,
 * and `POST /<repository>/rpc/<method>` calls a method with the JSON body.
 */

import type { RepositoryRpc } from '../../../shared/rpc/repository.ts';
import { RepositoryObject } from '../object.ts';

export { RepositoryObject };

interface Environment {
  readonly REPOSITORY: DurableObjectNamespace;
}

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const url = new URL(request.url);
    const [, name = '', ...rest] = url.pathname.split('/');
    const stub = env.REPOSITORY.getByName(name);
    if (rest[0] !== 'rpc') return stub.fetch(new Request(new URL(`/${rest.join('/')}${url.search}`, url), request));
    // SAFETY: the object implements this interface, and nothing but the tests speaks to this Worker.
    const methods = stub as unknown as Record<string, (body: unknown) => Promise<unknown>>;
    const method = rest[1] as keyof RepositoryRpc;
    return Response.json((await methods[method]?.(await request.json())) ?? null);
  },
} satisfies ExportedHandler<Environment>;
