/**
 * What a repeat of each method of the services does. Apps call them, not the outbox, so only Data takes an id of a
 * command; everything else that changes something says here why once more is harmless, or that it is not the same.
 */
import type { AnalyticsRpc } from '../../../shared/rpc/services/analytics.ts';
import type { ApiRpc } from '../../../shared/rpc/services/api.ts';
import type { AuthRpc } from '../../../shared/rpc/services/auth.ts';
import type { ConnectorRpc } from '../../../shared/rpc/services/connector.ts';
import type { DataRpc } from '../../../shared/rpc/services/data.ts';
import type { ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { UiRpc } from '../../../shared/rpc/services/ui.ts';
import type { UserRpc } from '../../../shared/rpc/services/user.ts';
import { valueOf } from './world.ts';

/** `same`: answered as before and nothing changes. `refused`: with this type. `more`: it is done once more, as it says. */
type Repeat = 'same' | { readonly refused: string } | { readonly more: string };

interface Given<Rpc> {
  readonly prepare?: (service: Rpc) => Promise<unknown>;
  /** Given each time; what `prepare` answered is at hand. */
  readonly call: (service: Rpc, prepared: unknown) => Promise<unknown>;
  /** Absent: it asks and changes nothing. */
  readonly repeat?: Repeat;
  /** Under the same id of a command, and refused for that. */
  readonly otherBody?: (service: Rpc) => Promise<unknown>;
}

export type ServiceCases<Rpc> = { readonly [Method in keyof Rpc]: Given<Rpc> };

const person = { email: 'ada@example.com', password: 'a long password' };
const redirectUri = 'https://app.example/back';

const tokenOf = async (auth: AuthRpc): Promise<string> => valueOf(await auth.signUp(person)).token;
const accountOf = async (auth: AuthRpc): Promise<string> => valueOf(await auth.signUp(person)).account.accountId;
// SAFETY: what the `prepare` of the same case answered.
const text = (prepared: unknown): string => prepared as string;

const authCases: ServiceCases<AuthRpc> = {
  signUp: { call: (auth) => auth.signUp(person), repeat: { refused: 'resource.conflict' } },
  signIn: {
    prepare: tokenOf,
    call: (auth) => auth.signIn(person),
    repeat: { more: 'each opens a session of its own' },
  },
  authenticate: { prepare: tokenOf, call: (auth, token) => auth.authenticate({ token: text(token) }) },
  rotate: {
    prepare: tokenOf,
    call: (auth, token) => auth.rotate({ token: text(token) }),
    // Whoever was given the next token holds it; the former one still signs in for half a minute.
    repeat: { refused: 'state.conflict' },
  },
  signOut: { prepare: tokenOf, call: (auth, token) => auth.signOut({ token: text(token) }), repeat: 'same' },
  changePassword: {
    prepare: tokenOf,
    call: (auth, token) =>
      auth.changePassword({ token: text(token), currentPassword: person.password, newPassword: 'another password' }),
    repeat: { refused: 'auth.invalid' },
  },
  sessions: { prepare: accountOf, call: (auth, accountId) => auth.sessions({ accountId: text(accountId) }) },
  revoke: {
    prepare: accountOf,
    call: (auth, accountId) => auth.revoke({ accountId: text(accountId) }),
    repeat: { more: 'nothing is left to revoke' },
  },
  accounts: { prepare: accountOf, call: (auth) => auth.accounts({}) },
  setDisabled: {
    prepare: accountOf,
    call: (auth, accountId) => auth.setDisabled({ accountId: text(accountId), isDisabled: true }),
    repeat: 'same',
  },
  startOidc: { call: (auth) => auth.startOidc({ provider: 'none', redirectUri }) },
  finishOidc: { call: (auth) => auth.finishOidc({ callbackUrl: `${redirectUri}?code=c&state=s`, state: 's' }) },
};

const ada = { accountId: 'acc_ada' };
const introduce = (user: UserRpc) => user.saveProfile({ ...ada, displayName: 'Ada' });

const userCases: ServiceCases<UserRpc> = {
  profile: { prepare: introduce, call: (user) => user.profile(ada) },
  saveProfile: {
    prepare: introduce,
    call: (user) => user.saveProfile({ ...ada, displayName: 'Countess', ifVersion: 1 }),
    repeat: { refused: 'state.conflict' },
  },
  removeProfile: { prepare: introduce, call: (user) => user.removeProfile(ada), repeat: 'same' },
  profiles: { prepare: introduce, call: (user) => user.profiles({}) },
  grantRole: {
    prepare: introduce,
    call: (user) => user.grantRole({ ...ada, role: 'clerk' }),
    repeat: 'same',
  },
  revokeRole: {
    prepare: introduce,
    call: (user) => user.revokeRole({ ...ada, role: 'clerk' }),
    repeat: 'same',
  },
  may: { call: (user) => user.may({ ...ada, permission: 'orders.write' }) },
  preferences: { call: (user) => user.preferences(ada) },
  setPreferences: { call: (user) => user.setPreferences({ ...ada, values: { language: 'fr' } }), repeat: 'same' },
};

const insertion = (title: string) => ({
  commandId: 'once',
  changes: [{ kind: 'insert' as const, collection: 'books', value: { title } }],
});

const dataCases: ServiceCases<DataRpc> = {
  get: { call: (data) => data.get({ collection: 'books', id: 'none' }) },
  query: { prepare: (data) => data.change(insertion('a')), call: (data) => data.query({ collection: 'books' }) },
  count: { call: (data) => data.count({ collection: 'books' }) },
  change: {
    call: (data) => data.change(insertion('a')),
    repeat: 'same',
    otherBody: (data) => data.change(insertion('b')),
  },
  changes: { prepare: (data) => data.change(insertion('a')), call: (data) => data.changes({ after: 0 }) },
  export: { prepare: (data) => data.change(insertion('a')), call: (data) => data.export({ collection: 'books' }) },
  import: {
    call: (data) => data.import({ collection: 'books', lines: '{"id":"one","value":{"title":"a"}}' }),
    repeat: { more: 'the record is replaced by itself, at the next version' },
  },
  sql: { call: (data) => data.sql({ database: 'none', statement: 'SELECT 1' }) },
};

const keyOf = async (api: ApiRpc) => valueOf(await api.issueKey({ name: 'robot' }));
// SAFETY: what `keyOf` answered.
const issued = (prepared: unknown) => prepared as Awaited<ReturnType<typeof keyOf>>;

const apiCases: ServiceCases<ApiRpc> = {
  admit: { call: (api) => api.admit({ method: 'GET', path: '/books', query: {} }) },
  // Counts are held in memory: losing them lets through more, never less.
  takeToken: { call: (api) => api.takeToken({ bucket: 'mail', perMinute: 60 }), repeat: { more: 'each takes one' } },
  issueKey: { call: (api) => api.issueKey({ name: 'robot' }), repeat: { more: 'each is another key' } },
  revokeKey: {
    prepare: keyOf,
    call: (api, key) => api.revokeKey({ keyId: issued(key).view.keyId }),
    repeat: 'same',
  },
  keys: { prepare: keyOf, call: (api) => api.keys({}) },
  verifyKey: {
    prepare: keyOf,
    call: (api, key) => api.verifyKey({ key: issued(key).key }),
    repeat: { more: 'that it was used is noted, at most once a minute' },
  },
  document: { call: (api) => api.document({ server: '' }) },
};

const uiCases: ServiceCases<UiRpc> = {
  asset: { call: (ui) => ui.asset({ path: '/none.css' }) },
  render: { call: (ui) => ui.render({ page: 'home', data: {} }) },
  theme: { call: (ui) => ui.theme({}) },
};

const period = { from: 0, to: 4_000_000_000_000 };
const days = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 8) };

