/** The service objects alone. */
export { AuthObject } from '../auth/object.ts';
export { DataObject } from '../data/object.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
