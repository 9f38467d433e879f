/**
 * What a workspace's owner may call of the services of its own apps and compositions, by hand: what a composed app has no
 * code for, such as giving the first person a role, making a key, reading a funnel or asking a database. Left out is whatever
 * speaks for a person (signing in, sessions' tokens) or for one request (`admit`, `takeToken`).
 */
import type { AnalyticsRpc } from './analytics.ts';
import type { ApiRpc } from './api.ts';
import type { AuthRpc } from './auth.ts';
import type { ConnectorRpc } from './connector.ts';
import type { DataRpc } from './data.ts';
import type { ServiceKind } from './service-object.ts';
import type { UiRpc } from './ui.ts';
import type { UserRpc } from './user.ts';

export const operatorMethods = {
  auth: ['accounts', 'sessions', 'revoke', 'setDisabled'] satisfies readonly (keyof AuthRpc)[],
  user: [
    'profile',
    'saveProfile',
    'removeProfile',
    'profiles',
    'grantRole',
    'revokeRole',
    'may',
    'preferences',
    'setPreferences',
  ] satisfies readonly (keyof UserRpc)[],
  data: ['get', 'query', 'count', 'change', 'changes', 'export', 'import', 'sql'] satisfies readonly (keyof DataRpc)[],
  api: ['issueKey', 'revokeKey', 'keys', 'document'] satisfies readonly (keyof ApiRpc)[],
  ui: ['asset', 'render', 'theme'] satisfies readonly (keyof UiRpc)[],
  analytics: ['track', 'series', 'totals', 'funnel', 'retention', 'live'] satisfies readonly (keyof AnalyticsRpc)[],
  connector: ['call'] satisfies readonly (keyof ConnectorRpc)[],
} as const satisfies Record<ServiceKind, readonly string[]>;
