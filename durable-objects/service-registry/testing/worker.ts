/** The registry, with the directory and the topic it publishes to. */
export { TopicCatalogObject } from '../../topic/catalog-object.ts';
export { TopicObject } from '../../topic/object.ts';
export { ServiceRegistryObject } from '../object.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
