/**
 * Capabilities: what the code of an app holds of a service. Each is an entrypoint of this Worker whose properties name
 * the group and are set by the host alone, so an app reaches its own group and no other. It offers exactly the methods
 * of the service's interface, not those that are the platform's.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { err } from '../../../shared/errors/result.ts';
import type { AnalyticsRpc } from '../../../shared/rpc/services/analytics.ts';
import type { ApiRpc } from '../../../shared/rpc/services/api.ts';
import type { AuthRpc } from '../../../shared/rpc/services/auth.ts';
import type { ConnectorRpc } from '../../../shared/rpc/services/connector.ts';
import type { DataRpc } from '../../../shared/rpc/services/data.ts';
import type { ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { UiRpc } from '../../../shared/rpc/services/ui.ts';
import type { UserRpc } from '../../../shared/rpc/services/user.ts';
import type { SandboxEnvironment } from '../environment.ts';

interface CapabilityProps {
  readonly group: string;
}

type Method = (parameter: unknown) => Promise<unknown>;
type CapabilityClass = new (
  ctx: ExecutionContext<CapabilityProps>,
  env: SandboxEnvironment,
) => WorkerEntrypoint<SandboxEnvironment, CapabilityProps>;

/** The methods that apps may call, complete by the type: one that is added to an interface has to be named here. */
const methods = {
  auth: {
    signUp: true,
    signIn: true,
    authenticate: true,
    rotate: true,
    signOut: true,
    changePassword: true,
    sessions: true,
    revoke: true,
    accounts: true,
    setDisabled: true,
    startOidc: true,
    finishOidc: true,
  } satisfies Record<keyof AuthRpc, true>,
  user: {
    profile: true,
    saveProfile: true,
    removeProfile: true,
    profiles: true,
    grantRole: true,
    revokeRole: true,
    may: true,
    preferences: true,
    setPreferences: true,
  } satisfies Record<keyof UserRpc, true>,
  data: {
    get: true,
    query: true,
    count: true,
    change: true,
    changes: true,
    export: true,
    import: true,
    sql: true,
  } satisfies Record<keyof DataRpc, true>,
  api: {
    admit: true,
    takeToken: true,
    issueKey: true,
    revokeKey: true,
    keys: true,
    verifyKey: true,
    document: true,
  } satisfies Record<keyof ApiRpc, true>,
  ui: { asset: true, render: true, theme: true } satisfies Record<keyof UiRpc, true>,
  analytics: {
    track: true,
    series: true,
    totals: true,
    funnel: true,
    retention: true,
    live: true,
  } satisfies Record<keyof AnalyticsRpc, true>,
  connector: { call: true } satisfies Record<keyof ConnectorRpc, true>,
} as const satisfies Record<ServiceKind, Readonly<Record<string, true>>>;

/** The name under which an app finds a service in its environment, and this Worker its objects: `AUTH`. */
export const bindingOf = <Kind extends ServiceKind>(kind: Kind): Uppercase<Kind> =>
  // SAFETY: the type says what the function does.
  kind.toUpperCase() as Uppercase<Kind>;

const notAnObject = err({ type: 'request.invalid', detail: 'The method takes one object of named values.' } as const);

const capability = (kind: ServiceKind): CapabilityClass => {
  const Capability = class extends WorkerEntrypoint<SandboxEnvironment, CapabilityProps> {};
  for (const name of Object.keys(methods[kind])) {
    const call = async function call(this: InstanceType<typeof Capability>, parameter: unknown) {
      if (typeof parameter !== 'object' || parameter === null) return notAnObject;
      // SAFETY: `env` and `ctx` are the entrypoint's own, which only its subclasses see by the types.
      const self = this as unknown as { readonly env: SandboxEnvironment; readonly ctx: { props: CapabilityProps } };
      // SAFETY: the interface of the object has the method, as the table above says by its type.
      const object = self.env[bindingOf(kind)].getByName(self.ctx.props.group) as unknown as Record<string, Method>;
      return await object[name]?.(parameter);
    };
    Object.defineProperty(Capability.prototype, name, { value: call });
  }
  return Capability;
};

export const AuthCapability = capability('auth');
export const UserCapability = capability('user');
export const DataCapability = capability('data');
export const ApiCapability = capability('api');
export const UiCapability = capability('ui');
export const AnalyticsCapability = capability('analytics');
export const ConnectorCapability = capability('connector');
