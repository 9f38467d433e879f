/** The toolchain's answers about code over HTTP, for measuring: a `CodeRequest` as JSON in, the reply out. */
import type { CodeRequest } from '../../../shared/rpc/code.ts';
import { code } from '../../../workers/toolchain/code/code.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'POST') return new Response('ready');
    return Response.json(await code(await request.json<CodeRequest>()));
  },
} satisfies ExportedHandler;
