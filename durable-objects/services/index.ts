/** The service objects, which live in the sandbox Worker. */
export { AnalyticsObject } from './analytics/object.ts';
export { ApiObject } from './api/object.ts';
export { AuthObject } from './auth/object.ts';
export { ConnectorObject } from './connector/object.ts';
export { DataObject } from './data/object.ts';
export { ServiceGroupObject } from './group/object.ts';
export { UiObject } from './ui/object.ts';
export { UserObject } from './user/object.ts';
