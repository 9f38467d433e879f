/** Objects of groups for tests, set up as a declaration would. */
import { env } from 'cloudflare:workers';
import type { Result } from '../../../shared/errors/result.ts';
import {
  analyticsConfiguration,
  authConfiguration,
  dataConfiguration,
  userConfiguration,
} from '../../../shared/schemas/services/declaration.ts';
import { apiConfiguration } from '../../../shared/schemas/services/api.ts';
import { uiConfiguration } from '../../../shared/schemas/services/ui.ts';
import type { ApiRpc } from '../../../shared/rpc/services/api.ts';
import type { UiRpc } from '../../../shared/rpc/services/ui.ts';
import type { z } from 'zod';
import type { AnalyticsRpc } from '../../../shared/rpc/services/analytics.ts';
import type { UserRpc } from '../../../shared/rpc/services/user.ts';
import type { DataRpc } from '../../../shared/rpc/services/data.ts';
import type { ServiceObjectRpc } from '../../../shared/rpc/services/service-object.ts';
import type { DataConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { AnalyticsObject } from '../analytics/object.ts';
import type { ApiObject } from '../api/object.ts';
import type { AuthObject } from '../auth/object.ts';
import type { ServiceGroupObject } from '../group/object.ts';
import type { DataObject } from '../data/object.ts';
import type { UiObject } from '../ui/object.ts';
import type { UserObject } from '../user/object.ts';

export interface TestEnvironment {
  readonly PROVIDER_ORIGIN: string;
  readonly AUTH: DurableObjectNamespace<AuthObject>;
  readonly DATA: DurableObjectNamespace<DataObject>;
  readonly USER: DurableObjectNamespace<UserObject>;
  readonly ANALYTICS: DurableObjectNamespace<AnalyticsObject>;
  readonly API: DurableObjectNamespace<ApiObject>;
  readonly UI: DurableObjectNamespace<UiObject>;
  readonly SERVICE_GROUP: DurableObjectNamespace<ServiceGroupObject>;
  readonly APP_DATABASE_D1: D1Database;
  /** Empty where no Postgres is installed. */
  readonly POSTGRES_URL: string;
}

// SAFETY: bound by the wrangler.toml and the vitest.config.ts of this room.
export const bindings = env as unknown as TestEnvironment;

/** The value of a result that must not be a refusal. */
export const valueOf = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

let groups = 0;

/** A group that no other test has. */
export const newGroup = (): string => {
  groups += 1;
  return `wsp/app/${String(groups)}/preview`;
};

/** An Auth object with a configuration, the rest being the schema's defaults. */
export const newAuth = async (configuration: z.input<typeof authConfiguration> = {}, group = newGroup()) => {
  const auth = bindings.AUTH.getByName(group);
  valueOf(await auth.configure({ ...authConfiguration.parse(configuration), allowedOrigins: [] }));
  return auth;
};

/** What the methods of a capability are, without the mapping of the runtime's types. */
export const newData = async (configuration: z.input<typeof dataConfiguration>, group = newGroup()) => {
  // SAFETY: the class implements the interface; the runtime's mapped type drops what holds `unknown`.
  const data = bindings.DATA.getByName(group) as unknown as DataRpc & ServiceObjectRpc<DataConfiguration | null>;
  valueOf(await data.configure(dataConfiguration.parse(configuration)));
  return data;
};

export const newUser = async (configuration: z.input<typeof userConfiguration>, group = newGroup()) => {
  // SAFETY: as above.
  const user = bindings.USER.getByName(group) as unknown as UserRpc & ServiceObjectRpc<object | null>;
  valueOf(await user.configure(userConfiguration.parse(configuration)));
  return user;
};

export const newAnalytics = async (configuration: z.input<typeof analyticsConfiguration> = {}, group = newGroup()) => {
  const analytics = bindings.ANALYTICS.getByName(group);
  valueOf(await analytics.configure(analyticsConfiguration.parse(configuration)));
  // SAFETY: as above.
  return analytics as unknown as AnalyticsRpc;
};

export const newApi = async (configuration: z.input<typeof apiConfiguration> = {}, group = newGroup()) => {
  // SAFETY: as above.
  const api = bindings.API.getByName(group) as unknown as ApiRpc & ServiceObjectRpc<object | null>;
  valueOf(await api.configure(apiConfiguration.parse(configuration)));
  return api;
};

export const newUi = async (configuration: z.input<typeof uiConfiguration> = {}, group = newGroup()) => {
  // SAFETY: as above.
  const ui = bindings.UI.getByName(group) as unknown as UiRpc & ServiceObjectRpc<object | null>;
  valueOf(await ui.configure(uiConfiguration.parse(configuration)));
  return ui;
};
