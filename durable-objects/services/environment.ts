/** What the service objects are bound to: their own namespaces, and what the operator gives; nothing of it reaches an app. */
import { isGranted } from '../../shared/domain/services/operator-grants.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import type { AnalyticsRpc } from '../../shared/rpc/services/analytics.ts';
import type { ApiRpc } from '../../shared/rpc/services/api.ts';
import type { AuthRpc } from '../../shared/rpc/services/auth.ts';
import type { ConnectorRpc } from '../../shared/rpc/services/connector.ts';
import type { DataRpc } from '../../shared/rpc/services/data.ts';
import type { ServiceObjectRpc } from '../../shared/rpc/services/service-object.ts';
import type { UiRpc } from '../../shared/rpc/services/ui.ts';
import type { UserRpc } from '../../shared/rpc/services/user.ts';

/** What the person who answers for a group lets it reach: public origins over https. */
export interface Grants {
  readonly allowedOrigins: readonly string[];
}

/** One object of each kind for every group, by the group's name. */
export interface ServiceNamespace<Rpc> {
  getByName(group: string): Rpc & ServiceObjectRpc<object | null> & ManagedObjectRpc;
}

export interface ServiceNamespaces {
  readonly AUTH: ServiceNamespace<AuthRpc>;
  readonly USER: ServiceNamespace<UserRpc>;
  readonly DATA: ServiceNamespace<DataRpc>;
  readonly API: ServiceNamespace<ApiRpc>;
  readonly UI: ServiceNamespace<UiRpc>;
  readonly ANALYTICS: ServiceNamespace<AnalyticsRpc>;
  readonly CONNECTOR: ServiceNamespace<ConnectorRpc>;
}

export interface OperatorVariables {
  /** Origins that connectors and providers of every group may be at, separated by spaces or commas; private ones too. */
  readonly APP_EGRESS_ORIGINS?: string;
  /** Which groups may use which secret or database: see `operator-grants.ts`. */
  readonly APP_GRANTS?: string;
}

/** A secret that the operator set for apps and lets this group send to this origin; undefined otherwise. */
export const operatorSecret = (
  environment: OperatorVariables,
  wanted: { readonly name: string; readonly group: string; readonly origin: string },
): string | undefined => {
  if (!wanted.name.startsWith('APP_SECRET_') || !isGranted(environment.APP_GRANTS, wanted)) return undefined;
  const value: unknown = Reflect.get(environment, wanted.name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
