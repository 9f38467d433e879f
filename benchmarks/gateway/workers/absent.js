/** Stands for the Workers that a chat request never reaches. */
import { WorkerEntrypoint } from 'cloudflare:workers';

export class Sandbox extends WorkerEntrypoint {}
export class Toolchain extends WorkerEntrypoint {}

export default { fetch: () => new Response('not part of the bench', { status: 503 }) };