const analyticsCases: ServiceCases<AnalyticsRpc> = {
  track: {
    call: (analytics) => analytics.track({ events: [{ name: 'opened', eventId: 'one' }] }),
    repeat: { more: 'it is counted no second time, and says so' },
  },
  series: { call: (analytics) => analytics.series({ ...days, name: 'opened', interval: 'day' }) },
  totals: { call: (analytics) => analytics.totals(period) },
  funnel: { call: (analytics) => analytics.funnel({ ...period, steps: ['opened', 'bought'], withinMs: 1_000 }) },
  retention: {
    call: (analytics) => analytics.retention({ ...days, first: 'opened', returning: 'opened', interval: 'day' }),
  },
  live: { call: (analytics) => analytics.live({ minutes: 5 }) },
};

const connectorCases: ServiceCases<ConnectorRpc> = {
  call: { call: (connector) => connector.call({ connector: 'none', method: 'GET', path: '/' }) },
};

/** What each service is set up with, as a declaration says it. */
export const serviceDeclaration = {
  auth: {},
  user: { roles: { clerk: ['orders.write'] }, preferences: { language: 'en' } },
  data: { collections: [{ name: 'books', schema: { type: 'object', required: ['title'] } }] },
  api: { routes: [{ operationId: 'listBooks', method: 'GET', path: '/books' }] },
  ui: { pages: [{ name: 'home', title: 'Home', template: '<p>x</p>' }] },
  analytics: {},
  connector: { connectors: [{ name: 'shipping', baseUrl: 'https://shipping.example' }] },
};

/** A case without the type of its service, for a test that goes through all of them. */
export type AnyServiceCase = Given<never>;

export const serviceCases: Readonly<Record<ServiceKind, Readonly<Record<string, AnyServiceCase>>>> = {
  auth: { ...authCases },
  user: { ...userCases },
  data: { ...dataCases },
  api: { ...apiCases },
  ui: { ...uiCases },
  analytics: { ...analyticsCases },
  connector: { ...connectorCases },
};
