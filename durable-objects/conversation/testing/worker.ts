/** A conversation alone. */
export { ConversationObject } from '../object.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
