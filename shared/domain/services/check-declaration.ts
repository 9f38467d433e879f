/** Whether a declaration of services is one, and whether its parts name each other rightly. */
import { checkContent } from './check-content.ts';
import { err, ok, type Issue, type Result } from '../../errors/result.ts';
import type { RouteAction } from '../../schemas/services/actions.ts';
import { servicesDeclaration, type ServicesDeclaration } from '../../schemas/services/declaration.ts';

const maxIssues = 50;
/** It is kept in one row. */
const maxCharacters = 500_000;

const twice = (names: readonly string[], field: string): readonly Issue[] =>
  names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => ({ field, reason: `names "${name}" twice` }));

const minutesOf = { minute: 1, hour: 60, day: 1_440, week: 10_080 } as const;

/** As many points as Analytics gives, with one that has only begun at either end. */
const isShort = ({ days, interval }: Extract<RouteAction, { do: 'analytics.series' }>): boolean =>
  (days * minutesOf.day) / minutesOf[interval] + 2 <= 1_000;

/** Names that are used but not declared. */
const checkNames = (declaration: ServicesDeclaration): readonly Issue[] => {
  const { api, ui, data, connector, auth, user, analytics } = declaration;
  const issues: Issue[] = [];
  const collections = new Set(data?.collections.map(({ name }) => name));
  const databases = new Set(data?.databases.map(({ name }) => name));
  const connectors = new Set(connector?.connectors.map(({ name }) => name));
  const need = (holds: boolean, field: string, reason: string): void => {
    if (!holds) issues.push({ field, reason });
  };
  const needCollection = (name: string, field: string): void => {
    need(collections.has(name), field, `names the collection "${name}", which data does not declare`);
  };
  for (const [index, route] of (api?.routes ?? []).entries()) {
    const field = `api.routes[${index}]`;
    const { action } = route;
    if (action !== undefined && 'collection' in action) needCollection(action.collection, `${field}.action.collection`);
    if (action?.do === 'connector.call')
      need(connectors.has(action.connector), `${field}.action.connector`, 'names a connector that is not declared');
    if (action?.do === 'data.sql')
      need(databases.has(action.database), `${field}.action.database`, 'names a database that data does not declare');
    if (action?.do.startsWith('analytics.') === true)
      need(analytics !== undefined, `${field}.action`, 'needs analytics');
    if (action?.do === 'analytics.series')
      need(isShort(action), `${field}.action.interval`, `cuts ${action.days} days into more than 1000 points`);
    if (action?.do.startsWith('user.') === true) {
      need(user !== undefined, `${field}.action`, 'needs user');
      need(route.access === 'session', `${field}.action`, 'needs the access "session"');
    }
    if (route.event !== undefined) need(analytics !== undefined, `${field}.event`, 'needs analytics');
    if (route.permission !== undefined) need(user !== undefined, `${field}.permission`, 'needs user');
    if (route.permission !== undefined)
      need(route.access === 'session', `${field}.permission`, 'needs the access "session"');
    if (route.access === 'session' || route.access === 'any') need(auth !== undefined, `${field}.access`, 'needs auth');
    need(!/^\/(auth|openapi\.json)(\/|$)/.test(route.path), `${field}.path`, 'is taken by the platform');
  }
  for (const [index, page] of (ui?.pages ?? []).entries()) {
    const field = `ui.pages[${index}]`;
    if (page.access === 'session') need(auth !== undefined, `${field}.access`, 'needs auth');
    if (page.event !== undefined) need(analytics !== undefined, `${field}.event`, 'needs analytics');
    for (const [name, source] of Object.entries(page.data))
      needCollection(source.collection, `${field}.data.${name}.collection`);
  }
  if (ui?.defaultTheme !== undefined)
    need(ui.themes[ui.defaultTheme] !== undefined, 'ui.defaultTheme', 'names no theme');
  return [
    ...issues,
    ...twice(data?.collections.map(({ name }) => name) ?? [], 'data.collections'),
    ...twice(data?.databases.map(({ name }) => name) ?? [], 'data.databases'),
    ...twice(connector?.connectors.map(({ name }) => name) ?? [], 'connector.connectors'),
    ...twice(auth?.providers.map(({ name }) => name) ?? [], 'auth.providers'),
    ...twice(api?.routes.map(({ operationId }) => operationId) ?? [], 'api.routes'),
    ...twice(
      api?.routes.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`) ?? [],
      'api.routes',
    ),
    ...twice(ui?.pages.map(({ name }) => name) ?? [], 'ui.pages'),
    ...twice(ui?.assets.map(({ path }) => path) ?? [], 'ui.assets'),
  ];
};

/** The declaration with its defaults; `request.invalid` with every field at fault. */
export const checkDeclaration = (value: unknown): Result<ServicesDeclaration> => {
  const parsed = servicesDeclaration.safeParse(value);
  if (parsed.success && JSON.stringify(parsed.data).length > maxCharacters) {
    const reason = `must be at most ${maxCharacters} characters together`;
    return err({ type: 'request.too_large', detail: `The services: ${reason}`, issues: [{ field: '', reason }] });
  }
  const issues = parsed.success
    ? [...checkNames(parsed.data), ...checkContent(parsed.data)]
    : parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), reason: message }));
  const [first] = issues;
  if (first === undefined && parsed.success) return ok(parsed.data);
  const detail = first === undefined ? 'no declaration' : `${first.field}: ${first.reason}`;
  return err({
    type: 'request.invalid',
    detail: `The services cannot be declared so: ${detail}`,
    issues: issues.slice(0, maxIssues),
  });
};
