/** The registry alone, with the directory it publishes to. */
export { ServiceRegistryObject } from '../object.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
