/** What declared routes do: each a call of one service, with values of the request filled in. */
import { fill, fillText } from '../../../shared/domain/services/api/fill.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AdmittedRequest } from '../../../shared/rpc/services/api.ts';
import type { DataChange, Filter, SqlCell } from '../../../shared/rpc/services/data.ts';
import type { JsonObject } from '../../../shared/rpc/services/service-object.ts';
import type { RouteAction } from '../../../shared/schemas/services/actions.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { askAnalytics, askUser, isOfAnalytics, isOfUser } from './people-and-figures.ts';

export interface Answer {
  readonly status: number;
  /** To be sent as JSON; undefined for an empty answer. */
  readonly body?: unknown;
}

export interface ActionContext {
  readonly environment: SandboxEnvironment;
  readonly group: string;
  readonly request: AdmittedRequest;
  readonly now: number;
  /** Whether the records of a collection have owners. */
  readonly isOwned: (collection: string) => boolean;
}

/** What holes in the declaration may name. */
const valuesOf = ({ parameters, query, body, accountId, keyId }: AdmittedRequest) => ({
  parameters,
  query,
  body: body ?? null,
  session: { accountId: accountId ?? null },
  key: { keyId: keyId ?? null },
});

/** Records of owners belong to whoever is signed in; nobody else reaches them this way. */
const ownerOf = ({ isOwned, request }: ActionContext, collection: string): Result<{ readonly owner?: string }> => {
  if (!isOwned(collection)) return ok({});
  return request.accountId === undefined
    ? err({ type: 'auth.missing', detail: 'Sign in first.' })
    : ok({ owner: request.accountId });
};

const changeOf = (
  action: Extract<RouteAction, { do: 'data.insert' | 'data.patch' | 'data.remove' }>,
  values: unknown,
  owner: { readonly owner?: string },
): DataChange => {
  const { collection } = action;
  // SAFETY: Data itself refuses a value that is no object.
  if (action.do === 'data.insert')
    return { kind: 'insert', collection, ...owner, value: fill(action.value, values) as JsonObject };
  const id = fillText(action.id, values);
  // SAFETY: as above.
  return action.do === 'data.patch'
    ? { kind: 'patch', collection, id, ...owner, value: fill(action.value, values) as JsonObject }
    : { kind: 'remove', collection, id, ...owner };
};

const isLimit = (text: string): boolean => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 200;

const limitReason = 'must be a whole number from 1 to 200';

const notALimit: Result<never> = err({
  type: 'request.invalid',
  detail: `query.limit: ${limitReason}`,
  issues: [{ field: 'query.limit', reason: limitReason }],
});

const onData = async (
  context: ActionContext,
  action: Extract<RouteAction, { collection: string }>,
): Promise<Result<Answer>> => {
  const { environment, group, request } = context;
  const data = environment.DATA.getByName(group);
  const values = valuesOf(request);
  const owner = ownerOf(context, action.collection);
  if (!owner.ok) return owner;
  const { collection } = action;
  if (action.do === 'data.get') {
    const found = await data.get({ collection, id: fillText(action.id, values), ...owner.value });
    return found.ok ? ok({ status: 200, body: found.value }) : found;
  }
  if (action.do === 'data.query') {
    const { limit, after } = request.query;
    if (limit !== undefined && !isLimit(limit)) return notALimit;
    const page = await data.query({
      collection,
      ...owner.value,
      // SAFETY: Data itself refuses what is no filter.
      ...(action.where === undefined ? {} : { where: fill(action.where, values) as Filter }),
      ...(action.orderBy === undefined
        ? {}
        : { orderBy: action.orderBy.map(({ field, descending = false }) => ({ field, descending })) }),
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      ...(after === undefined ? {} : { after }),
    });
    return page.ok ? ok({ status: 200, body: page.value }) : page;
  }
  const changed = await data.change({ changes: [changeOf(action, values, owner.value)] });
  if (!changed.ok) return changed;
  if (action.do === 'data.remove') return ok({ status: 204 });
  return ok({ status: action.do === 'data.insert' ? 201 : 200, body: changed.value[0] });
};

/** Does what the route declares. */
export const runAction = async (context: ActionContext, action: RouteAction): Promise<Result<Answer>> => {
  const { environment, group, request, now } = context;
  if ('collection' in action) return await onData(context, action);
  if (isOfAnalytics(action)) {
    const figures = await askAnalytics(environment.ANALYTICS.getByName(group), action, now);
    return figures.ok ? ok({ status: 200, body: { items: figures.value } }) : figures;
  }
  const values = valuesOf(request);
  if (isOfUser(action)) {
    if (request.accountId === undefined) return err({ type: 'auth.missing', detail: 'Sign in first.' });
    const known = await askUser(environment.USER.getByName(group), action, request.accountId, values);
    return known.ok ? ok({ status: 200, body: known.value }) : known;
  }
  if (action.do === 'data.sql') {
    const { database, statement, parameters } = action;
    // SAFETY: Data itself refuses what is no plain value.
    const bound = parameters.map((each) => fill(each, values) as SqlCell);
    const rows = await environment.DATA.getByName(group).sql({ database, statement, parameters: bound });
    return rows.ok ? ok({ status: 200, body: rows.value }) : rows;
  }
  const called = await environment.CONNECTOR.getByName(group).call({
    connector: action.connector,
    method: action.method,
    path: fillText(action.path, values, encodeURIComponent),
    headers: action.body === undefined ? {} : { 'content-type': 'application/json' },
    ...(action.body === undefined ? {} : { body: JSON.stringify(fill(action.body, values)) }),
  });
  if (!called.ok) return called;
  return ok({ status: 200, body: { status: called.value.status, body: jsonOrText(called.value.body) } });
};

const jsonOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The service outside answered something else: that is passed on as it is.
    return text;
  }
};
