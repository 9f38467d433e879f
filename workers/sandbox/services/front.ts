/**
 * The front of a composed app: HTTP to the services of a group. Routes of Api first, then pages and files of Ui. Who is
 * signed in is found out once, by Auth.
 */
import { fill } from '../../../shared/domain/services/api/fill.ts';
import { matchPath } from '../../../shared/domain/services/api/routes.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Filter } from '../../../shared/rpc/services/data.ts';
import type { Rendered } from '../../../shared/rpc/services/ui.ts';
import type { ServicesDeclaration } from '../../../shared/schemas/services/declaration.ts';
import type { UiPage } from '../../../shared/schemas/services/ui.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { answerAuth } from './auth-routes.ts';
import { forPerson, pageHeaders, problemOf } from './problems.ts';
import { runAction } from './route-actions.ts';
import { isForeign, readBody, readVisitor, type Visitor } from './visitor.ts';

interface Visit {
  readonly environment: SandboxEnvironment;
  readonly group: string;
  readonly declaration: ServicesDeclaration;
  readonly request: Request;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly prefix: string;
  readonly visitor: Visitor;
  readonly accountId?: string;
  readonly now: number;
}

const pageOf = ({ request }: Visit, { status, contentType, body, etag }: Rendered): Response => {
  const headers = { ...pageHeaders, 'content-type': contentType, etag };
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
};

/** What was served is counted; that it cannot be counted is no reason not to serve it. */
const count = async (visit: Visit, event: string | undefined): Promise<void> => {
  if (event === undefined) return;
  const { environment, group, accountId } = visit;
  const counted = environment.ANALYTICS.getByName(group).track({
    events: [{ name: event, ...(accountId === undefined ? {} : { actor: accountId }) }],
  });
  await counted.catch(() => undefined);
};

const serveAuth = async (visit: Visit): Promise<Response> => {
  const { environment, group, request, path, visitor, prefix, now } = visit;
  const body = await readBody(request);
  if (!body.ok) return problemOf(body.error);
  const scheme = request.headers.get('x-forwarded-proto') ?? 'https';
  const base = `${scheme}://${request.headers.get('x-forwarded-host') ?? 'app'}${prefix}`;
  const auth = environment.AUTH.getByName(group);
  const answer = await answerAuth(auth, { request, path, body: body.value, visitor, prefix, base, now });
  if (!answer.ok) return problemOf(answer.error);
  const { status, cookie, location } = answer.value;
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (cookie !== undefined) headers.set('set-cookie', cookie);
  if (location !== undefined) headers.set('location', location);
  if (status === 204 || location !== undefined) return new Response(null, { status, headers });
  return Response.json(answer.value.body, { status, headers });
};

const isPageOrFile = ({ declaration: { ui }, request, path }: Visit): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  ui !== undefined &&
  (ui.assets.some((asset) => asset.path === path) ||
    ui.pages.some((page) => page.path !== undefined && matchPath(page.path, path) !== undefined));

