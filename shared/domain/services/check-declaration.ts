/** Whether a declaration of services is one, and whether its parts name each other rightly. */
import { checkContent } from './check-content.ts';
import { err, ok, type Issue, type Result } from '../../errors/result.ts';
import type { RouteAction } from '../../schemas/services/actions.ts';
import type { ApiRoute } from '../../schemas/services/api.ts';
import type { UiPage } from '../../schemas/services/ui.ts';
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

type Need = (holds: boolean, field: string, reason: string) => void;

const isNamed = (list: readonly { readonly name: string }[] | undefined, name: string): boolean =>
  list?.some((each) => each.name === name) === true;

/** What the action of a route asks for. */
const checkAction = (route: ApiRoute, field: string, declaration: ServicesDeclaration, need: Need): void => {
  const { action } = route;
  if (action === undefined) return;
  const { data, connector, user, analytics } = declaration;
  if ('collection' in action)
    need(isNamed(data?.collections, action.collection), `${field}.collection`, noCollection(action.collection));
  if (action.do === 'data.sql')
    need(isNamed(data?.databases, action.database), `${field}.database`, 'names a database that data does not declare');
  if (action.do === 'connector.call')
    need(
      isNamed(connector?.connectors, action.connector),
      `${field}.connector`,
      'names a connector that is not declared',
    );
  if (action.do.startsWith('analytics.')) need(analytics !== undefined, field, 'needs analytics');
  if (action.do === 'analytics.series')
    need(isShort(action), `${field}.interval`, `cuts ${action.days} days into more than 1000 points`);
  if (!action.do.startsWith('user.')) return;
  need(user !== undefined, field, 'needs user');
  need(route.access === 'session', field, 'needs the access "session"');
};

const noCollection = (name: string): string => `names the collection "${name}", which data does not declare`;

const checkRoute = (
  route: ApiRoute,
  field: string,
  { auth, user, analytics }: ServicesDeclaration,
  need: Need,
): void => {
  if (route.event !== undefined) need(analytics !== undefined, `${field}.event`, 'needs analytics');
  if (route.permission !== undefined) need(user !== undefined, `${field}.permission`, 'needs user');
  if (route.permission !== undefined)
    need(route.access === 'session', `${field}.permission`, 'needs the access "session"');
  if (route.access === 'session' || route.access === 'any') need(auth !== undefined, `${field}.access`, 'needs auth');
  need(!/^\/(auth|openapi\.json)(\/|$)/.test(route.path), `${field}.path`, 'is taken by the platform');
};

const checkPage = (page: UiPage, field: string, { auth, analytics, data }: ServicesDeclaration, need: Need): void => {
  if (page.access === 'session') need(auth !== undefined, `${field}.access`, 'needs auth');
  if (page.event !== undefined) need(analytics !== undefined, `${field}.event`, 'needs analytics');
  for (const [name, { collection }] of Object.entries(page.data)) {
    need(isNamed(data?.collections, collection), `${field}.data.${name}.collection`, noCollection(collection));
  }
};

/** Names that are used but not declared. */
const checkNames = (declaration: ServicesDeclaration): readonly Issue[] => {
  const { api, ui, data, connector, auth } = declaration;
  const issues: Issue[] = [];
  const need: Need = (holds, field, reason) => {
    if (!holds) issues.push({ field, reason });
  };
  for (const [index, route] of (api?.routes ?? []).entries()) {
    checkAction(route, `api.routes[${index}].action`, declaration, need);
    checkRoute(route, `api.routes[${index}]`, declaration, need);
  }
  for (const [index, page] of (ui?.pages ?? []).entries()) checkPage(page, `ui.pages[${index}]`, declaration, need);
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
