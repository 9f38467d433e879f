/** The service objects alone. */
export {
  AnalyticsObject,
  ApiObject,
  AuthObject,
  ConnectorObject,
  DataObject,
  ServiceGroupObject,
  UiObject,
  UserObject,
} from '../index.ts';

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