/** Undefined when no route is declared at the address, or none that a browser asks for a page with. */
const serveRoute = async (visit: Visit): Promise<Response | undefined> => {
  const { environment, group, declaration, request, path, query, visitor, accountId, now } = visit;
  const body = await readBody(request);
  if (!body.ok) return problemOf(body.error);
  const admitted = await environment.API.getByName(group).admit({
    method: request.method,
    path,
    query,
    ...(body.value === undefined ? {} : { body: body.value }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(visitor.key === undefined ? {} : { key: visitor.key }),
    ...(visitor.client === undefined ? {} : { client: visitor.client }),
  });
  if (!admitted.ok) {
    const isLeft =
      admitted.error.type === 'resource.not_found' ||
      // A form is posted to where its page is.
      (admitted.error.type === 'request.method_not_allowed' && isPageOrFile(visit));
    return isLeft ? undefined : problemOf(admitted.error);
  }
  const route = declaration.api?.routes.find(({ operationId }) => operationId === admitted.value.operationId);
  if (route?.action === undefined)
    return problemOf({ type: 'resource.not_found', detail: 'Nothing serves this address.' });
  if (route.permission !== undefined) {
    const may = await environment.USER.getByName(group).may({
      accountId: accountId ?? '',
      permission: route.permission,
    });
    if (!may.ok) return problemOf(may.error);
    if (!may.value)
      return problemOf({ type: 'auth.forbidden', detail: `This needs the permission "${route.permission}".` });
  }
  const isOwned = (collection: string): boolean =>
    declaration.data?.collections.find(({ name }) => name === collection)?.isOwned === true;
  const answer = await runAction({ environment, group, request: admitted.value, now, isOwned }, route.action);
  if (!answer.ok) return problemOf(answer.error);
  await count(visit, route.event);
  const { status } = answer.value;
  return status === 204 ? new Response(null, { status }) : Response.json(answer.value.body, { status });
};

/** The records that a page shows, by the names of its template. */
const pageData = async (
  { environment, group, declaration, accountId, query, prefix }: Visit,
  page: UiPage,
  parameters: Readonly<Record<string, string>>,
): Promise<Result<Readonly<Record<string, unknown>>>> => {
  const session = { accountId: accountId ?? null };
  const data: Record<string, unknown> = { parameters, query, session, prefix };
  for (const [name, { collection, where, limit, orderBy }] of Object.entries(page.data)) {
    const isOwned = declaration.data?.collections.find((each) => each.name === collection)?.isOwned === true;
    if (isOwned && accountId === undefined) return err({ type: 'auth.missing', detail: 'Sign in first.' });
    const found = await environment.DATA.getByName(group).query({
      collection,
      limit,
      ...(isOwned && accountId !== undefined ? { owner: accountId } : {}),
      // SAFETY: Data itself refuses what is no filter.
      ...(where === undefined ? {} : { where: fill(where, { parameters, query, session }) as Filter }),
      ...(orderBy === undefined
        ? {}
        : { orderBy: orderBy.map(({ field, descending = false }) => ({ field, descending })) }),
    });
    if (!found.ok) return found;
    data[name] = found.value.items.map(({ value, ...rest }) => ({ ...value, ...rest }));
  }
  return ok(data);
};

const servePage = async (visit: Visit): Promise<Response> => {
  const { environment, group, declaration, request, path, accountId, prefix, query } = visit;
  const ui = environment.UI.getByName(group);
  const theme = query['theme'];
  if (declaration.ui === undefined || (request.method !== 'GET' && request.method !== 'HEAD'))
    return problemOf({ type: 'resource.not_found', detail: 'There is no such address.' });
  if (path === '/theme.css') {
    const styled = await ui.theme(theme === undefined ? {} : { name: theme });
    return styled.ok ? pageOf(visit, styled.value) : problemOf(styled.error);
  }
  for (const page of declaration.ui.pages) {
    const parameters = page.path === undefined ? undefined : matchPath(page.path, path);
    if (parameters === undefined) continue;
    if (page.access === 'session' && accountId === undefined)
      return problemOf({ type: 'auth.missing', detail: 'Sign in first.' });
    const data = await pageData(visit, page, parameters);
    if (!data.ok) return problemOf(data.error);
    const rendered = await ui.render({
      page: page.name,
      data: data.value,
      prefix,
      ...(theme === undefined ? {} : { theme }),
    });
    if (!rendered.ok) return problemOf(rendered.error);
    await count(visit, page.event);
    return pageOf(visit, rendered.value);
  }
  const asset = await ui.asset({ path });
  return asset.ok ? pageOf(visit, asset.value) : problemOf(asset.error);
};

const answer = async (
  environment: SandboxEnvironment,
  group: string,
  request: Request,
  path: string,
  member: string | null,
): Promise<Response> => {
  const mayAnswer = (service: string): boolean => member === null || member === service;
  const declared = await environment.SERVICE_GROUP.getByName(group).declaration();
  if (!declared.ok) return problemOf(declared.error);
  if (declared.value === null) return problemOf({ type: 'resource.not_found', detail: 'There is no such app.' });
  const declaration = declared.value;
  const visitor = readVisitor(request);
  if (isForeign(request, visitor))
    return problemOf({ type: 'auth.forbidden', detail: 'Another site must not change anything in your name.' });
  const signedIn =
    declaration.auth === undefined || visitor.token === undefined
      ? undefined
      : await environment.AUTH.getByName(group).authenticate({ token: visitor.token });
  const visit: Visit = {
    environment,
    group,
    declaration,
    request,
    path,
    query: Object.fromEntries(new URL(request.url).searchParams),
    prefix: request.headers.get('x-forwarded-prefix') ?? '',
    visitor,
    ...(signedIn?.ok === true ? { accountId: signedIn.value.account.accountId } : {}),
    now: Date.now(),
  };
  if (mayAnswer('auth') && declaration.auth !== undefined && path.startsWith('/auth/')) return await serveAuth(visit);
  if (mayAnswer('api') && declaration.api !== undefined) {
    if (path === '/openapi.json' && request.method === 'GET') {
      const document = await environment.API.getByName(group).document({ server: visit.prefix });
      return document.ok ? Response.json(document.value) : problemOf(document.error);
    }
    const served = await serveRoute(visit);
    if (served !== undefined) return served;
  }
  return mayAnswer('ui')
    ? await servePage(visit)
    : problemOf({ type: 'resource.not_found', detail: 'There is no such address.' });
};

/**
 * Serves one request to a group; `path` is the one within the app.
 * @param member the only service that may answer, as a composition's route says; null: whichever has the address.
 */
export const serveGroup = async (
  environment: SandboxEnvironment,
  group: string,
  request: Request,
  path: string,
  member: string | null = null,
): Promise<Response> => await forPerson(request, await answer(environment, group, request, path, member));
