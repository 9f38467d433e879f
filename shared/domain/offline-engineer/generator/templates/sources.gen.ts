/** Made from the files in `source/` by `vitest run -u` on `sources.test.ts`. Edit those. */
export const sources = {
  'src/access/gate.ts': `/**
 * Stands before the application: who is not signed in gets no further than the front page, the description of the
 * interface, the health and the page to sign in. It knows nothing of the records; the application knows nothing of it.
 */
import { readForm, readJson } from '../http/body.ts';
import { Problem, problemResponse } from '../http/problem.ts';
import { json, noContent, seeOther } from '../http/respond.ts';
import { readPrefix } from '../http/router.ts';
import { html } from '../page-kit/html.ts';
import { page, renderProblem } from '../page-kit/layout.ts';
import type { Clock } from '../clock.ts';
import type { Account, AuthService, Grant, ServiceResult } from './services.ts';
import { isForeign, presentedToken, sessionCookie } from './session.ts';

type Answer = (request: Request) => Promise<Response>;

export interface GateParts {
  readonly auth: AuthService;
  readonly clock: Clock;
  /** The application for one person; without one, what everybody may see. */
  readonly answerFor: (account: Account | undefined) => Answer;
}

const openPaths = new Set(['/', '/health', '/openapi.json']);

const isOpen = (path: string): boolean => openPaths.has(path) || path.startsWith('/assets/');

const statuses: Readonly<Record<string, number>> = {
  'request.invalid': 422,
  'auth.invalid': 401,
  'auth.forbidden': 403,
  'resource.conflict': 409,
  'rate.limited': 429,
};

const toProblem = ({ error }: Extract<ServiceResult<unknown>, { ok: false }>): Problem => {
  const errors = (error.issues ?? []).map(({ field, reason }) => ({ field, message: reason }));
  return new Problem(statuses[error.type] ?? 503, error.detail, errors);
};

const valueOf = <Value>(result: ServiceResult<Value>): Value => {
  if (!result.ok) throw toProblem(result);
  return result.value;
};

const isForm = (request: Request): boolean =>
  (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded');

const wantsPage = (request: Request): boolean => (request.headers.get('accept') ?? '').includes('text/html');

/** A field that is text; anything else is as good as nothing, and refused as such. */
const textOf = (fields: unknown, name: string): string => {
  if (fields instanceof URLSearchParams) return fields.get(name) ?? '';
  const value: unknown = typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined;
  return typeof value === 'string' ? value : '';
};

const signInPage = (prefix: string, problem?: Problem): Response =>
  page(
    prefix,
    'Sign in',
    html\`\${renderProblem(problem)}
      <form method="post" action="auth/sign-in">
        <p>
          <label>E-mail <input type="email" name="email" autocomplete="username" required /></label>
        </p>
        <p>
          <label>Password <input type="password" name="password" autocomplete="current-password" required /></label>
        </p>
        <button type="submit">Sign in</button>
        <button type="submit" formaction="auth/sign-up">Sign up</button>
      </form>\`,
    problem?.status ?? 200,
  );

const granted = ({ clock }: GateParts, request: Request, grant: Grant, status: number): Response => {
  const prefix = readPrefix(request);
  const seconds = Math.floor((grant.session.expiresAt - clock.now()) / 1_000);
  const { token, account } = grant;
  const response = isForm(request) ? seeOther(\`\${prefix}/\`) : json({ token, account }, status);
  response.headers.set('set-cookie', sessionCookie(request, prefix, token, seconds));
  response.headers.set('cache-control', 'no-store');
  return response;
};

const enter = async (parts: GateParts, request: Request, isNew: boolean): Promise<Response> => {
  const fields: unknown = isForm(request) ? await readForm(request) : await readJson(request);
  const client = request.headers.get('cf-connecting-ip');
  const credentials = {
    email: textOf(fields, 'email'),
    password: textOf(fields, 'password'),
    ...(client === null ? {} : { client }),
  };
  const result = await (isNew ? parts.auth.signUp(credentials) : parts.auth.signIn(credentials));
  if (!result.ok && isForm(request)) return signInPage(readPrefix(request), toProblem(result));
  return granted(parts, request, valueOf(result), isNew ? 201 : 200);
};

const leave = async ({ auth }: GateParts, request: Request): Promise<Response> => {
  valueOf(await auth.signOut({ token: presentedToken(request)?.token ?? '' }));
  const prefix = readPrefix(request);
  const response = isForm(request) ? seeOther(\`\${prefix}/sign-in\`) : noContent();
  response.headers.set('set-cookie', sessionCookie(request, prefix, '', 0));
  return response;
};

const findAccount = async ({ auth }: GateParts, request: Request): Promise<Account | undefined> => {
  const presented = presentedToken(request);
  if (presented === undefined) return undefined;
  if (presented.byCookie && isForeign(request)) throw new Problem(403, 'Another site must not act in your name.');
  const result = await auth.authenticate({ token: presented.token });
  if (result.ok) return result.value.account;
  if (result.error.type === 'auth.invalid') return undefined;
  throw toProblem(result);
};

const pass = async (parts: GateParts, request: Request, path: string): Promise<Response> => {
  const action = \`\${request.method} \${path}\`;
  if (action === 'POST /auth/sign-up') return enter(parts, request, true);
  if (action === 'POST /auth/sign-in') return enter(parts, request, false);
  if (action === 'POST /auth/sign-out') return leave(parts, request);
  if (action === 'GET /sign-in') return signInPage(readPrefix(request));
  const account = await findAccount(parts, request);
  if (action === 'GET /auth/me' && account !== undefined) return json({ account });
  if (account !== undefined || isOpen(path)) return parts.answerFor(account)(request);
  if (request.method === 'GET' && wantsPage(request)) return seeOther(\`\${readPrefix(request)}/sign-in\`);
  throw new Problem(401, 'Sign in first: POST your email and password to /auth/sign-in.', [], {
    'www-authenticate': 'Bearer',
  });
};

/** The application behind its gate. */
export const createGate =
  (parts: GateParts): Answer =>
  async (request) => {
    try {
      return await pass(parts, request, new URL(request.url).pathname);
    } catch (error) {
      if (error instanceof Problem) return problemResponse(error);
      console.error(error);
      return problemResponse(new Problem(500, 'Something went wrong here. The request was not carried out.'));
    }
  };
`,
  'src/access/services.ts': `/** The services that this application is given by the platform it runs on, as far as it uses them. */

export type ServiceResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly error: {
        readonly type: string;
        readonly detail: string;
        readonly issues?: readonly { readonly field: string; readonly reason: string }[];
      };
    };

export interface Account {
  readonly accountId: string;
  readonly email: string;
}

export interface Grant {
  readonly token: string;
  readonly account: Account;
  readonly session: { readonly expiresAt: number };
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly client?: string;
}

/** Accounts and sessions. */
export interface AuthService {
  signUp(credentials: Credentials): Promise<ServiceResult<Grant>>;
  signIn(credentials: Credentials): Promise<ServiceResult<Grant>>;
  authenticate(query: { readonly token: string }): Promise<ServiceResult<{ readonly account: Account }>>;
  signOut(command: { readonly token: string }): Promise<ServiceResult<null>>;
}

/** Counts of what happens. */
export interface AnalyticsService {
  track(command: {
    readonly events: readonly { readonly name: string; readonly actor?: string }[];
  }): Promise<ServiceResult<unknown>>;
  totals(query: {
    readonly from: number;
    readonly to: number;
  }): Promise<ServiceResult<readonly { readonly name: string; readonly count: number }[]>>;
}
`,
  'src/access/session.ts': `/** How a session travels: in a cookie for browsers, as a bearer token for programs. */

const cookieName = 'session';

export interface Presented {
  readonly token: string;
  /** The browser sent it by itself, perhaps because another site made it. */
  readonly byCookie: boolean;
}

/** The token that a request brings, or undefined. */
export const presentedToken = ({ headers }: Request): Presented | undefined => {
  const bearer = /^bearer (\\S+)$/iu.exec(headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, byCookie: false };
  const cookies = (headers.get('cookie') ?? '').split(';').map((each) => each.trim());
  const token = cookies.find((each) => each.startsWith(\`\${cookieName}=\`))?.slice(cookieName.length + 1);
  return token === undefined || token === '' ? undefined : { token, byCookie: true };
};

const hostOf = (address: string): string | undefined => {
  try {
    return new URL(address).host;
  } catch {
    // \`null\`, which browsers send for pages without an address: nobody's host.
    return undefined;
  }
};

/** Whether another site may be behind a request that would change something in the name of whoever is signed in. */
export const isForeign = (request: Request): boolean => {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = request.headers.get('origin');
  const host = request.headers.get('x-forwarded-host') ?? new URL(request.url).host;
  return origin !== null && hostOf(origin) !== host;
};

/** The header that keeps a session in a browser, out of reach of scripts; with 0 seconds it ends it. */
export const sessionCookie = (request: Request, prefix: string, token: string, seconds: number): string => {
  const secure = request.headers.get('x-forwarded-proto') === 'http' ? '' : '; Secure';
  const path = prefix === '' ? '/' : prefix;
  return \`\${cookieName}=\${token}; Path=\${path}; Max-Age=\${seconds}; HttpOnly; SameSite=Lax\${secure}\`;
};
`,
  'src/access/usage.ts': `/** Counts what is asked of the application, and tells it at \`GET /usage\`. */
import { json } from '../http/respond.ts';
import type { Clock } from '../clock.ts';
import type { AnalyticsService } from './services.ts';

type Answer = (request: Request) => Promise<Response>;

const daysTold = 30;
const dayMs = 24 * 60 * 60_000;

/** \`get.books\` for \`GET /books/7\`: what was asked for, not which one. */
const nameOf = ({ method, url }: Request): string => {
  const [, first = ''] = new URL(url).pathname.toLowerCase().split('/');
  const word = first.replaceAll(/[^a-z0-9_]/gu, '_').slice(0, 40);
  return \`\${method.toLowerCase()}.\${word === '' ? 'front' : word}\`;
};

/** What cannot be counted is answered all the same. */
const count = async (analytics: AnalyticsService, request: Request, actor: string | undefined): Promise<void> => {
  try {
    await analytics.track({ events: [{ name: nameOf(request), ...(actor === undefined ? {} : { actor }) }] });
  } catch (error) {
    console.error(error);
  }
};

/** The application with its requests counted; refused ones are not. */
export const countUsage =
  (analytics: AnalyticsService, clock: Clock, actor: string | undefined, answer: Answer): Answer =>
  async (request) => {
    if (request.method === 'GET' && new URL(request.url).pathname === '/usage') {
      const now = clock.now();
      const totals = await analytics.totals({ from: now - daysTold * dayMs, to: now + 1 });
      if (!totals.ok) throw new Error(totals.error.detail);
      return json({ days: daysTold, items: totals.value });
    }
    const response = await answer(request);
    if (response.status < 400) await count(analytics, request, actor);
    return response;
  };
`,
  'src/clock.ts': `/** The time, handed in, so that tests can stop it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One point in time, as records keep it. */
export interface Moment {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** The day of \`now\`, such as \`2030-01-31\`. */
  readonly today: string;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** What the clock says at this moment. */
export const readMoment = (clock: Clock): Moment => {
  const now = new Date(clock.now()).toISOString();
  return { now, today: now.slice(0, 'YYYY-MM-DD'.length) };
};
`,
  'src/compare.ts': `/** Comparisons with values that may be missing. What is missing is neither less nor more than anything. */

/** Whether both are there and the left one is less, or earlier. */
export const isLess = <Value extends number | string>(left: Value | null, right: Value | null): boolean =>
  left !== null && right !== null && left < right;

/** Whether both are there and the left one is not more, or later. */
export const isAtMost = <Value extends number | string>(left: Value | null, right: Value | null): boolean =>
  left !== null && right !== null && left <= right;

/** What follows from a value, or nothing when the value is missing. */
export const whenPresent = <Value, Result>(value: Value | null, follow: (value: Value) => Result): Result | null =>
  value === null ? null : follow(value);
`,
  'src/database.ts': `/**
 * The database as the application sees it: SQL text with bound parameters, answered at once.
 * \`worker.ts\` puts the storage of a Durable Object behind it, the tests an in-memory SQLite.
 */

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Database {
  /** All rows of a query. */
  readonly all: (sql: string, ...parameters: readonly SqlValue[]) => readonly Row[];
  /** The first row of a query, if it has any. */
  readonly get: (sql: string, ...parameters: readonly SqlValue[]) => Row | undefined;
  /** Runs a statement whose rows do not matter. */
  readonly run: (sql: string, ...parameters: readonly SqlValue[]) => void;
  /** Told of each record that a store has just written or removed, where somebody wants to know. */
  readonly changed?: (table: string, id: string, owner: string | null) => void;
}

/** The part of \`ctx.storage.sql\` that is used here. */
export interface SqlStorageLike {
  exec(sql: string, ...parameters: SqlValue[]): { toArray(): Row[] };
}

/** The SQL storage of a Durable Object as a \`Database\`. */
export const createStorageDatabase = (storage: SqlStorageLike): Database => ({
  all: (sql, ...parameters) => storage.exec(sql, ...parameters).toArray(),
  get: (sql, ...parameters) => storage.exec(sql, ...parameters).toArray()[0],
  run: (sql, ...parameters) => {
    storage.exec(sql, ...parameters).toArray();
  },
});

/** A name as SQL takes it literally. */
export const quoteName = (name: string): string => \`"\${name.replaceAll('"', '""')}"\`;
`,
  'src/figures.ts': `/** Sums and averages as the rules of the specification use them. */

/** Without the dust of binary fractions: 0.1 + 0.2 is 0.3. */
export const exact = (value: number): number => Math.round(value * 1_000_000) / 1_000_000;

export const sum = (values: readonly number[]): number => exact(values.reduce((total, value) => total + value, 0));

const isPresent = <Value>(value: Value | null): value is Value => value !== null;

/** Of the values that are there; nothing when there are none. */
export const average = (values: readonly (number | null)[]): number | null => {
  const present = values.filter(isPresent);
  return present.length === 0 ? null : exact(sum(present) / present.length);
};

/** The smallest number, or the earliest day; nothing when there are no values. */
export const smallest = <Value extends number | string>(values: readonly (Value | null)[]): Value | null =>
  values
    .filter(isPresent)
    .reduce<Value | null>((least, value) => (least === null || value < least ? value : least), null);

/** The largest number, or the latest day; nothing when there are no values. */
export const largest = <Value extends number | string>(values: readonly (Value | null)[]): Value | null =>
  values.filter(isPresent).reduce<Value | null>((most, value) => (most === null || value > most ? value : most), null);

/** A part of a whole; of nothing, it is 0. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : exact(part / whole));

/** How often each of the words occurs, those that do not occur included. */
export const countEach = (
  values: readonly unknown[],
  words: readonly string[] = [],
): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>(words.map((word) => [word, 0]));
  for (const value of values) {
    const word = value === null ? 'none' : String(value);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
};
`,
  'src/http/body.ts': `/** Reads request bodies: never more than a megabyte, and only in the format that the route expects. */
import { badRequest, Problem } from './problem.ts';

export const maximumBodyBytes = 1_048_576;

const tooLarge = (): Problem => new Problem(413, \`A body may have at most \${maximumBodyBytes} bytes.\`);

/** The body as text, read in pieces so that an endless one is given up early. */
export const readText = async (request: Request): Promise<string> => {
  if (Number(request.headers.get('content-length') ?? 0) > maximumBodyBytes) throw tooLarge();
  if (!request.body) return '';
  const reader = request.body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.byteLength;
    if (size > maximumBodyBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    text += decodeUtf8(decoder, piece.value);
  }
  return text + decodeUtf8(decoder);
};

const decodeUtf8 = (decoder: TextDecoder, bytes?: Uint8Array): string => {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw badRequest('The body is not valid UTF-8.');
  }
};

const mediaType = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';', 1).join('').trim().toLowerCase();

/** The JSON value in the body. */
export const readJson = async (request: Request): Promise<unknown> => {
  const type = mediaType(request);
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw new Problem(415, 'The content type must be application/json.');
  }
  const text = await readText(request);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest('The body is not valid JSON.');
  }
};

/** Like \`readJson\`, but no body at all counts as an empty object. */
export const readOptionalJson = async (request: Request): Promise<unknown> => {
  const isEmpty = request.body === null || request.headers.get('content-length') === '0';
  return isEmpty ? {} : readJson(request);
};

/** The fields of an HTML form. A page of another site may not send one. */
export const readForm = async (request: Request): Promise<URLSearchParams> => {
  if (request.headers.get('sec-fetch-site') === 'cross-site') {
    throw new Problem(403, 'Forms are accepted from the pages of this application only.');
  }
  if (mediaType(request) !== 'application/x-www-form-urlencoded') {
    throw new Problem(415, 'The content type must be application/x-www-form-urlencoded.');
  }
  return new URLSearchParams(await readText(request));
};
`,
  'src/http/list-query.ts': `/** Reads the query string of a list: \`limit\`, \`offset\`, \`q\`, \`sort\` and one parameter for each field to filter by. */
import type { PageRequest } from '../storage/page.ts';
import { fromText } from '../validation/field.ts';
import type { Kind } from '../validation/field.ts';
import { badParameter } from './problem.ts';
import { readParameters, readWholeNumber } from './query.ts';

/** What may be asked of a list. */
export interface ListShape {
  /** Fields that may stand in the query string, with what their values must be. */
  readonly filters: Readonly<Record<string, Kind<unknown>>>;
  readonly sortable: readonly string[];
  /** Fields that \`q\` looks in; without any, \`q\` is not known. */
  readonly searchable: readonly string[];
  readonly defaultLimit: number;
  readonly maximumLimit: number;
}

const readFilters = (values: ReadonlyMap<string, string>, shape: ListShape): PageRequest['filters'] => {
  const filters: Record<string, PageRequest['filters'][string]> = {};
  for (const [name, kind] of Object.entries(shape.filters)) {
    const text = values.get(name);
    if (text === undefined) continue;
    const isList = kind.column === 'list';
    const checked = isList ? kind.check([text]) : kind.check(fromText(kind, text));
    if (!checked.ok) throw badParameter(name, checked.message);
    filters[name] = isList ? text : (checked.value as PageRequest['filters'][string]);
  }
  return filters;
};

const readSort = (values: ReadonlyMap<string, string>, shape: ListShape): NonNullable<PageRequest['sort']> | null => {
  const text = values.get('sort');
  if (text === undefined) return null;
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  if (!shape.sortable.includes(field)) {
    throw badParameter('sort', \`must be one of: \${shape.sortable.join(', ')}, with - in front for descending order\`);
  }
  return { field, descending };
};

/** The page that the address asks for. Throws a 400 that names the parameter at fault. */
export const readListQuery = (url: URL, shape: ListShape): PageRequest => {
  const { filters, sortable, searchable, defaultLimit, maximumLimit } = shape;
  const optionalNames = [...(searchable.length > 0 ? ['q'] : []), ...(sortable.length > 0 ? ['sort'] : [])];
  const values = readParameters(url, ['limit', 'offset', ...optionalNames, ...Object.keys(filters)]);
  const search = values.get('q');
  const sort = readSort(values, shape);
  return {
    limit: readWholeNumber(values, 'limit', { fallback: defaultLimit, minimum: 1, maximum: maximumLimit }),
    offset: readWholeNumber(values, 'offset', { fallback: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    ...(search === undefined || search === '' ? {} : { search }),
    searchIn: searchable,
    filters: readFilters(values, shape),
    ...(sort ? { sort } : {}),
  };
};
`,
  'src/http/problem.ts': `/**
 * Refusals. A handler throws a \`Problem\`; the router answers it as \`application/problem+json\` (RFC 9457).
 * 400 is for a request that cannot be read, 422 for one that can be read and does not pass validation,
 * 409 for one that the present state does not allow.
 */

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    errors: readonly FieldError[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Validation failed',
  500: 'Internal error',
  503: 'Service unavailable',
};

const describeErrors = (errors: readonly FieldError[]): string =>
  errors.map(({ field, message }) => \`\${field} \${message}\`).join('; ');

/** The request cannot be read: malformed JSON, an unknown or malformed query parameter. */
export const badRequest = (detail: string, errors: readonly FieldError[] = []): Problem =>
  new Problem(400, detail, errors);

/** A query parameter cannot be used. */
export const badParameter = (name: string, message: string): Problem =>
  badRequest(\`Query parameter \${name} \${message}.\`, [{ field: name, message }]);

/** The request was read, but its fields are not valid. */
export const invalid = (errors: readonly FieldError[]): Problem =>
  new Problem(422, \`\${describeErrors(errors)}.\`, errors);

/** The request was read, but breaks a rule. */
export const unprocessable = (detail: string, errors: readonly FieldError[] = []): Problem =>
  new Problem(422, detail, errors);

/** There is nothing under this address. */
export const notFound = (detail: string): Problem => new Problem(404, detail);

/** The present state does not allow the change. */
export const conflict = (detail: string, errors: readonly FieldError[] = []): Problem =>
  new Problem(409, detail, errors);

/** A problem as an HTTP answer. */
export const problemResponse = (problem: Problem): Response => {
  const body = {
    type: 'about:blank',
    title: titles[problem.status] ?? 'Request refused',
    status: problem.status,
    detail: problem.message,
    errors: problem.errors,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json' },
  });
};
`,
  'src/http/query.ts': `/** Reads query strings strictly: a parameter that is unknown, repeated or malformed is refused with its name. */
import { badParameter } from './problem.ts';

/** The parameters of the address, all of which must be among the allowed ones. */
export const readParameters = (url: URL, allowed: readonly string[]): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!allowed.includes(name)) throw badParameter(name, \`is not known; known are: \${allowed.join(', ') || 'none'}\`);
    if (values.has(name)) throw badParameter(name, 'is given more than once');
    values.set(name, value);
  }
  return values;
};

/** A whole number between two bounds, or the fallback when the parameter is absent. */
export const readWholeNumber = (
  values: ReadonlyMap<string, string>,
  name: string,
  bounds: { readonly fallback: number; readonly minimum: number; readonly maximum: number },
): number => {
  const text = values.get(name);
  if (text === undefined) return bounds.fallback;
  const value = Number(text);
  const isInside = /^\\d{1,15}$/u.test(text) && value >= bounds.minimum && value <= bounds.maximum;
  if (!isInside) throw badParameter(name, \`must be a whole number from \${bounds.minimum} to \${bounds.maximum}\`);
  return value;
};
`,
  'src/http/respond.ts': `/** The answers that handlers give. */

/** A JSON document. */
export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { ...headers, 'content-type': 'application/json' } });

/** A new record, with its address. */
export const created = (value: unknown, location: string): Response => json(value, 201, { location });

/** Success without a body. */
export const noContent = (): Response => new Response(null, { status: 204 });

/** Sends a browser on after a form was accepted. */
export const seeOther = (location: string): Response => new Response(null, { status: 303, headers: { location } });
`,
  'src/http/router.ts': `/**
 * Finds the handler for a request and answers refusals. A route's path has literal segments and \`:name\` segments;
 * a literal segment wins over a named one, so \`/books/available\` is not read as \`/books/:id\`.
 */
import { badRequest, notFound, Problem, problemResponse } from './problem.ts';

export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  /** The values of the \`:name\` segments, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The path under which the application is mounted, without a slash at the end: \`\` or \`/apps/shop\`. */
  readonly prefix: string;
}

export type Handler = (exchange: Exchange) => Response | Promise<Response>;

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handler;
}

interface CompiledRoute extends Route {
  readonly segments: readonly string[];
}

const splitPath = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

const isNamed = (segment: string | undefined): boolean => segment?.startsWith(':') === true;

const matches = (route: CompiledRoute, segments: readonly string[]): boolean =>
  route.segments.length === segments.length &&
  route.segments.every((segment, index) => isNamed(segment) || segment === segments[index]);

/** Routes with a literal segment where others have a named one come first. */
const bySpecificity = (left: CompiledRoute, right: CompiledRoute): number => {
  for (const [index, segment] of left.segments.entries()) {
    const difference = Number(isNamed(segment)) - Number(isNamed(right.segments[index]));
    if (difference !== 0) return difference;
  }
  return 0;
};

const decodeSegments = (path: string): readonly string[] => {
  try {
    return splitPath(path).map((segment) => decodeURIComponent(segment));
  } catch {
    throw badRequest('The path is not correctly percent-encoded.');
  }
};

const readParameters = (route: CompiledRoute, segments: readonly string[]): Record<string, string> => {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of route.segments.entries()) {
    if (isNamed(segment)) parameters[segment.slice(1)] = segments[index] ?? '';
  }
  return parameters;
};

/** The mount path a proxy told us, or nothing when it is not a plain path. */
export const readPrefix = (request: Request): string => {
  const prefix = (request.headers.get('x-forwarded-prefix') ?? '').replace(/\\/+$/u, '');
  const isPlain = /^(?:\\/[\\w~-][\\w.~-]*)+$/u.test(prefix);
  return isPlain ? prefix : '';
};

const allowedMethods = (routes: readonly CompiledRoute[]): string => {
  const methods = new Set(routes.map((route) => route.method));
  if (methods.has('GET')) methods.add('HEAD');
  methods.add('OPTIONS');
  return [...methods].sort().join(', ');
};

const respond = async (routes: readonly CompiledRoute[], request: Request): Promise<Response> => {
  const url = new URL(request.url);
  const segments = decodeSegments(url.pathname);
  const candidates = routes.filter((route) => matches(route, segments));
  if (candidates.length === 0) throw notFound(\`There is nothing at \${url.pathname}.\`);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = candidates.find((candidate) => candidate.method === method);
  if (route) {
    return route.handle({ request, url, parameters: readParameters(route, segments), prefix: readPrefix(request) });
  }
  const allow = allowedMethods(candidates);
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  throw new Problem(405, \`\${request.method} is not possible at \${url.pathname}; possible: \${allow}.\`, [], { allow });
};

const withoutBody = (response: Response): Response =>
  new Response(null, { status: response.status, headers: response.headers });

/** A function that answers requests by these routes. Whatever a handler throws becomes a problem document. */
export const createRouter = (routes: readonly Route[]): ((request: Request) => Promise<Response>) => {
  const compiled = routes.map((route) => ({ ...route, segments: splitPath(route.path) })).sort(bySpecificity);
  return async (request) => {
    try {
      const response = await respond(compiled, request);
      return request.method === 'HEAD' ? withoutBody(response) : response;
    } catch (error) {
      if (error instanceof Problem) return problemResponse(error);
      console.error(error);
      return problemResponse(new Problem(500, 'Something went wrong here. The request was not carried out.'));
    }
  };
};
`,
  'src/page-kit/assets.ts': `/** The style sheet and the script of the pages, each under its own address so that no page needs inline code. */
import type { Route } from '../http/router.ts';

const styles = \`:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 0 1rem 4rem; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; padding: 1rem 0; border-bottom: 1px solid #8886; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8886; padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; }
form p { display: grid; gap: 0.2rem; margin: 0.6rem 0; max-width: 32rem; }
form.inline { display: inline-block; }
input, select, textarea, button { font: inherit; padding: 0.35rem 0.5rem; }
input[type='checkbox'] { justify-self: start; }
button { cursor: pointer; justify-self: start; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; }
.problem { color: #c0232c; }
.empty { opacity: 0.7; }
\`;

const script = \`document.addEventListener('submit', (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    return;
  }
  for (const button of event.target.querySelectorAll('button')) button.disabled = true;
});
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('button:disabled')) button.disabled = false;
});
\`;

const serve = (text: string, type: string) => (): Response =>
  new Response(text, { headers: { 'content-type': \`\${type}; charset=utf-8\`, 'cache-control': 'max-age=300' } });

export const assetRoutes: readonly Route[] = [
  { method: 'GET', path: '/assets/app.css', handle: serve(styles, 'text/css') },
  { method: 'GET', path: '/assets/app.js', handle: serve(script, 'text/javascript') },
];
`,
  'src/page-kit/form.ts': `/** Forms as data: one description of a field serves to draw it, to fill it, and to read what was sent. */
import type { Problem } from '../http/problem.ts';
import { html, showValue } from './html.ts';
import type { Html } from './html.ts';

export type InputType =
  | 'text'
  | 'textarea'
  | 'number'
  | 'checkbox'
  | 'date'
  | 'datetime-local'
  | 'email'
  | 'url'
  | 'select'
  | 'list';

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly input: InputType;
  readonly isRequired: boolean;
  /** An empty input empties the field; without it, an empty input leaves the field as it is. */
  readonly isNullable: boolean;
  /** Can be set for a new record only. */
  readonly isFixed?: boolean;
  /** What there is to choose from, for a select. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Whole numbers step by 1, others by any amount. */
  readonly step?: '1' | 'any';
  readonly hint?: string;
}

/** Records to choose from, by the name that people know them under. */
export const choices = <Choice extends { readonly id: string }>(
  records: readonly Choice[],
  label: (record: Choice) => unknown,
): NonNullable<FormField['options']> =>
  records.map((record) => ({ value: record.id, label: showValue(label(record)) }));

/** Words to choose from. */
export const words = (values: readonly string[]): NonNullable<FormField['options']> =>
  values.map((word) => ({ value: word, label: word }));

export type FormValues = Readonly<Record<string, unknown>>;

/** A stored value as the text of an input. */
const toInputText = (field: FormField, value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join('\\n');
  const text = String(value);
  return field.input === 'datetime-local' ? text.slice(0, 'YYYY-MM-DDThh:mm'.length) : text;
};

const renderOptions = (field: FormField, selected: string): Html =>
  html\` \${field.isRequired && selected !== '' ? null : html\`<option value="">–</option>\`}
  \${(field.options ?? []).map(({ value, label }) =>
    value === selected
      ? html\`<option value="\${value}" selected>\${label}</option>\`
      : html\`<option value="\${value}">\${label}</option>\`,
  )}\`;

const renderInput = (field: FormField, id: string, value: unknown): Html => {
  const { name, input } = field;
  const text = toInputText(field, value);
  const required = field.isRequired ? html\` required\` : null;
  switch (input) {
    case 'textarea':
    case 'list':
      return html\`<textarea id="\${id}" name="\${name}" rows="3" \${required}>\${text}</textarea>\`;
    case 'select':
      return html\`<select id="\${id}" name="\${name}" \${required}>
        \${renderOptions(field, text)}
      </select>\`;
    case 'checkbox':
      return html\`<input
        type="checkbox"
        id="\${id}"
        name="\${name}"
        value="true"
        \${text === 'true' ? html\` checked\` : null}
      />\`;
    case 'number':
      return html\`<input
        type="number"
        step="\${field.step ?? 'any'}"
        id="\${id}"
        name="\${name}"
        value="\${text}"
        \${required}
      />\`;
    case 'text':
    case 'date':
    case 'datetime-local':
    case 'email':
    case 'url':
      return html\`<input type="\${input}" id="\${id}" name="\${name}" value="\${text}" \${required} />\`;
  }
};

const renderField = (field: FormField, form: Form): Html => {
  const id = \`\${form.id}-\${field.name}\`;
  const messages = (form.problem?.errors ?? []).filter((error) => error.field === field.name);
  const hint = field.hint ?? (field.input === 'list' ? 'One in each line.' : undefined);
  return html\` <p>
    <label for="\${id}">\${field.label}</label>
    \${renderInput(field, id, form.values[field.name])} \${hint === undefined ? null : html\`<small>\${hint}</small>\`}
    \${messages.map(({ message }) => html\`<strong class="problem">\${message}</strong>\`)}
  </p>\`;
};

export interface Form {
  /** Distinguishes the inputs of several forms on one page. */
  readonly id: string;
  /** Where it is sent, relative to the mount address. */
  readonly action: string;
  readonly fields: readonly FormField[];
  readonly values: FormValues;
  readonly problem?: Problem | undefined;
  readonly button: string;
  /** Asked before it is sent, where scripts run. */
  readonly confirm?: string;
}

/** The form as HTML. */
export const renderForm = (form: Form): Html =>
  html\` <form
    method="post"
    action="\${form.action}"
    \${form.confirm === undefined ? null : html\` data-confirm="\${form.confirm}"\`}
  >
    \${form.fields.map((field) => renderField(field, form))}
    <p><button type="submit">\${form.button}</button></p>
  </form>\`;

const readValue = (field: FormField, text: string): unknown => {
  switch (field.input) {
    case 'number':
      return Number.isNaN(Number(text)) ? text : Number(text);
    case 'list':
      return text
        .split('\\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'text':
    case 'textarea':
    case 'select':
    case 'checkbox':
    case 'date':
    case 'datetime-local':
    case 'email':
    case 'url':
      return text;
  }
};

/** What was sent, as the body of a new record or of a change. */
export const readForm = (
  fields: readonly FormField[],
  sent: URLSearchParams,
  purpose: 'new' | 'change',
): FormValues => {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = (sent.get(field.name) ?? '').replaceAll('\\r\\n', '\\n');
    if (field.input === 'checkbox') values[field.name] = text === 'true';
    else if (text !== '') values[field.name] = readValue(field, text);
    else if (purpose === 'new') continue;
    else if (field.input === 'list') values[field.name] = [];
    else if (field.isNullable) values[field.name] = null;
    else if (field.isRequired) values[field.name] = '';
  }
  return values;
};
`,
  'src/page-kit/front.ts': `/** The front page: what the application is and where to go. */
import type { Route } from '../http/router.ts';
import { assetRoutes } from './assets.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { site } from './site.ts';

const content = html\`\${site.description === '' ? null : html\`<p>\${site.description}</p>\`}
  <h2>Pages</h2>
  \${
    site.links.length === 0
      ? html\`<p class="empty">There are no pages.</p>\`
      : html\`<ul>
          \${site.links.map(({ path, title }) => html\`<li><a href="\${path}">\${title}</a></li>\`)}
        </ul>\`
  }
  <h2>For programs</h2>
  <ul>
    <li><a href="openapi.json">Description of the JSON interface (OpenAPI 3.1)</a></li>
    <li><a href="health">Health</a></li>
  </ul>\`;

export const frontRoutes: readonly Route[] = [
  { method: 'GET', path: '/', handle: ({ prefix }) => page(prefix, site.title, content) },
  ...assetRoutes,
];
`,
  'src/page-kit/html.ts': `/** HTML as a template tag that escapes every value, so that nothing a person typed becomes markup. */

export interface Html {
  readonly markup: string;
}

type HtmlValue = string | number | Html | readonly Html[] | null | undefined | false;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text with everything that means something in HTML written as entities. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/gu, (sign) => escapes[sign] ?? sign);

const isHtml = (value: HtmlValue): value is Html => typeof value === 'object' && value !== null && 'markup' in value;

const toMarkup = (value: HtmlValue): string => {
  if (value === null || value === undefined || value === false) return '';
  if (isHtml(value)) return value.markup;
  if (typeof value === 'object') return value.map((part) => part.markup).join('');
  return escapeHtml(String(value));
};

/** Markup with escaped values. Attribute values must stand in double quotes. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => ({
  markup: strings.reduce((text, part, index) => \`\${text}\${toMarkup(values[index - 1])}\${part}\`),
});

/** A value as people read it. */
export const showValue = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(String).join(', ');
  if (typeof value !== 'string') return String(value);
  const moment = /^(?<day>\\d{4}-\\d{2}-\\d{2})T(?<time>\\d{2}:\\d{2}):\\d{2}\\.\\d{3}Z$/u.exec(value)?.groups;
  return moment ? \`\${moment['day'] ?? ''} \${moment['time'] ?? ''}\` : value;
};
`,
  'src/page-kit/layout.ts': `/** The frame of every page. Links are relative to the address the application is mounted at. */
import { Problem } from '../http/problem.ts';
import { readPrefix } from '../http/router.ts';
import type { Exchange, Handler } from '../http/router.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { site } from './site.ts';

const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'self'",
].join('; ');

const renderNavigation = (): Html =>
  html\` <nav aria-label="Pages">
    <a href="./">\${site.title}</a>
    \${site.links.map(({ path, title }) => html\`<a href="\${path}">\${title}</a> \`)}
  </nav>\`;

/** A whole page as an answer. */
export const page = (prefix: string, title: string, content: Html, status = 200): Response => {
  const document = html\`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <base href="\${prefix}/" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>\${title} – \${site.title}</title>
        <link rel="stylesheet" href="assets/app.css" />
        <script type="module" src="assets/app.js"></script>
      </head>
      <body>
        <header>\${renderNavigation()}</header>
        <main>
          <h1>\${title}</h1>
          \${content}
        </main>
      </body>
    </html> \`;
  return new Response(document.markup, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    },
  });
};

/** What is wrong, for people, at the top of a page. */
export const renderProblem = (problem: Problem | undefined): Html =>
  problem ? html\`<p class="problem" role="alert">\${problem.message}</p>\` : html\`\`;

/** A handler whose refusals become pages too. */
export const pageHandler =
  (handle: Handler): Handler =>
  async (exchange: Exchange) => {
    try {
      return await handle(exchange);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const title = error.status === 404 ? 'Not found' : 'Not possible';
      return page(readPrefix(exchange.request), title, renderProblem(error), error.status);
    }
  };
`,
  'src/page-kit/resource-pages.ts': `/** The pages of one resource: a table with search and a form for a new record, and a page for each record. */
import { readForm as readSentForm } from '../http/body.ts';
import { readListQuery } from '../http/list-query.ts';
import type { ListShape } from '../http/list-query.ts';
import { notFound, Problem } from '../http/problem.ts';
import { seeOther } from '../http/respond.ts';
import type { Exchange, Handler, Route } from '../http/router.ts';
import type { Page, PageRequest } from '../storage/page.ts';
import { readForm, renderForm } from './form.ts';
import type { FormField, FormValues } from './form.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { page, pageHandler, renderProblem } from './layout.ts';

export interface Column<View> {
  readonly label: string;
  readonly show: (record: View) => string;
}

export interface PageAction<View, Context> {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly FormField[];
  readonly run: (context: Context, id: string, body: FormValues) => View;
}

/** What the pages of a resource show and do. \`Context\` is what one request works with. */
export interface ResourcePages<View extends { readonly id: string }, Context> {
  /** The last part of the address: \`pages/<name>\`. */
  readonly name: string;
  readonly title: string;
  /** What one record is called: \`book\`. */
  readonly singular: string;
  readonly open: () => Context;
  readonly shape: ListShape;
  readonly columns: (context: Context) => readonly Column<View>[];
  readonly fields: (context: Context) => readonly FormField[];
  readonly list: (context: Context, request: PageRequest) => Page<View>;
  readonly find: (context: Context, id: string) => View;
  readonly create?: (context: Context, body: FormValues) => View;
  readonly update?: (context: Context, id: string, body: FormValues) => View;
  readonly remove?: (context: Context, id: string) => void;
  readonly actions: (context: Context) => readonly PageAction<View, Context>[];
}

interface Refusal {
  readonly problem: Problem;
  readonly values: FormValues;
}

const renderRow = <View extends { readonly id: string }>(
  path: string,
  columns: readonly Column<View>[],
  record: View,
): Html =>
  html\`<tr>
    \${columns.map(({ show }, index) =>
      index === 0 ? html\`<td><a href="\${path}/\${record.id}">\${show(record)}</a></td>\` : html\`<td>\${show(record)}</td>\`,
    )}
  </tr>\`;

const pageLink = (path: string, request: PageRequest, offset: number, text: string): Html => {
  const query = new URLSearchParams({ offset: String(Math.max(0, offset)), limit: String(request.limit) });
  if (request.search !== undefined) query.set('q', request.search);
  if (request.sort) query.set('sort', \`\${request.sort.descending ? '-' : ''}\${request.sort.field}\`);
  for (const [name, value] of Object.entries(request.filters)) query.set(name, String(value));
  return html\`<a href="\${path}?\${query.toString()}">\${text}</a> \`;
};

const renderTable = <View extends { readonly id: string }>(
  path: string,
  columns: readonly Column<View>[],
  found: Page<View>,
  request: PageRequest,
): Html => {
  const { items, total, offset } = found;
  if (items.length === 0)
    return html\`<p class="empty">\${total === 0 ? 'Nothing here yet.' : 'Nothing on this page.'}</p>\`;
  const last = offset + items.length;
  return html\` <table>
      <thead>
        <tr>
          \${columns.map(({ label }) => html\`<th scope="col">\${label}</th>\`)}
        </tr>
      </thead>
      <tbody>
        \${items.map((record) => renderRow(path, columns, record))}
      </tbody>
    </table>
    <p>
      \${offset + 1}–\${last} of \${total}
      \${offset > 0 ? pageLink(path, request, offset - request.limit, 'Previous') : null}
      \${last < total ? pageLink(path, request, last, 'Next') : null}
    </p>\`;
};

const renderSearch = (path: string, shape: ListShape, request: PageRequest): Html =>
  shape.searchable.length === 0
    ? html\`\`
    : html\` <form method="get" action="\${path}" role="search">
        <p>
          <label for="search">Search</label>
          <input type="search" id="search" name="q" value="\${request.search ?? ''}" />
          <button type="submit">Search</button>
        </p>
      </form>\`;

const listPage = <View extends { readonly id: string }, Context>(
  pages: ResourcePages<View, Context>,
  { url, prefix }: Exchange,
  refusal?: Refusal,
): Response => {
  const context = pages.open();
  const path = \`pages/\${pages.name}\`;
  const request = readListQuery(url, pages.shape);
  const form = pages.create
    ? html\` <h2>New \${pages.singular}</h2>
        \${renderProblem(refusal?.problem)}
        \${renderForm({ id: 'new', action: path, fields: pages.fields(context), values: refusal?.values ?? {}, problem: refusal?.problem, button: 'Create' })}\`
    : null;
  const content = html\`\${renderSearch(path, pages.shape, request)}
  \${renderTable(path, pages.columns(context), pages.list(context, request), request)} \${form}\`;
  return page(prefix, pages.title, content, refusal?.problem.status ?? 200);
};

const renderActions = <View extends { readonly id: string }, Context>(
  pages: ResourcePages<View, Context>,
  context: Context,
  path: string,
): Html => {
  const actions = pages
    .actions(context)
    .map(({ name, label, fields }) =>
      renderForm({ id: \`action-\${name}\`, action: \`\${path}/actions/\${name}\`, fields, values: {}, button: label }),
    );
  const remove = {
    id: 'delete',
    action: \`\${path}/delete\`,
    fields: [],
    values: {},
    button: 'Delete',
    confirm: 'Delete this record?',
  };
  return html\`\${actions}\${pages.remove ? renderForm(remove) : null}\`;
};

const recordPage = <View extends { readonly id: string }, Context>(
  pages: ResourcePages<View, Context>,
  { parameters, prefix }: Exchange,
  refusal?: Refusal,
): Response => {
  const context = pages.open();
  const record = pages.find(context, parameters['id'] ?? '');
  const path = \`pages/\${pages.name}/\${record.id}\`;
  const fields = pages.fields(context).filter(({ isFixed }) => isFixed !== true);
  const values = refusal?.values ?? { ...record };
  const edit = pages.update
    ? html\` <h2>Change</h2>
        \${renderForm({ id: 'edit', action: path, fields, values, problem: refusal?.problem, button: 'Save' })}\`
    : null;
  const content = html\`\${renderProblem(refusal?.problem)}
    <dl>
      \${pages.columns(context).map(
        ({ label, show }) =>
          html\`<dt>\${label}</dt>
            <dd>\${show(record)}</dd>\`,
      )}
    </dl>
    \${edit} \${renderActions(pages, context, path)}
    <p><a href="pages/\${pages.name}">Back to \${pages.title.toLowerCase()}</a></p>\`;
  const [first] = pages.columns(context);
  return page(prefix, first ? first.show(record) : pages.singular, content, refusal?.problem.status ?? 200);
};

/** Does something; a refusal is shown on the page that the form came from. */
const attempt = (work: () => void, onSuccess: () => Response, onRefusal: (problem: Problem) => Response): Response => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem && error.status !== 404) return onRefusal(error);
    throw error;
  }
  return onSuccess();
};

const handleForm =
  <View extends { readonly id: string }, Context>(
    pages: ResourcePages<View, Context>,
    fieldsOf: (context: Context, exchange: Exchange) => readonly FormField[],
    purpose: 'new' | 'change',
    work: (context: Context, exchange: Exchange, body: FormValues) => void,
    target: 'list' | 'record',
  ): Handler =>
  async (exchange) => {
    const sent = await readSentForm(exchange.request);
    const context = pages.open();
    const values = readForm(fieldsOf(context, exchange), sent, purpose);
    const id = exchange.parameters['id'];
    const isOnList = target === 'list';
    const address = \`\${exchange.prefix}/pages/\${pages.name}\${isOnList || id === undefined ? '' : \`/\${id}\`}\`;
    return attempt(
      () => {
        work(context, exchange, values);
      },
      () => seeOther(address),
      (problem) =>
        id === undefined
          ? listPage(pages, exchange, { problem, values })
          : recordPage(pages, exchange, { problem, values: { ...pages.find(pages.open(), id), ...values } }),
    );
  };

const findAction = <View extends { readonly id: string }, Context>(
  pages: ResourcePages<View, Context>,
  context: Context,
  { parameters }: Exchange,
): PageAction<View, Context> => {
  const action = pages.actions(context).find(({ name }) => name === parameters['action']);
  if (!action) throw notFound(\`There is no action \${parameters['action'] ?? ''}.\`);
  return action;
};

/** The routes of a resource's pages. */
export const createResourcePages = <View extends { readonly id: string }, Context>(
  pages: ResourcePages<View, Context>,
): readonly Route[] => {
  const { name, create, update, remove } = pages;
  const isChangeable = ({ isFixed }: FormField): boolean => isFixed !== true;
  const routes: Route[] = [
    { method: 'GET', path: \`/pages/\${name}\`, handle: (exchange) => listPage(pages, exchange) },
    { method: 'GET', path: \`/pages/\${name}/:id\`, handle: (exchange) => recordPage(pages, exchange) },
    {
      method: 'POST',
      path: \`/pages/\${name}/:id/actions/:action\`,
      handle: handleForm(
        pages,
        (context, exchange) => findAction(pages, context, exchange).fields,
        'new',
        (context, exchange, body) =>
          findAction(pages, context, exchange).run(context, exchange.parameters['id'] ?? '', body),
        'record',
      ),
    },
  ];
  if (create) {
    const handle = handleForm(pages, pages.fields, 'new', (context, _exchange, body) => create(context, body), 'list');
    routes.push({ method: 'POST', path: \`/pages/\${name}\`, handle });
  }
  if (update) {
    const fields = (context: Context): readonly FormField[] => pages.fields(context).filter(isChangeable);
    const work = (context: Context, { parameters }: Exchange, body: FormValues): View =>
      update(context, parameters['id'] ?? '', body);
    routes.push({
      method: 'POST',
      path: \`/pages/\${name}/:id\`,
      handle: handleForm(pages, fields, 'change', work, 'record'),
    });
  }
  if (remove) {
    const work = (context: Context, { parameters }: Exchange): void => {
      remove(context, parameters['id'] ?? '');
    };
    routes.push({
      method: 'POST',
      path: \`/pages/\${name}/:id/delete\`,
      handle: handleForm(pages, () => [], 'change', work, 'list'),
    });
  }
  return routes.map((route) => ({ ...route, handle: pageHandler(route.handle) }));
};
`,
  'src/records/catch-up.ts': `/** Brings the working copy to what the Data service keeps: along its feed, or all of it where the feed is not enough. */
import { listRows } from './collection.ts';
import { ask, everybody, follow, need, unavailable } from './copy.ts';
import type { Copy } from './copy.ts';

const pageSize = 200;

/** Reads all records of all kinds; what the service does not have is removed. */
const readAll = async (copy: Copy): Promise<void> => {
  for (const collection of copy.collections) {
    const seen = new Set<string>();
    let after: string | undefined;
    do {
      const cursor = after === undefined ? {} : { after };
      const page = await need(() =>
        copy.data.query({ collection: collection.name, ...everybody(collection), limit: pageSize, ...cursor }),
      );
      for (const record of page.items) {
        seen.add(record.id);
        follow(copy, collection, record.id, record);
      }
      after = page.next;
    } while (after !== undefined);
    for (const { id } of listRows(copy.database, collection)) {
      if (!seen.has(id)) follow(copy, collection, id, undefined);
    }
  }
};

/** The first time: an empty service gets what an earlier version kept by itself, any other one is read. */
const begin = async (copy: Copy): Promise<void> => {
  const { latest } = await need(() => copy.data.changes({ after: Number.MAX_SAFE_INTEGER, limit: 1 }));
  if (latest > 0) await readAll(copy);
  else {
    for (const collection of copy.collections) {
      for (const { id, owner } of listRows(copy.database, collection)) copy.ledger.note(collection.table, id, owner);
    }
  }
  copy.ledger.setCursor(latest);
};

const followFeed = async (copy: Copy, cursor: number): Promise<void> => {
  const feed = await ask(() => copy.data.changes({ after: cursor, limit: pageSize }));
  if (!feed.ok) {
    if (feed.error.type !== 'cursor.gone') throw unavailable();
    const { latest } = await need(() => copy.data.changes({ after: Number.MAX_SAFE_INTEGER, limit: 1 }));
    await readAll(copy);
    copy.ledger.setCursor(latest);
    return;
  }
  const { entries, latest } = feed.value;
  for (const { collection: name, id, record } of entries) {
    const collection = copy.collections.find((each) => each.name === name);
    if (collection) follow(copy, collection, id, record);
  }
  const reached = entries.at(-1)?.sequence ?? cursor;
  copy.ledger.setCursor(reached);
  if (entries.length > 0 && reached < latest) await followFeed(copy, reached);
};

/** Follows the feed to its end. Nothing may be waiting to be sent, or it would be overwritten. */
export const catchUp = async (copy: Copy): Promise<void> => {
  const cursor = copy.ledger.cursor();
  await (cursor === undefined ? begin(copy) : followFeed(copy, cursor));
};
`,
  'src/records/collection.ts': `/** A kind of record as the Data service and the working copy know it, and its rows in the working copy. */
import { quoteName } from '../database.ts';
import type { Database, Row } from '../database.ts';
import { fromSqlValue, toSqlValue } from '../storage/table.ts';
import type { ColumnKind } from '../storage/table.ts';
import type { Field } from '../validation/field.ts';

export interface Collection {
  /** Its name in the Data service. */
  readonly name: string;
  /** As it stands in addresses. */
  readonly path: string;
  /** The table of the working copy, and its columns without the identity. */
  readonly table: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** Values of fields that a record does not have. */
  readonly fallbacks: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Fields that name a record of another kind, by the path of that kind. */
  readonly references: readonly { readonly field: string; readonly path: string }[];
  /** Sets of fields whose values no two records share. */
  readonly unique: readonly (readonly string[])[];
  /** Records belong to people. */
  readonly isOwned: boolean;
}

export type Value = Readonly<Record<string, unknown>>;

const columnsOf = ({ columns }: Collection): readonly (readonly [name: string, kind: ColumnKind])[] => [
  ['createdAt', 'text'],
  ['updatedAt', 'text'],
  ...Object.entries(columns),
];

/** What the Data service keeps of a row: everything but the id and the owner, which it keeps beside. */
export const toValue = (collection: Collection, row: Row): Value =>
  Object.fromEntries(columnsOf(collection).map(([name, kind]) => [name, fromSqlValue(row[name] ?? null, kind)]));

/** The row of a record in the working copy, with its owner as \`$owner\`. */
export const findRow = (database: Database, { table }: Collection, id: string): Row | undefined =>
  database.get(\`SELECT * FROM \${quoteName(table)} WHERE "id" = ?\`, id);

/** Puts a record into the working copy as it is. */
export const writeRow = (
  database: Database,
  collection: Collection,
  id: string,
  value: Value,
  owner: string | null,
): void => {
  const names = columnsOf(collection).map(([name]) => name);
  const columns = ['id', '$owner', ...names].map(quoteName);
  const updates = columns.slice(1).map((column) => \`\${column} = excluded.\${column}\`);
  database.run(
    \`INSERT INTO \${quoteName(collection.table)} (\${columns.join(', ')}) VALUES (\${columns.map(() => '?').join(', ')})
     ON CONFLICT ("id") DO UPDATE SET \${updates.join(', ')}\`,
    id,
    owner,
    ...names.map((name) => toSqlValue(value[name] ?? collection.fallbacks[name])),
  );
};

/** Takes a record out of the working copy. */
export const removeRow = (database: Database, { table }: Collection, id: string): void => {
  database.run(\`DELETE FROM \${quoteName(table)} WHERE "id" = ?\`, id);
};

/** The ids and owners of all rows, oldest first. */
export const listRows = (
  database: Database,
  { table }: Collection,
): readonly { readonly id: string; readonly owner: string | null }[] =>
  database.all(\`SELECT "id", "$owner" FROM \${quoteName(table)} ORDER BY rowid\`).map((row) => ({
    id: String(row['id']),
    owner: row['$owner'] === null ? null : String(row['$owner']),
  }));
`,
  'src/records/copy.ts': `/** The working copy and the Data service, as the parts that bring them together need them; and questions to the latter. */
import { Problem } from '../http/problem.ts';
import type { ServiceResult } from '../access/services.ts';
import type { Database } from '../database.ts';
import { removeRow, writeRow } from './collection.ts';
import type { Collection } from './collection.ts';
import type { Ledger } from './ledger.ts';
import type { DataService, KeptRecord } from './service.ts';

export interface Copy {
  readonly data: DataService;
  readonly database: Database;
  readonly ledger: Ledger;
  readonly collections: readonly Collection[];
}

/** The Data service does not answer, or not as it should: nothing can be said of the change. */
export const unavailable = (): Problem =>
  new Problem(503, 'The records cannot be reached. Try again; a change may have been carried out.', [], {
    'retry-after': '1',
  });

/** What the service answered, or a 503. */
export const ask = async <Value>(question: () => Promise<ServiceResult<Value>>): Promise<ServiceResult<Value>> => {
  try {
    return await question();
  } catch (error) {
    console.error(error);
    throw unavailable();
  }
};

/** Like \`ask\`, where the service has no reason to refuse. */
export const need = async <Value>(question: () => Promise<ServiceResult<Value>>): Promise<Value> => {
  const answer = await ask(question);
  if (answer.ok) return answer.value;
  console.error(answer.error);
  throw unavailable();
};

/** Whose records are meant by a question about everybody's. */
export const everybody = ({ isOwned }: Collection): { readonly owner?: string } => (isOwned ? { owner: '*' } : {});

const mostIds = 50;

/** The records with these ids as the service keeps them, by id; those that are missing are not there. */
export const findKept = async (
  { data }: Copy,
  collection: Collection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KeptRecord>> => {
  const found = new Map<string, KeptRecord>();
  for (let start = 0; start < ids.length; start += mostIds) {
    const oneOf = ids.slice(start, start + mostIds);
    const { items } = await need(() =>
      data.query({
        collection: collection.name,
        ...everybody(collection),
        where: { field: 'id', oneOf },
        limit: mostIds,
      }),
    );
    for (const item of items) found.set(item.id, item);
  }
  return found;
};

/** Brings one record of the working copy to what the service keeps of it. */
export const follow = (
  { database, ledger }: Copy,
  collection: Collection,
  id: string,
  record: KeptRecord | undefined,
): void => {
  if (record) writeRow(database, collection, id, record.value, record.owner ?? null);
  else removeRow(database, collection, id);
  ledger.setKept(collection.table, id, record !== undefined);
};
`,
  'src/records/desk.ts': `/**
 * Keeps the records of the application in the Data service of the platform. The application works on a copy in its own
 * SQLite, where rules can look at several records at once; what a request changes there is handed to the service before
 * the request is answered, and taken back when the service refuses it. Requests take turns, so that nobody sees a change
 * that is not kept.
 */
import type { Clock } from '../clock.ts';
import type { Database } from '../database.ts';
import { readText } from '../http/body.ts';
import { Problem, problemResponse } from '../http/problem.ts';
import { createRouter } from '../http/router.ts';
import { catchUp } from './catch-up.ts';
import type { Collection } from './collection.ts';
import type { Copy } from './copy.ts';
import { exchangeRoutes } from './exchange.ts';
import type { Offers } from './exchange.ts';
import { openLedger } from './ledger.ts';
import { sendWaiting } from './send.ts';
import type { DataService } from './service.ts';

type Answer = (request: Request) => Promise<Response>;

export interface DeskParts {
  readonly data: DataService;
  readonly database: Database;
  readonly clock: Clock;
  readonly collections: readonly Collection[];
  readonly offers: Offers;
}

export interface Desk {
  /** For the application: it remembers which records are changed. */
  readonly database: Database;
  /** The application with its records kept, for one person or for everybody. */
  readonly around: (application: Answer, owner?: string) => Answer;
}

/** After this, or after so many changes, the feed is followed again: others may have changed records. */
const lookAgainMs = 30_000;
const lookAgainRecords = 500;

const isExchange = ({ url }: Request): boolean => /^\\/(?:changes$|export\\/|import\\/)/u.test(new URL(url).pathname);

/** The request with its body read, so that a slow sender holds up nobody else. */
const withBodyRead = async (request: Request): Promise<Request> => {
  if (request.body === null) return request;
  const body = await readText(request);
  return new Request(request.url, { method: request.method, headers: request.headers, body });
};

/** Opens the desk. The tables of the application must be there before the first request. */
export const openDesk = ({ data, database, clock, collections, offers }: DeskParts): Desk => {
  const ledger = openLedger(database);
  const copy: Copy = { data, database: { ...database, changed: ledger.note }, ledger, collections };
  let last: Promise<unknown> = Promise.resolve();
  let lookedAt: number | undefined;
  let changed = 0;

  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(work);
    // Whoever waits for the turn learns of its failure; the next one goes on all the same.
    last = turn.catch(() => undefined);
    return turn;
  };

  const look = async (): Promise<void> => {
    await sendWaiting(copy);
    const isDue = lookedAt === undefined || clock.now() - lookedAt >= lookAgainMs || changed >= lookAgainRecords;
    if (!isDue) return;
    await catchUp(copy);
    await sendWaiting(copy);
    [lookedAt, changed] = [clock.now(), 0];
  };

  const around = (application: Answer, owner?: string): Answer => {
    const exchange = createRouter(exchangeRoutes(copy, offers, clock, owner ?? null));
    return async (request) => {
      try {
        const read = await withBodyRead(request);
        return await inTurn(async () => {
          await look();
          const response = await (isExchange(read) ? exchange(read) : application(read));
          changed += await sendWaiting(copy);
          return response;
        });
      } catch (error) {
        if (error instanceof Problem) return problemResponse(error);
        console.error(error);
        return problemResponse(new Problem(500, 'Something went wrong here. The request was not carried out.'));
      }
    };
  };

  return { database: copy.database, around };
};
`,
  'src/records/exchange.ts': `/** What other programs get: a feed of changes, and the records of a kind as lines of JSON, out and in. */
import type { Clock } from '../clock.ts';
import { badRequest, notFound, Problem } from '../http/problem.ts';
import { readParameters, readWholeNumber } from '../http/query.ts';
import { json } from '../http/respond.ts';
import type { Exchange, Route } from '../http/router.ts';
import type { Collection } from './collection.ts';
import { ask, need, unavailable } from './copy.ts';
import type { Copy } from './copy.ts';
import { importLines } from './import.ts';
import type { KeptRecord } from './service.ts';

/** Which of this the application offers: kinds of records by their path. */
export interface Offers {
  readonly feed: boolean;
  readonly exported: readonly string[];
  readonly imported: readonly string[];
}

const find = ({ collections }: Copy, offered: readonly string[], { parameters }: Exchange): Collection => {
  const path = parameters['kind'] ?? '';
  const collection = collections.find((each) => each.path === path && offered.includes(path));
  if (!collection) throw notFound(\`There is no kind of record \${path} here; there are: \${offered.join(', ')}.\`);
  return collection;
};

const show = ({ id, value }: KeptRecord): object => ({ id, ...value });

const tellChanges = async ({ data, collections }: Copy, { url }: Exchange): Promise<Response> => {
  const parameters = readParameters(url, ['after', 'limit', 'kind']);
  const after = readWholeNumber(parameters, 'after', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const limit = readWholeNumber(parameters, 'limit', { minimum: 1, maximum: 200, fallback: 50 });
  const kind = parameters.get('kind');
  const collection = collections.find(({ path }) => path === kind);
  if (kind !== undefined && !collection) throw badRequest(\`There is no kind of record \${kind}.\`);
  const feed = await ask(() => data.changes({ after, limit, ...(collection ? { collection: collection.name } : {}) }));
  if (!feed.ok) {
    if (feed.error.type === 'cursor.gone') throw new Problem(410, \`\${feed.error.detail} Read the records again.\`);
    throw unavailable();
  }
  const { entries, latest } = feed.value;
  const items = entries.map(({ sequence, collection: name, id, kind: change, at, record }) => ({
    sequence,
    kind: collections.find((each) => each.name === name)?.path ?? name,
    id,
    change,
    at: new Date(at).toISOString(),
    ...(record ? { record: show(record) } : {}),
  }));
  return json({ items, next: entries.at(-1)?.sequence ?? after, latest });
};

const exportPage = 200;

/** Reads page by page while the answer is taken, so that no more than one page is held. */
const exportLines = ({ data }: Copy, collection: Collection, owner: string | null): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  let after: string | undefined;
  return new ReadableStream({
    pull: async (controller) => {
      const cursor = after === undefined ? {} : { after };
      const whose = owner === null ? {} : { owner };
      const page = await need(() =>
        data.query({ collection: collection.name, ...whose, limit: exportPage, ...cursor }),
      );
      const lines = page.items.map((record) => \`\${JSON.stringify(show(record))}\\n\`).join('');
      if (lines !== '') controller.enqueue(encoder.encode(lines));
      after = page.next;
      if (after === undefined) controller.close();
    },
  });
};

const exportRecords = (copy: Copy, offers: Offers, exchange: Exchange, owner: string | null): Response => {
  const collection = find(copy, offers.exported, exchange);
  return new Response(exportLines(copy, collection, owner), {
    headers: {
      'content-type': 'application/x-ndjson',
      'content-disposition': \`attachment; filename="\${collection.path}.ndjson"\`,
    },
  });
};

const importRecords = async (
  copy: Copy,
  offers: Offers,
  exchange: Exchange,
  clock: Clock,
  owner: string | null,
): Promise<Response> => {
  const collection = find(copy, offers.imported, exchange);
  const type = (exchange.request.headers.get('content-type') ?? '').split(';', 1).join('').trim().toLowerCase();
  if (type !== 'application/x-ndjson') throw new Problem(415, 'The content type must be application/x-ndjson.');
  const lines = (await exchange.request.text()).split('\\n');
  return json(importLines(copy, collection, lines, clock, owner));
};

/** The routes of what is offered. */
export const exchangeRoutes = (copy: Copy, offers: Offers, clock: Clock, owner: string | null): readonly Route[] => [
  ...(offers.feed
    ? [{ method: 'GET', path: '/changes', handle: (exchange: Exchange) => tellChanges(copy, exchange) }]
    : []),
  ...(offers.exported.length > 0
    ? [
        {
          method: 'GET',
          path: '/export/:kind',
          handle: (exchange: Exchange) => exportRecords(copy, offers, exchange, owner),
        },
      ]
    : []),
  ...(offers.imported.length > 0
    ? [
        {
          method: 'POST',
          path: '/import/:kind',
          handle: (exchange: Exchange) => importRecords(copy, offers, exchange, clock, owner),
        },
      ]
    : []),
];
`,
  'src/records/import.ts': `/**
 * Takes records in, one line of JSON each, as an export gives them. A record whose id is there is replaced. Fields,
 * references and unique values are checked; rules about how a record may change are not, for an import restores.
 */
import { readMoment } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { quoteName } from '../database.ts';
import { toSqlValue } from '../storage/table.ts';
import { findRow, writeRow } from './collection.ts';
import type { Collection, Value } from './collection.ts';
import type { Copy } from './copy.ts';

export interface ImportReport {
  readonly imported: number;
  /** The first hundred lines that were refused, counted from 1. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

const mostReasons = 100;
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const momentPattern = /^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,3})?Z$/u;

type Read = { readonly id: string; readonly value: Value } | { readonly reason: string };

const readObject = (line: string): Value | undefined => {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // Told as the reason of the line.
    return undefined;
  }
};

const wrongField = ({ fields }: Collection, sent: Value): string | undefined => {
  for (const [name, value] of Object.entries(sent)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return \`\${name} is not a known field\`;
    // What the application sets by itself may be missing still.
    const checked = field.isReadOnly && value === null ? undefined : field.check(value);
    if (checked?.ok === false) return \`\${name} \${checked.message}\`;
  }
  const missing = Object.entries(fields).find(([name, field]) => field.isRequired && !Object.hasOwn(sent, name));
  return missing ? \`\${missing[0]} is required\` : undefined;
};

const stored = ({ fields, columns }: Collection, sent: Value): Value =>
  Object.fromEntries(
    Object.entries(sent)
      .filter(([name]) => Object.hasOwn(columns, name))
      .map(([name, value]) => {
        const checked = value === null ? undefined : fields[name]?.check(value);
        return [name, checked?.ok === true ? checked.value : value];
      }),
  );

const moment = (value: unknown, now: string): string =>
  typeof value === 'string' && momentPattern.test(value) && !Number.isNaN(Date.parse(value)) ? value : now;

const readLine = (collection: Collection, line: string, now: string): Read => {
  const sent = readObject(line);
  if (!sent) return { reason: 'is not a JSON object' };
  const { id = crypto.randomUUID(), createdAt, updatedAt, ...rest } = sent;
  if (typeof id !== 'string' || !idPattern.test(id)) return { reason: 'id must be a UUID in small letters' };
  const reason = wrongField(collection, rest);
  if (reason !== undefined) return { reason };
  const value = { ...stored(collection, rest), createdAt: moment(createdAt, now), updatedAt: moment(updatedAt, now) };
  return { id, value };
};

const ownerOf = (row: Readonly<Record<string, unknown>> | undefined): unknown => row?.['$owner'] ?? null;

/** What of the other records stands against this one. */
const wrongAmongOthers = (
  { database, collections }: Copy,
  { table, references, unique }: Collection,
  id: string,
  value: Value,
  owner: string | null,
): string | undefined => {
  for (const { field, path } of references) {
    const named = value[field] ?? null;
    const other = collections.find((each) => each.path === path);
    const row = named === null || !other ? undefined : findRow(database, other, String(named));
    if (named !== null && (!row || ownerOf(row) !== owner)) return \`\${field} names a record that does not exist\`;
  }
  for (const names of unique) {
    const values = names.map((name) => toSqlValue(value[name]));
    if (values.includes(null)) continue;
    const same = names.map((name) => \`\${quoteName(name)} IS ?\`).join(' AND ');
    const sql = \`SELECT 1 FROM \${quoteName(table)} WHERE \${same} AND "$owner" IS ? AND "id" <> ?\`;
    if (database.get(sql, ...values, owner, id)) return \`\${names.join(' and ')} is already taken\`;
  }
  return undefined;
};

/** Takes in the lines that can be, and tells of the others. */
export const importLines = (
  copy: Copy,
  collection: Collection,
  lines: readonly string[],
  clock: Clock,
  owner: string | null,
): ImportReport => {
  const { database } = copy;
  const { now } = readMoment(clock);
  const refused: { line: number; reason: string }[] = [];
  let imported = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const read = readLine(collection, line, now);
    const before = 'id' in read ? findRow(database, collection, read.id) : undefined;
    const isForeign = before !== undefined && ownerOf(before) !== owner;
    const reason =
      'reason' in read
        ? read.reason
        : isForeign
          ? 'id is already taken'
          : wrongAmongOthers(copy, collection, read.id, read.value, owner);
    if ('reason' in read || reason !== undefined) {
      if (refused.length < mostReasons) refused.push({ line: index + 1, reason: reason ?? '' });
      continue;
    }
    writeRow(database, collection, read.id, read.value, owner);
    database.changed?.(collection.table, read.id, owner);
    imported += 1;
  }
  return { imported, refused };
};
`,
  'src/records/ledger.ts': `/**
 * What the working copy remembers about the Data service: which of its records were changed and are not kept there yet,
 * which are known to be there, and up to where the feed was followed. It is written together with the records, so a stop
 * at any moment loses nothing.
 */
import type { Database } from '../database.ts';

export interface Waiting {
  readonly sequence: number;
  readonly table: string;
  readonly id: string;
  readonly owner: string | null;
}

export interface Ledger {
  readonly note: (table: string, id: string, owner: string | null) => void;
  /** What waits to be kept, oldest first. */
  readonly waiting: (limit: number) => readonly Waiting[];
  /** Nothing up to this sequence waits any more. */
  readonly settle: (upTo: number) => void;
  readonly isKept: (table: string, id: string) => boolean;
  readonly setKept: (table: string, id: string, isKept: boolean) => void;
  /** The sequence up to which the feed was followed; undefined before it ever was. */
  readonly cursor: () => number | undefined;
  readonly setCursor: (sequence: number) => void;
}

const prepare = (database: Database): void => {
  database.run(
    \`CREATE TABLE IF NOT EXISTS "$waiting" ("sequence" INTEGER PRIMARY KEY AUTOINCREMENT, "table" TEXT NOT NULL, "id" TEXT NOT NULL, "owner" TEXT)\`,
  );
  database.run(
    \`CREATE TABLE IF NOT EXISTS "$kept" ("table" TEXT NOT NULL, "id" TEXT NOT NULL, PRIMARY KEY ("table", "id"))\`,
  );
  database.run(\`CREATE TABLE IF NOT EXISTS "$cursor" ("only" INTEGER PRIMARY KEY, "sequence" INTEGER NOT NULL)\`);
};

/** Opens the ledger in the database of the working copy. */
export const openLedger = (database: Database): Ledger => {
  prepare(database);
  return {
    note: (table, id, owner) => {
      database.run(\`INSERT INTO "$waiting" ("table", "id", "owner") VALUES (?, ?, ?)\`, table, id, owner);
    },
    waiting: (limit) =>
      database.all(\`SELECT * FROM "$waiting" ORDER BY "sequence" LIMIT ?\`, limit).map((row) => ({
        sequence: Number(row['sequence']),
        table: String(row['table']),
        id: String(row['id']),
        owner: row['owner'] === null || row['owner'] === undefined ? null : String(row['owner']),
      })),
    settle: (upTo) => {
      database.run(\`DELETE FROM "$waiting" WHERE "sequence" <= ?\`, upTo);
    },
    isKept: (table, id) =>
      database.get(\`SELECT 1 FROM "$kept" WHERE "table" = ? AND "id" = ?\`, table, id) !== undefined,
    setKept: (table, id, isKept) => {
      const sql = isKept
        ? \`INSERT OR IGNORE INTO "$kept" ("table", "id") VALUES (?, ?)\`
        : \`DELETE FROM "$kept" WHERE "table" = ? AND "id" = ?\`;
      database.run(sql, table, id);
    },
    cursor: () => {
      const row = database.get(\`SELECT "sequence" FROM "$cursor"\`);
      return row === undefined ? undefined : Number(row['sequence']);
    },
    setCursor: (sequence) => {
      database.run(\`INSERT OR REPLACE INTO "$cursor" ("only", "sequence") VALUES (1, ?)\`, sequence);
    },
  };
};
`,
  'src/records/send.ts': `/** Hands what was changed in the working copy to the Data service, and takes back what that refuses. */
import { Problem } from '../http/problem.ts';
import { findRow, toValue } from './collection.ts';
import type { Collection } from './collection.ts';
import { ask, findKept, follow } from './copy.ts';
import type { Copy } from './copy.ts';
import type { Waiting } from './ledger.ts';
import type { RecordChange } from './service.ts';

/** As many as the service takes in one transaction. */
const mostChanges = 100;

interface Touched {
  readonly collection: Collection;
  readonly id: string;
  readonly owner: string | null;
}

/** Each record once, whatever happened to it meanwhile. */
const touchedBy = ({ collections }: Copy, waiting: readonly Waiting[]): readonly Touched[] => {
  const byName = new Map<string, Touched>();
  for (const { table, id, owner } of waiting) {
    const collection = collections.find((each) => each.table === table);
    if (collection) byName.set(\`\${table}/\${id}\`, { collection, id, owner });
  }
  return [...byName.values()];
};

const toChange = ({ database, ledger }: Copy, { collection, id, owner }: Touched): RecordChange | undefined => {
  const row = findRow(database, collection, id);
  const isKept = ledger.isKept(collection.table, id);
  const named = { collection: collection.name, id, ...(owner === null ? {} : { owner }) };
  if (!row) return isKept ? { kind: 'remove', ...named } : undefined;
  return { kind: isKept ? 'replace' : 'insert', ...named, value: toValue(collection, row) };
};

const idsByCollection = (touched: readonly Touched[]): ReadonlyMap<Collection, readonly string[]> => {
  const ids = new Map<Collection, string[]>();
  for (const { collection, id } of touched) ids.set(collection, [...(ids.get(collection) ?? []), id]);
  return ids;
};

/** Finds out which of the records are kept: the answer to an earlier attempt may have been lost. */
const learn = async (copy: Copy, touched: readonly Touched[]): Promise<void> => {
  for (const [collection, ids] of idsByCollection(touched)) {
    const kept = await findKept(copy, collection, ids);
    for (const id of ids) copy.ledger.setKept(collection.table, id, kept.has(id));
  }
};

/** Brings everything that waits back to what the service keeps. */
const takeBack = async (copy: Copy): Promise<void> => {
  const waiting = copy.ledger.waiting(Number.MAX_SAFE_INTEGER);
  for (const [collection, ids] of idsByCollection(touchedBy(copy, waiting))) {
    const kept = await findKept(copy, collection, ids);
    for (const id of ids) follow(copy, collection, id, kept.get(id));
  }
  copy.ledger.settle(waiting.at(-1)?.sequence ?? 0);
};

const statuses: Readonly<Record<string, number>> = {
  'request.invalid': 422,
  'resource.conflict': 409,
  'resource.not_found': 409,
  'state.conflict': 409,
};

type Outcome = { readonly error?: { readonly type: string; readonly detail: string } };

const attempt = async (copy: Copy, touched: readonly Touched[]): Promise<Outcome> => {
  const changes = touched.flatMap((each) => toChange(copy, each) ?? []);
  if (changes.length === 0) return {};
  const answer = await ask(() => copy.data.change({ changes }));
  return answer.ok ? {} : { error: answer.error };
};

const sendBatch = async (copy: Copy, waiting: readonly Waiting[]): Promise<number> => {
  const touched = touchedBy(copy, waiting);
  let { error } = await attempt(copy, touched);
  if (error?.type === 'resource.conflict' || error?.type === 'resource.not_found') {
    await learn(copy, touched);
    ({ error } = await attempt(copy, touched));
  }
  if (error) {
    await takeBack(copy);
    throw new Problem(statuses[error.type] ?? 503, \`The change was not kept: \${error.detail}\`);
  }
  for (const { collection, id } of touched)
    copy.ledger.setKept(collection.table, id, findRow(copy.database, collection, id) !== undefined);
  copy.ledger.settle(waiting.at(-1)?.sequence ?? 0);
  return touched.length;
};

/**
 * Sends everything that waits and answers how many records that were. What one request changed goes in one transaction
 * of up to 100 records. A refusal undoes all that was not sent yet and is thrown as a problem.
 */
export const sendWaiting = async (copy: Copy): Promise<number> => {
  let sent = 0;
  for (let batch = copy.ledger.waiting(mostChanges); batch.length > 0; batch = copy.ledger.waiting(mostChanges)) {
    sent += await sendBatch(copy, batch);
  }
  return sent;
};
`,
  'src/records/service.ts': `/** The Data service of the platform, as far as this application asks it. */
import type { ServiceResult } from '../access/services.ts';

export interface KeptRecord {
  readonly id: string;
  readonly version: number;
  /** Whose it is, in a collection whose records have owners. */
  readonly owner?: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Named {
  readonly collection: string;
  readonly id: string;
  readonly owner?: string;
}

export type RecordChange =
  | (Named & { readonly kind: 'insert' | 'replace'; readonly value: Readonly<Record<string, unknown>> })
  | (Named & { readonly kind: 'remove' });

export interface FeedEntry {
  readonly sequence: number;
  readonly collection: string;
  readonly id: string;
  readonly kind: 'inserted' | 'updated' | 'removed';
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** As it is now; absent when it was removed since. */
  readonly record?: KeptRecord;
}

export interface Feed {
  readonly entries: readonly FeedEntry[];
  /** Of the newest change that there is. */
  readonly latest: number;
}

export interface DataService {
  /** Records by id; \`'*'\` as the owner means everybody's. */
  query(query: {
    readonly collection: string;
    readonly owner?: string;
    readonly where?: { readonly field: string; readonly oneOf: readonly string[] };
    readonly limit?: number;
    readonly after?: string;
  }): Promise<ServiceResult<{ readonly items: readonly KeptRecord[]; readonly next?: string }>>;
  /** All of them or none, at most 100. */
  change(command: { readonly changes: readonly RecordChange[] }): Promise<ServiceResult<unknown>>;
  /** What changed after a sequence, oldest first; \`cursor.gone\` when that is no longer kept. */
  changes(query: {
    readonly after: number;
    readonly limit?: number;
    readonly collection?: string;
  }): Promise<ServiceResult<Feed>>;
}
`,
  'src/storage/checks.ts': `/** Checks that need the other records: that a record exists, that references lead somewhere, that values are unique. */
import { conflict, invalid, notFound } from '../http/problem.ts';
import { findInvalid } from '../validation/record.ts';
import type { Field } from '../validation/field.ts';
import type { Store } from './store.ts';
import type { Identity } from './table.ts';

/** The record with this id, or a 404. \`name\` is what people call it, such as \`book\`. */
export const requireRecord = <Entity extends Identity>(store: Store<Entity>, id: string, name: string): Entity => {
  const record = store.get(id);
  if (!record) throw notFound(\`There is no \${name} with the id \${id}.\`);
  return record;
};

interface Reference {
  readonly field: string;
  readonly id: string | null;
  readonly store: { readonly get: (id: string) => unknown };
}

/** Refuses references that lead nowhere with a 422 that names their fields. */
export const refuseMissing = (references: readonly Reference[]): void => {
  const errors = references
    .filter(({ id, store }) => id !== null && store.get(id) === undefined)
    .map(({ field }) => ({ field, message: 'names a record that does not exist' }));
  if (errors.length > 0) throw invalid(errors);
};

/** Refuses a record when another one has the same values in these fields. Nothing never equals nothing. */
export const refuseTwin = <Entity extends Identity>(
  store: Store<Entity>,
  record: Entity,
  fields: readonly (keyof Entity & string)[],
): void => {
  if (fields.some((field) => record[field] === null)) return;
  // SAFETY: the entries are fields of the record with their own values.
  const values = Object.fromEntries(fields.map((field) => [field, record[field]])) as Partial<Entity>;
  if (store.find(values).every((other) => other.id === record.id)) return;
  const errors = fields.map((field) => ({ field, message: 'is already taken' }));
  throw conflict(\`There is already a record with the same \${fields.join(' and ')}.\`, errors);
};

/** Refuses a move of a field from one value to another that is not among the allowed ones. */
export const refuseMove = <Value extends string>(
  field: string,
  moves: Readonly<Record<Value, readonly Value[]>>,
  from: Value | null,
  to: Value | null,
): void => {
  if (from === null || from === to) return;
  const allowed = moves[from];
  if (to !== null && allowed.includes(to)) return;
  const message = \`cannot go from \${from} to \${to ?? 'nothing'}; possible: \${allowed.join(', ') || 'none'}\`;
  throw conflict(\`\${field} \${message}.\`, [{ field, message }]);
};

/** Refuses a record that starts with a value which others only come to later. */
export const refuseStart = <Value extends string>(
  field: string,
  allowed: readonly Value[],
  value: Value | null,
): void => {
  if (value === null || allowed.includes(value)) return;
  const message = \`cannot start as \${value}; possible: \${allowed.join(', ')}\`;
  throw conflict(\`\${field} \${message}.\`, [{ field, message }]);
};

/** Refuses the removal of a record that others still name. */
export const refuseInUse = (name: string, users: string, references: readonly unknown[]): void => {
  if (references.length === 0) return;
  throw conflict(\`The \${name} cannot be deleted while \${users} refer to it.\`);
};

/** Refuses a change that the application would make itself, when a field would leave its bounds. */
export const refuseOutOfBounds = (
  name: string,
  fields: Readonly<Record<string, Field<unknown>>>,
  record: object,
): void => {
  const errors = findInvalid(fields, record);
  if (errors.length === 0) return;
  const reasons = errors.map(({ field, message }) => \`\${field} of the \${name} \${message}\`).join('; ');
  throw conflict(\`The change is not possible: \${reasons}.\`, errors);
};
`,
  'src/storage/page.ts': `/** What a list request asks for, and how it is answered from SQL or from records that are already at hand. */
import type { SqlValue } from '../database.ts';

export interface PageRequest {
  readonly limit: number;
  readonly offset: number;
  /** Text to look for in the searchable fields. */
  readonly search?: string;
  readonly searchIn: readonly string[];
  /** Fields that must have exactly this value; of a list, contain it. */
  readonly filters: Readonly<Record<string, SqlValue | boolean>>;
  readonly sort?: { readonly field: string; readonly descending: boolean };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many there are in all, not only on this page. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

const valueOf = (item: object, field: string): unknown => (item as Readonly<Record<string, unknown>>)[field] ?? null;

const contains = (value: unknown, search: string): boolean => {
  const texts = Array.isArray(value) ? value.map(String) : [value === null ? '' : String(value)];
  return texts.some((text) => text.toLowerCase().includes(search.toLowerCase()));
};

const passes = (item: object, request: PageRequest): boolean => {
  const { search, searchIn, filters } = request;
  const isFound = search === undefined || searchIn.some((field) => contains(valueOf(item, field), search));
  const isMatch = Object.entries(filters).every(([field, wanted]) => {
    const value = valueOf(item, field);
    return Array.isArray(value) ? value.includes(wanted) : value === wanted;
  });
  return isFound && isMatch;
};

const rank = (value: unknown): string | number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return String(value).toLowerCase();
};

/** Null first, then numbers by size and text by letters, as SQLite sorts them. */
const compare = (left: unknown, right: unknown): number => {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  const [first, second] = [rank(left), rank(right)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
};

/** Whether the request filters or sorts by one of these fields. */
export const usesFields = ({ filters, sort }: PageRequest, fields: readonly string[]): boolean =>
  fields.some((field) => Object.hasOwn(filters, field) || sort?.field === field);

/** The page of these items that was asked for. */
export const selectPage = <Item extends object>(items: readonly Item[], request: PageRequest): Page<Item> => {
  const { limit, offset, sort } = request;
  const found = items.filter((item) => passes(item, request));
  if (sort) {
    const direction = sort.descending ? -1 : 1;
    found.sort((left, right) => direction * compare(valueOf(left, sort.field), valueOf(right, sort.field)));
  }
  return { items: found.slice(offset, offset + limit), total: found.length, limit, offset };
};
`,
  'src/storage/store.ts': `/**
 * The records of one table. Writes are held back until \`flush\`, and every read already sees them: so a request can
 * check all its rules, compute all its effects, be refused at any point, and nothing is half written.
 */
import { quoteName } from '../database.ts';
import type { Database, SqlValue } from '../database.ts';
import type { Page, PageRequest } from './page.ts';
import { columnsOf, toEntity, toSqlValue } from './table.ts';
import type { Identity, Table } from './table.ts';

export interface Store<Entity extends Identity> {
  readonly get: (id: string) => Entity | undefined;
  /** The record that an optional reference names. */
  readonly at: (id: string | null) => Entity | null;
  /** The record that a checked reference names; it is a bug when there is none. */
  readonly require: (id: string) => Entity;
  /** All records with these values, oldest first. */
  readonly find: (criteria?: Partial<Entity>) => readonly Entity[];
  /** One page, read by SQL. It does not see writes that are still held back. */
  readonly page: (request: PageRequest) => Page<Entity>;
  readonly put: (entity: Entity) => void;
  readonly delete: (id: string) => void;
  /** Writes what was held back. */
  readonly flush: () => void;
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

const joinConditions = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.length === 0 ? '' : \` WHERE \${conditions.map(({ sql }) => sql).join(' AND ')}\`,
  parameters: conditions.flatMap(({ parameters }) => parameters),
});

const equals = (field: string, value: SqlValue): Condition => ({
  sql: \`\${quoteName(field)} IS ?\`,
  parameters: [value],
});

const matchesCriteria = (entity: object, criteria: object): boolean => {
  const values = new Map<string, unknown>(Object.entries(entity));
  return Object.entries(criteria).every(([field, wanted]) => values.get(field) === wanted);
};

/** The records of one person; without one those that belong to nobody. */
const belonging = (owner: string | null): Condition => equals('$owner', owner);

const pageConditions = <Entity extends Identity>(
  table: Table<Entity>,
  request: PageRequest,
  owner: string | null,
): Condition => {
  const kinds = new Map(columnsOf(table));
  const conditions = Object.entries(request.filters).map(([field, value]) =>
    kinds.get(field) === 'list'
      ? {
          sql: \`EXISTS (SELECT 1 FROM json_each(\${quoteName(field)}) WHERE value = ?)\`,
          parameters: [toSqlValue(value)],
        }
      : equals(field, toSqlValue(value)),
  );
  const { search, searchIn } = request;
  if (search !== undefined) {
    // \`instr\` rather than LIKE: Durable Objects limit a LIKE pattern to 50 bytes, and \`%\` needs no escaping.
    const sql = searchIn.map((field) => \`instr(lower(\${quoteName(field)}), lower(?)) > 0\`).join(' OR ');
    conditions.push({ sql: \`(\${sql || 'FALSE'})\`, parameters: searchIn.map(() => search) });
  }
  return joinConditions([belonging(owner), ...conditions]);
};

const orderBy = ({ sort }: PageRequest): string =>
  sort ? \`\${quoteName(sort.field)} COLLATE NOCASE \${sort.descending ? 'DESC' : 'ASC'}, rowid\` : 'rowid';

const readPage = <Entity extends Identity>(
  database: Database,
  table: Table<Entity>,
  request: PageRequest,
  owner: string | null,
): Page<Entity> => {
  const { limit, offset } = request;
  const from = \`FROM \${quoteName(table.name)}\`;
  const where = pageConditions(table, request, owner);
  const total = database.get(\`SELECT count(*) AS total \${from}\${where.sql}\`, ...where.parameters);
  const rows = database.all(
    \`SELECT * \${from}\${where.sql} ORDER BY \${orderBy(request)} LIMIT ? OFFSET ?\`,
    ...where.parameters,
    limit,
    offset,
  );
  return { items: rows.map((row) => toEntity(table, row)), total: Number(total?.['total'] ?? 0), limit, offset };
};

const write = <Entity extends Identity>(
  database: Database,
  table: Table<Entity>,
  entity: Entity,
  owner: string | null,
): void => {
  const values = new Map<string, unknown>(Object.entries(entity));
  const names = columnsOf(table).map(([name]) => name);
  const columns = names.map(quoteName).join(', ');
  const updates = names.map((name) => \`\${quoteName(name)} = excluded.\${quoteName(name)}\`).join(', ');
  database.run(
    \`INSERT INTO \${quoteName(table.name)} (\${columns}, "$owner") VALUES (\${names.map(() => '?').join(', ')}, ?)
     ON CONFLICT ("id") DO UPDATE SET \${updates}\`,
    ...names.map((name) => toSqlValue(values.get(name))),
    owner,
  );
};

/** Opens the table for one request. Records of others than the owner are not there. */
export const openStore = <Entity extends Identity>(
  database: Database,
  table: Table<Entity>,
  owner: string | null = null,
): Store<Entity> => {
  const heldBack = new Map<string, Entity | null>();
  const read = (conditions: readonly Condition[]): readonly Entity[] => {
    const where = joinConditions([belonging(owner), ...conditions]);
    return database
      .all(\`SELECT * FROM \${quoteName(table.name)}\${where.sql} ORDER BY rowid\`, ...where.parameters)
      .map((row) => toEntity(table, row));
  };

  const get = (id: string): Entity | undefined => {
    const held = heldBack.get(id);
    return held === undefined ? read([equals('id', id)])[0] : (held ?? undefined);
  };

  const find = (criteria: Partial<Entity> = {}): readonly Entity[] => {
    const conditions = Object.entries(criteria).map(([field, value]) => equals(field, toSqlValue(value)));
    const stored = read(conditions).filter((entity) => !heldBack.has(entity.id));
    const held = [...heldBack.values()].filter((entity) => entity !== null);
    return [...stored, ...held.filter((entity) => matchesCriteria(entity, criteria))];
  };

  return {
    get,
    at: (id) => (id === null ? null : (get(id) ?? null)),
    require: (id) => {
      const entity = get(id);
      if (!entity) throw new Error(\`There is no record \${id} in \${table.name}.\`);
      return entity;
    },
    find,
    page: (request) => readPage(database, table, request, owner),
    put: (entity) => {
      heldBack.set(entity.id, entity);
    },
    delete: (id) => {
      heldBack.set(id, null);
    },
    flush: () => {
      for (const [id, entity] of heldBack) {
        if (entity) write(database, table, entity, owner);
        else database.run(\`DELETE FROM \${quoteName(table.name)} WHERE "id" = ? AND "$owner" IS ?\`, id, owner);
        database.changed?.(table.name, id, owner);
      }
      heldBack.clear();
    },
  };
};
`,
  'src/storage/table.ts': `/** Tables as data: how a record's fields stand in SQL, and how a table of an older version is brought up to date. */
import { quoteName } from '../database.ts';
import type { Database, Row, SqlValue } from '../database.ts';

/** What every record has besides its own fields. */
export interface Identity {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type ColumnKind = 'text' | 'integer' | 'real' | 'boolean' | 'list';

/** The names of a record's own fields. */
export type OwnField<Entity extends Identity> = Exclude<keyof Entity, keyof Identity> & string;

export interface Table<Entity extends Identity> {
  readonly name: string;
  readonly columns: Readonly<Record<OwnField<Entity>, ColumnKind>>;
  /** Columns that are looked up often: references and unique fields. */
  readonly indexes: readonly OwnField<Entity>[];
  /** What records get that were stored before the column existed; without one it is null. */
  readonly fallbacks: Partial<Pick<Entity, OwnField<Entity>>>;
}

const columnTypes: Readonly<Record<ColumnKind, string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  real: 'REAL',
  boolean: 'INTEGER',
  list: 'TEXT',
};

const identityColumns: Readonly<Record<keyof Identity, ColumnKind>> = {
  id: 'text',
  createdAt: 'text',
  updatedAt: 'text',
};

/** All columns of a table with their kinds, the identity first. */
export const columnsOf = <Entity extends Identity>(
  table: Table<Entity>,
): readonly (readonly [name: string, kind: ColumnKind])[] => [
  ...Object.entries<ColumnKind>(identityColumns),
  ...Object.entries<ColumnKind>(table.columns),
];

/** A field's value as SQLite stores it. */
export const toSqlValue = (value: unknown): SqlValue => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
};

/** A field's value as records have it, from how SQLite stores it. */
export const fromSqlValue = (value: SqlValue, kind: ColumnKind): unknown => {
  if (value === null) return null;
  if (kind === 'boolean') return value === 1;
  if (kind === 'list') return JSON.parse(String(value)) as unknown;
  return value;
};

/** A row of the table as a record. */
export const toEntity = <Entity extends Identity>(table: Table<Entity>, row: Row): Entity => {
  const fields = columnsOf(table).map(([name, kind]) => [name, fromSqlValue(row[name] ?? null, kind)]);
  // SAFETY: the table was written from records of this type only.
  return Object.fromEntries(fields) as Entity;
};

/**
 * Creates the table, or adds the columns that it does not have yet. Nothing is ever dropped or rewritten, so that the
 * data of an older version stays readable and a step back to that version is possible.
 */
export const prepareTable = <Entity extends Identity>(database: Database, table: Table<Entity>): void => {
  const name = quoteName(table.name);
  database.run(\`CREATE TABLE IF NOT EXISTS \${name} ("id" TEXT PRIMARY KEY)\`);
  const present = new Set(database.all(\`PRAGMA table_info(\${name})\`).map((column) => column['name']));
  const fallbacks: Readonly<Record<string, unknown>> = table.fallbacks;
  for (const [column, kind] of columnsOf(table)) {
    if (present.has(column)) continue;
    database.run(\`ALTER TABLE \${name} ADD COLUMN \${quoteName(column)} \${columnTypes[kind]}\`);
    const fallback = toSqlValue(fallbacks[column]);
    if (fallback !== null) database.run(\`UPDATE \${name} SET \${quoteName(column)} = ?\`, fallback);
  }
  if (!present.has('$owner')) database.run(\`ALTER TABLE \${name} ADD COLUMN "$owner" TEXT\`);
  for (const column of table.indexes) {
    const index = quoteName(\`\${table.name}_by_\${column}\`);
    database.run(\`CREATE INDEX IF NOT EXISTS \${index} ON \${name} (\${quoteName(column)})\`);
  }
};
`,
  'src/time.ts': `/** Arithmetic with days (\`2030-01-31\`) and moments (\`2030-01-31T09:30:00.000Z\`), always in UTC. */

export type TimeUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';

const dayLength = 'YYYY-MM-DD'.length;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const fixedUnitMs: Readonly<Record<Exclude<TimeUnit, 'months' | 'years'>, number>> = {
  minutes: minuteMs,
  hours: hourMs,
  days: dayMs,
  weeks: 7 * dayMs,
};

/** Months differ in length: 31 January and one month is the last day of February. */
const addMonths = (time: Date, amount: number): Date => {
  const first = Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + amount, 1);
  const lastDay = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + amount + 1, 0)).getUTCDate();
  const timeOfDayMs = time.getTime() % dayMs;
  return new Date(first + (Math.min(time.getUTCDate(), lastDay) - 1) * dayMs + ((timeOfDayMs + dayMs) % dayMs));
};

const addToDate = (time: Date, amount: number, unit: TimeUnit): Date => {
  if (unit === 'months') return addMonths(time, amount);
  if (unit === 'years') return addMonths(time, 12 * amount);
  return new Date(time.getTime() + amount * fixedUnitMs[unit]);
};

/** The day or moment that much later; earlier when the amount is negative. A day stays a day. */
export const addTime = (base: string, amount: number, unit: TimeUnit): string => {
  const later = addToDate(new Date(base), amount, unit).toISOString();
  return base.length === dayLength ? later.slice(0, dayLength) : later;
};

/** The day that a moment falls on; nothing when there is no moment. */
export const dayOf = <Value extends string | null>(moment: Value): Value =>
  // SAFETY: a text gives a text, and null gives null.
  (moment === null ? null : moment.slice(0, dayLength)) as Value;

/** Days from one day to another. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs;

/** Hours from one moment to another. */
export const hoursBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / hourMs;
`,
  'src/validation/field.ts': `/**
 * A field as data: how a value from outside is checked, and what a client may do with it.
 * \`text\`, \`integer\` and the others say what a value must be; \`required\`, \`optional\`, \`defaulted\`, \`readOnly\` and
 * \`immutable\` say when it must or may be sent.
 */
import type { ColumnKind } from '../storage/table.ts';

/** The value to keep, or why there is none: a message that follows the field's name, such as \`must be a number\`. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };

/** What a value of this kind must be. */
export interface Kind<Value> {
  readonly column: ColumnKind;
  readonly check: (value: unknown) => Checked<Value>;
}

export interface Field<Value> extends Kind<Value> {
  /** Must be sent for a new record. */
  readonly isRequired: boolean;
  readonly isReadOnly: boolean;
  readonly isImmutable: boolean;
}

export const accept = <Value>(value: Value): Checked<Value> => ({ ok: true, value });

export const refuse = (message: string): Checked<never> => ({ ok: false, message });

const allowNull =
  <Value>(kind: Kind<Value>) =>
  (value: unknown): Checked<Value | null> =>
    value === null ? accept(null) : kind.check(value);

const describe = { isRequired: false, isReadOnly: false, isImmutable: false };

/** Must be sent, and is never null. */
export const required = <Value>(kind: Kind<Value>): Field<Value> => ({ ...kind, ...describe, isRequired: true });

/** May be left out or null. */
export const optional = <Value>(kind: Kind<Value>): Field<Value | null> => ({
  ...kind,
  ...describe,
  check: allowNull(kind),
});

/** May be left out, because it has a default, but is never null. */
export const defaulted = <Value>(kind: Kind<Value>): Field<Value> => ({ ...kind, ...describe });

/** Set by the application only: a client that sends it is refused. */
export const readOnly = <Value>(field: Field<Value>): Field<Value> => ({
  ...field,
  isRequired: false,
  isReadOnly: true,
});

/** May be sent for a new record and never changed afterwards. */
export const immutable = <Value>(field: Field<Value>): Field<Value> => ({ ...field, isImmutable: true });

/** The same field in the body of an action, where it may be sent whatever else holds for it. */
export const inAction = <Value>(field: Field<Value>, isRequired: boolean): Field<Value> => ({
  ...field,
  isRequired,
  isReadOnly: false,
});

/** Reads a value from a query string or a form. Text that cannot be read stays text, which \`check\` then refuses. */
export const fromText = (kind: Kind<unknown>, text: string): unknown => {
  switch (kind.column) {
    case 'integer':
    case 'real':
      return /^-?\\d+(?:\\.\\d+)?$/u.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text
        .split(/[\\n,]/u)
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'text':
      return text;
  }
};
`,
  'src/validation/number.ts': `/** Numbers and yes-or-no values. Text that looks like a number is not one. */
import { accept, refuse } from './field.ts';
import type { Kind } from './field.ts';

export interface NumberLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  /** The value must be less than this. */
  readonly below?: number;
}

const refuseNumber = (value: number, limits: NumberLimits): string | undefined => {
  const { minimum = -Infinity, maximum = Infinity, above = -Infinity, below = Infinity } = limits;
  if (value < minimum) return \`must be at least \${minimum}\`;
  if (value > maximum) return \`must be at most \${maximum}\`;
  if (value <= above) return \`must be greater than \${above}\`;
  if (value >= below) return \`must be less than \${below}\`;
  return undefined;
};

/** A whole number that JavaScript can hold exactly. */
export const integer = (limits: NumberLimits = {}): Kind<number> => ({
  column: 'integer',
  check: (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse('must be a whole number');
    const message = refuseNumber(value, limits);
    return message === undefined ? accept(value) : refuse(message);
  },
});

/** Any finite number. */
export const decimal = (limits: NumberLimits = {}): Kind<number> => ({
  column: 'real',
  check: (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuse('must be a number');
    const message = refuseNumber(value, limits);
    return message === undefined ? accept(value) : refuse(message);
  },
});

/** True or false. */
export const flag = (): Kind<boolean> => ({
  column: 'boolean',
  check: (value) => (typeof value === 'boolean' ? accept(value) : refuse('must be true or false')),
});
`,
  'src/validation/record.ts': `/** Checks whole bodies against the fields of a record, and says everything that is wrong with them at once. */
import { badRequest, invalid } from '../http/problem.ts';
import type { FieldError } from '../http/problem.ts';
import type { Identity, OwnField } from '../storage/table.ts';
import type { Field } from './field.ts';

/** The fields of a record type, each with its check. */
export type Fields<Entity extends Identity> = { readonly [Name in OwnField<Entity>]: Field<Entity[Name]> };

type AnyFields = Readonly<Record<string, Field<unknown>>>;

const identityFields: readonly (keyof Identity)[] = ['id', 'createdAt', 'updatedAt'];

const readObject = (body: unknown): Readonly<Record<string, unknown>> => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('The body must be a JSON object.');
  }
  return { ...body };
};

/** The field of that name, and never something that every object inherits. */
const fieldNamed = (fields: AnyFields, name: string): Field<unknown> | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

const whyNotSent = (fields: AnyFields, name: string): string | undefined => {
  if ((identityFields as readonly string[]).includes(name)) return 'is set by the application and cannot be sent';
  const field = fieldNamed(fields, name);
  if (!field) return 'is not a known field';
  return field.isReadOnly ? 'is set by the application and cannot be sent' : undefined;
};

const checkValues = (fields: AnyFields, sent: Readonly<Record<string, unknown>>, errors: FieldError[]): object => {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sent)) {
    const message = whyNotSent(fields, name);
    const checked = fieldNamed(fields, name)?.check(value);
    if (message !== undefined) errors.push({ field: name, message });
    else if (checked?.ok === false) errors.push({ field: name, message: checked.message });
    else values[name] = checked?.value;
  }
  return values;
};

/** A body for a new record: every required field, nothing unknown. Throws a 422 that names each field at fault. */
export const readNew = <Input extends object>(fields: AnyFields, body: unknown): Input => {
  const sent = readObject(body);
  const errors: FieldError[] = Object.entries(fields)
    .filter(([name, field]) => field.isRequired && (sent[name] === undefined || !Object.hasOwn(sent, name)))
    .map(([name]) => ({ field: name, message: 'is required' }));
  const values = checkValues(fields, sent, errors);
  if (errors.length > 0) throw invalid(errors);
  // SAFETY: every field was checked by its kind, and no required one is missing.
  return values as Input;
};

/** A body that changes a record: any of the fields, nothing unknown. Throws a 422 that names each field at fault. */
export const readChange = <Input extends object>(fields: AnyFields, body: unknown): Partial<Input> => {
  const errors: FieldError[] = [];
  const values = checkValues(fields, readObject(body), errors);
  if (errors.length > 0) throw invalid(errors);
  // SAFETY: every field that is present was checked by its kind.
  return values as Partial<Input>;
};

/** Refuses a change of fields that are fixed once the record exists. */
export const refuseFixed = (fields: AnyFields, previous: object, record: object): void => {
  const before: Readonly<Record<string, unknown>> = { ...previous };
  const after: Readonly<Record<string, unknown>> = { ...record };
  const errors = Object.entries(fields)
    .filter(([name, field]) => field.isImmutable && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map(([name]) => ({ field: name, message: 'cannot be changed once it is set' }));
  if (errors.length > 0) throw invalid(errors);
};

/** What is wrong with fields that the application itself has computed, such as a stock that would fall below zero. */
export const findInvalid = (fields: AnyFields, record: object): readonly FieldError[] =>
  Object.entries({ ...record }).flatMap(([name, value]) => {
    const checked = value === null ? undefined : fieldNamed(fields, name)?.check(value);
    return checked?.ok === false ? [{ field: name, message: checked.message }] : [];
  });
`,
  'src/validation/text.ts': `/** Kinds of text: free text, addresses, identifiers, choices and lists. */
import { accept, refuse } from './field.ts';
import type { Checked, Kind } from './field.ts';

export interface TextLimits {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Matched against the whole text. */
  readonly pattern?: RegExp;
  /** Spaces alone count as nothing. */
  readonly notBlank?: boolean;
}

const characters = (count: number): string => (count === 1 ? '1 character' : \`\${count} characters\`);

const refuseText = (text: string, limits: TextLimits): string | undefined => {
  const { minLength = 0, maxLength = Infinity, pattern, notBlank = false } = limits;
  const length = [...text].length;
  if (notBlank && text.trim() === '') return 'must not be blank';
  if (length < minLength) return \`must have at least \${characters(minLength)}\`;
  if (length > maxLength) return \`must have at most \${characters(maxLength)}\`;
  if (pattern && !pattern.test(text)) return \`must match the pattern \${pattern.source}\`;
  return undefined;
};

const checkText = (value: unknown, limits: TextLimits): Checked<string> => {
  if (typeof value !== 'string') return refuse('must be a text');
  const message = refuseText(value, limits);
  return message === undefined ? accept(value) : refuse(message);
};

/** Free text. */
export const text = (limits: TextLimits = {}): Kind<string> => ({
  column: 'text',
  check: (value) => checkText(value, limits),
});

const isEmail = (value: string): boolean =>
  value.length <= 254 && /^[^\\s@<>()[\\]\\\\,;:"]+@[^\\s@.]+(?:\\.[^\\s@.]+)+$/u.test(value);

/** An e-mail address. */
export const email = (limits: TextLimits = {}): Kind<string> => ({
  column: 'text',
  check: (value) =>
    typeof value === 'string' && isEmail(value) ? checkText(value, limits) : refuse('must be an e-mail address'),
});

const isWebAddress = (value: string): boolean =>
  /^https?:\\/\\/\\S+$/u.test(value) && URL.canParse(value) && new URL(value).hostname !== '';

/** A web address with http or https. */
export const url = (limits: TextLimits = {}): Kind<string> => ({
  column: 'text',
  check: (value) =>
    typeof value === 'string' && isWebAddress(value)
      ? checkText(value, limits)
      : refuse('must be a web address such as https://example.com'),
});

const uuidPattern = /^[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}$/u;

/** A UUID, kept in small letters. */
export const uuid = (): Kind<string> => ({
  column: 'text',
  check: (value) => {
    const id = typeof value === 'string' ? value.toLowerCase() : '';
    return uuidPattern.test(id) ? accept(id) : refuse('must be a UUID');
  },
});

/** The id of another record. Whether that record exists is checked where the records are. */
export const reference = (): Kind<string> => uuid();

/** One of a fixed set of words. */
export const choice = <Word extends string>(words: readonly Word[]): Kind<Word> => ({
  column: 'text',
  check: (value) => {
    const word = words.find((candidate) => candidate === value);
    return word === undefined ? refuse(\`must be one of: \${words.join(', ')}\`) : accept(word);
  },
});

/** A list of texts. The lengths are those of the list. */
export const list = (
  limits: { readonly minLength?: number; readonly maxLength?: number } = {},
): Kind<readonly string[]> => ({
  column: 'list',
  check: (value) => {
    const { minLength = 0, maxLength = Infinity } = limits;
    if (!Array.isArray(value)) return refuse('must be a list of texts');
    const texts: readonly unknown[] = value;
    if (!texts.every((item) => typeof item === 'string')) return refuse('must be a list of texts');
    if (texts.length < minLength) return refuse(\`must have at least \${minLength} items\`);
    if (texts.length > maxLength) return refuse(\`must have at most \${maxLength} items\`);
    return accept(texts);
  },
});
`,
  'src/validation/time.ts': `/** Days and moments. Days must be on the calendar; moments are kept in UTC, so that they compare as text. */
import { accept, refuse } from './field.ts';
import type { Kind } from './field.ts';

const isOnCalendar = (day: string): boolean => {
  const time = Date.parse(\`\${day}T00:00:00Z\`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};

/** A day, such as \`2030-01-31\`. */
export const day = (): Kind<string> => ({
  column: 'text',
  check: (value) =>
    typeof value === 'string' && /^\\d{4}-\\d{2}-\\d{2}$/u.test(value) && isOnCalendar(value)
      ? accept(value)
      : refuse('must be a date such as 2030-01-31'),
});

const momentPattern = /^(?<day>\\d{4}-\\d{2}-\\d{2})T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?<zone>Z|[+-]\\d{2}:\\d{2})?$/u;

/** A moment in ISO 8601, such as \`2030-01-31T09:30:00Z\`. Without a time zone it is read as UTC. */
export const moment = (): Kind<string> => ({
  column: 'text',
  check: (value) => {
    const parts = typeof value === 'string' ? momentPattern.exec(value)?.groups : undefined;
    const time = parts ? Date.parse(\`\${String(value)}\${parts['zone'] === undefined ? 'Z' : ''}\`) : Number.NaN;
    return Number.isNaN(time) || !isOnCalendar(parts?.['day'] ?? '')
      ? refuse('must be a date and time such as 2030-01-31T09:30:00Z')
      : accept(new Date(time).toISOString());
  },
});
`,
  'src/worker.ts': `/** Where Cloudflare Workers meet the application: one Durable Object holds all data and answers every request. */
import { DurableObject } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import { createStorageDatabase } from './database.ts';

export class App extends DurableObject {
  readonly #answer = createApp({ database: createStorageDatabase(this.ctx.storage.sql), clock: systemClock });

  override async fetch(request: Request): Promise<Response> {
    return this.#answer(request);
  }
}

interface Environment {
  readonly APP: { getByName(name: string): { fetch(request: Request): Promise<Response> } };
}

export default {
  fetch: (request: Request, environment: Environment): Promise<Response> =>
    environment.APP.getByName('app').fetch(request),
};
`,
  'test/access/fake-services.ts': `/** Services in memory that answer as the platform's do, as far as the application asks them. */
import type { Account, AnalyticsService, AuthService, Grant, ServiceResult } from '../../src/access/services.ts';

const refused = <Value>(type: string, detail: string): ServiceResult<Value> => ({ ok: false, error: { type, detail } });

/** Accounts with passwords in the clear: for tests alone. */
export const createFakeAuth = (): AuthService => {
  const accounts = new Map<string, { readonly account: Account; readonly password: string }>();
  const sessions = new Map<string, Account>();
  const open = (account: Account): ServiceResult<Grant> => {
    const token = \`token-\${sessions.size + 1}\`;
    sessions.set(token, account);
    return { ok: true, value: { token, account, session: { expiresAt: Date.UTC(2030, 0, 16) } } };
  };
  return {
    signUp: async ({ email, password }) => {
      if (accounts.has(email)) return refused('resource.conflict', 'This address has an account already.');
      if (password.length < 8) {
        const issues = [{ field: 'password', reason: 'must be at least 8 characters' }];
        return { ok: false, error: { type: 'request.invalid', detail: 'password', issues } };
      }
      const account = { accountId: \`acc-\${accounts.size + 1}\`, email };
      accounts.set(email, { account, password });
      return open(account);
    },
    signIn: async ({ email, password }) => {
      const found = accounts.get(email);
      return found?.password === password ? open(found.account) : refused('auth.invalid', 'Wrong.');
    },
    authenticate: async ({ token }) => {
      const account = sessions.get(token);
      return account === undefined ? refused('auth.invalid', 'Unknown.') : { ok: true, value: { account } };
    },
    signOut: async ({ token }) => {
      sessions.delete(token);
      return { ok: true, value: null };
    },
  };
};

/** Counts in memory; the time does not matter to it. */
export const createFakeAnalytics = (): AnalyticsService => {
  const counts = new Map<string, number>();
  return {
    track: async ({ events }) => {
      for (const { name } of events) counts.set(name, (counts.get(name) ?? 0) + 1);
      return { ok: true, value: null };
    },
    totals: async () => ({ ok: true, value: [...counts].map(([name, count]) => ({ name, count })) }),
  };
};
`,
  'test/access/gate.test.ts': `/** Who gets how far. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createGate } from '../../src/access/gate.ts';
import { json } from '../../src/http/respond.ts';
import { call, send, submit } from '../support/client.ts';
import type { Answer } from '../support/client.ts';
import { createTestClock } from '../support/clock.ts';
import { createFakeAuth } from './fake-services.ts';

const ada = { email: 'ada@example.com', password: 'correct horse' };
const clock = createTestClock();
let gate: Answer;

beforeEach(() => {
  gate = createGate({
    auth: createFakeAuth(),
    clock,
    answerFor: (account) => async () => json({ person: account?.accountId ?? null }),
  });
});

const bearer = (token: unknown): RequestInit => ({ headers: { authorization: \`Bearer \${String(token)}\` } });

describe('the gate', () => {
  it('lets nobody through who is not signed in, but to what everybody may see', async () => {
    const refused = await call(gate, 'GET', '/records');
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
    for (const path of ['/', '/health', '/openapi.json']) assert.equal((await call(gate, 'GET', path)).status, 200);
    assert.equal((await send(gate, '/records', bearer('made-up'))).status, 401);
  });

  it('knows who is signed in, until they sign out', async () => {
    const grant = await call(gate, 'POST', '/auth/sign-up', ada);
    assert.equal(grant.status, 201);
    const { token } = grant.body;
    assert.deepEqual((await send(gate, '/records', bearer(token))).body, { person: 'acc-1' });
    assert.equal((await send(gate, '/auth/me', bearer(token))).status, 200);
    await send(gate, '/auth/sign-out', { ...bearer(token), method: 'POST' });
    assert.equal((await send(gate, '/records', bearer(token))).status, 401);
    assert.equal((await call(gate, 'POST', '/auth/sign-in', ada)).status, 200);
  });

  it('refuses wrong passwords, taken addresses and weak passwords', async () => {
    await call(gate, 'POST', '/auth/sign-up', ada);
    assert.equal((await call(gate, 'POST', '/auth/sign-in', { ...ada, password: 'wrong horse' })).status, 401);
    assert.equal((await call(gate, 'POST', '/auth/sign-up', ada)).status, 409);
    const weak = await call(gate, 'POST', '/auth/sign-up', { email: 'bob@example.com', password: 'x' });
    assert.equal(weak.status, 422);
    assert.equal((await call(gate, 'POST', '/auth/sign-in', { email: 7 })).status, 401);
  });

  it('serves browsers: a page to sign in, a cookie, and no other site in their name', async () => {
    const sent = await send(gate, '/records', { headers: { accept: 'text/html' } });
    assert.equal(sent.status, 303);
    assert.equal(sent.headers.get('location'), '/sign-in');
    assert.match((await call(gate, 'GET', '/sign-in')).text, /type="password"/u);
    assert.match((await submit(gate, '/auth/sign-in', ada)).text, /role="alert"/u);
    const entered = await submit(gate, '/auth/sign-up', ada);
    assert.equal(entered.status, 303);
    const setCookie = entered.headers.get('set-cookie') ?? '';
    assert.match(setCookie, /; HttpOnly; SameSite=Lax; Secure$/u);
    const cookie = setCookie.split(';')[0] ?? '';
    assert.equal((await send(gate, '/records', { headers: { cookie } })).status, 200);
    const foreign = { cookie, origin: 'https://elsewhere.test' };
    assert.equal((await send(gate, '/records', { method: 'POST', headers: foreign })).status, 403);
  });
});
`,
  'test/access/usage.test.ts': `/** What is counted. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countUsage } from '../../src/access/usage.ts';
import { json } from '../../src/http/respond.ts';
import { call } from '../support/client.ts';
import { createTestClock } from '../support/clock.ts';
import { createFakeAnalytics } from './fake-services.ts';

it('counts what was answered, by what was asked for, and not what was refused', async () => {
  const counted = countUsage(createFakeAnalytics(), createTestClock(), 'somebody', async (request) =>
    json({}, request.url.endsWith('/none') ? 404 : 200),
  );
  for (const path of ['/records/1', '/records/2', '/none', '/']) await call(counted, 'GET', path);
  await call(counted, 'POST', '/records', {});
  assert.deepEqual((await call(counted, 'GET', '/usage')).body, {
    days: 30,
    items: [
      { name: 'get.records', count: 2 },
      { name: 'get.front', count: 1 },
      { name: 'post.records', count: 1 },
    ],
  });
});
`,
  'test/compare.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAtMost, isLess, whenPresent } from '../src/compare.ts';

describe('comparing', () => {
  it('goes by size or by letters', () => {
    assert.equal(isLess(1, 2), true);
    assert.equal(isLess(2, 2), false);
    assert.equal(isAtMost(2, 2), true);
    assert.equal(isAtMost(3, 2), false);
    assert.equal(isLess('2030-01-01', '2030-01-02'), true);
  });

  it('never holds when a value is missing', () => {
    assert.equal(isLess(null, 2), false);
    assert.equal(isLess(2, null), false);
    assert.equal(isAtMost(null, null), false);
  });

  it('follows only what is present', () => {
    assert.equal(
      whenPresent(2, (value) => value + 1),
      3,
    );
    assert.equal(
      whenPresent<number, number>(null, (value) => value + 1),
      null,
    );
  });
});
`,
  'test/figures.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { average, countEach, exact, largest, ratio, smallest, sum } from '../src/figures.ts';

describe('figures', () => {
  it('have no dust of binary fractions', () => {
    assert.equal(sum([0.1, 0.2]), 0.3);
    assert.equal(exact(3 * 19.99), 59.97);
    assert.equal(average([0.1, 0.2]), 0.15);
  });

  it('of nothing are nothing', () => {
    assert.equal(sum([]), 0);
    assert.equal(average([]), null);
    assert.equal(smallest([]), null);
    assert.equal(largest([]), null);
  });

  it('find the ends', () => {
    assert.equal(smallest([3, 1, 2]), 1);
    assert.equal(largest([3, 1, 2]), 3);
    assert.equal(smallest(['2030-02-01', '2030-01-01']), '2030-01-01');
    assert.equal(largest(['2030-02-01', '2030-01-01']), '2030-02-01');
    assert.equal(average([1, null, 3]), 2);
    assert.equal(smallest([null, 4, 2]), 2);
    assert.equal(largest([null, 2, 4, null]), 4);
  });

  it('do not divide by zero', () => {
    assert.equal(ratio(1, 4), 0.25);
    assert.equal(ratio(1, 0), 0);
  });

  it('count each word', () => {
    assert.deepEqual(countEach(['a', 'b', 'a', null], ['a', 'c']), { a: 2, c: 0, b: 1, none: 1 });
  });
});
`,
  'test/http/body.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maximumBodyBytes, readForm, readJson, readOptionalJson } from '../../src/http/body.ts';
import { Problem } from '../../src/http/problem.ts';

const post = (body: string | Uint8Array<ArrayBuffer> | null, contentType: string): Request =>
  new Request('http://localhost/', { method: 'POST', body, headers: { 'content-type': contentType } });

const hasStatus = (status: number) => (error: unknown) => error instanceof Problem && error.status === status;

describe('request bodies', () => {
  it('reads JSON, also with a character set', async () => {
    assert.deepEqual(await readJson(post('{"a":[1,"ä"]}', 'application/json; charset=utf-8')), { a: [1, 'ä'] });
  });

  it('refuses malformed JSON and malformed UTF-8 with 400', async () => {
    await assert.rejects(readJson(post('{"a":', 'application/json')), hasStatus(400));
    await assert.rejects(readJson(post('', 'application/json')), hasStatus(400));
    await assert.rejects(readJson(post(new Uint8Array([0x22, 0xff, 0x22]), 'application/json')), hasStatus(400));
  });

  it('refuses another content type with 415', async () => {
    await assert.rejects(readJson(post('{}', 'text/plain')), hasStatus(415));
    await assert.rejects(readForm(post('a=1', 'application/json')), hasStatus(415));
  });

  it('takes a body of exactly the allowed size and refuses one byte more with 413', async () => {
    const text = JSON.stringify('x'.repeat(maximumBodyBytes - 2));
    assert.equal(String(await readJson(post(text, 'application/json'))).length, maximumBodyBytes - 2);
    await assert.rejects(readJson(post(\`\${text} \`, 'application/json')), hasStatus(413));
  });

  it('takes no body as an empty object where a body is optional', async () => {
    assert.deepEqual(await readOptionalJson(new Request('http://localhost/', { method: 'POST' })), {});
    assert.deepEqual(await readOptionalJson(post('{"a":1}', 'application/json')), { a: 1 });
  });

  it('reads the fields of a form', async () => {
    const form = await readForm(post('title=A+%26+B&done=true', 'application/x-www-form-urlencoded'));
    assert.equal(form.get('title'), 'A & B');
    assert.equal(form.get('done'), 'true');
  });

  it('refuses a form that another site sends', async () => {
    const request = post('a=1', 'application/x-www-form-urlencoded');
    request.headers.set('sec-fetch-site', 'cross-site');
    await assert.rejects(readForm(request), hasStatus(403));
  });
});
`,
  'test/http/list-query.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readListQuery } from '../../src/http/list-query.ts';
import type { ListShape } from '../../src/http/list-query.ts';
import { Problem } from '../../src/http/problem.ts';
import { flag, integer } from '../../src/validation/number.ts';
import { choice, list } from '../../src/validation/text.ts';

const shape: ListShape = {
  filters: { pages: integer(), lent: flag(), state: choice(['new', 'old']), tags: list() },
  sortable: ['title', 'pages'],
  searchable: ['title'],
  defaultLimit: 20,
  maximumLimit: 100,
};

const read = (query: string) => readListQuery(new URL(\`http://localhost/books?\${query}\`), shape);

const refusesParameter = (query: string, name: string): void => {
  assert.throws(
    () => read(query),
    (error) => error instanceof Problem && error.status === 400 && error.errors[0]?.field === name,
    query,
  );
};

describe('the query string of a list', () => {
  it('has defaults', () => {
    assert.deepEqual(read(''), { limit: 20, offset: 0, searchIn: ['title'], filters: {} });
  });

  it('reads page, search, order and filters', () => {
    assert.deepEqual(read('limit=100&offset=40&q=dune&sort=-pages&pages=412&lent=false&state=old&tags=sand'), {
      limit: 100,
      offset: 40,
      search: 'dune',
      searchIn: ['title'],
      filters: { pages: 412, lent: false, state: 'old', tags: 'sand' },
      sort: { field: 'pages', descending: true },
    });
    assert.deepEqual(read('sort=title').sort, { field: 'title', descending: false });
  });

  it('refuses limits outside the bounds', () => {
    for (const limit of ['0', '101', '-1', '1.5', 'ten', '']) refusesParameter(\`limit=\${limit}\`, 'limit');
    refusesParameter('offset=-1', 'offset');
  });

  it('refuses parameters that are unknown or repeated', () => {
    refusesParameter('colour=red', 'colour');
    refusesParameter('limit=1&limit=2', 'limit');
  });

  it('refuses values that the field cannot have', () => {
    refusesParameter('pages=many', 'pages');
    refusesParameter('lent=yes', 'lent');
    refusesParameter('state=torn', 'state');
    refusesParameter('sort=colour', 'sort');
  });

  it('does not know q and sort where nothing can be searched or sorted', () => {
    const bare = { ...shape, sortable: [], searchable: [] };
    assert.throws(() => readListQuery(new URL('http://localhost/?q=a'), bare), Problem);
    assert.throws(() => readListQuery(new URL('http://localhost/?sort=title'), bare), Problem);
  });
});
`,
  'test/http/router.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conflict } from '../../src/http/problem.ts';
import { json } from '../../src/http/respond.ts';
import { createRouter } from '../../src/http/router.ts';
import { call, send } from '../support/client.ts';

const answer = createRouter([
  { method: 'GET', path: '/books/:id', handle: ({ parameters, prefix }) => json({ id: parameters['id'], prefix }) },
  { method: 'DELETE', path: '/books/:id', handle: ({ parameters }) => json({ deleted: parameters['id'] }) },
  { method: 'GET', path: '/books/available', handle: () => json({ list: 'available' }) },
  {
    method: 'GET',
    path: '/refused',
    handle: () => {
      throw conflict('Not now.', [{ field: 'status', message: 'is closed' }]);
    },
  },
]);

describe('the router', () => {
  it('hands over the decoded named segment', async () => {
    const reply = await call(answer, 'GET', '/books/a%20b');
    assert.equal(reply.status, 200);
    assert.equal(reply.body['id'], 'a b');
  });

  it('prefers a literal segment to a named one', async () => {
    assert.equal((await call(answer, 'GET', '/books/available')).body['list'], 'available');
    assert.equal((await call(answer, 'DELETE', '/books/available')).body['deleted'], 'available');
  });

  it('takes no notice of a slash at the end', async () => {
    assert.equal((await call(answer, 'GET', '/books/7/')).body['id'], '7');
  });

  it('answers an unknown path with 404 and a problem document', async () => {
    const reply = await call(answer, 'GET', '/nothing');
    assert.equal(reply.status, 404);
    assert.equal(reply.headers.get('content-type'), 'application/problem+json');
    assert.equal(reply.body['status'], 404);
    assert.match(String(reply.body['detail']), /\\/nothing/u);
  });

  it('answers a known path with an unknown method with 405 and the methods that are possible', async () => {
    const reply = await call(answer, 'POST', '/books/7', {});
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.get('allow'), 'DELETE, GET, HEAD, OPTIONS');
  });

  it('answers OPTIONS with the methods that are possible', async () => {
    const reply = await call(answer, 'OPTIONS', '/books/7');
    assert.equal(reply.status, 204);
    assert.equal(reply.headers.get('allow'), 'DELETE, GET, HEAD, OPTIONS');
  });

  it('answers HEAD like GET without a body', async () => {
    const reply = await call(answer, 'HEAD', '/books/7');
    assert.equal(reply.status, 200);
    assert.equal(reply.text, '');
  });

  it('answers a path that is wrongly encoded with 400', async () => {
    assert.equal((await call(answer, 'GET', '/books/%E0%A4%A')).status, 400);
  });

  it('turns a refusal into a problem document with its fields', async () => {
    const reply = await call(answer, 'GET', '/refused');
    assert.equal(reply.status, 409);
    assert.deepEqual(reply.body, {
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Not now.',
      errors: [{ field: 'status', message: 'is closed' }],
    });
  });

  it('knows the path it is mounted under, and believes only plain paths', async () => {
    const prefixFor = async (prefix: string): Promise<unknown> =>
      (await send(answer, '/books/7', { headers: { 'x-forwarded-prefix': prefix } })).body['prefix'];
    assert.equal(await prefixFor('/apps/shop/'), '/apps/shop');
    assert.equal(await prefixFor('//evil.example'), '');
    assert.equal(await prefixFor('/a/../b'), '');
    assert.equal(await prefixFor('/"><script>'), '');
  });
});
`,
  'test/page-kit/html.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { choices, readForm, renderForm, words } from '../../src/page-kit/form.ts';
import type { FormField } from '../../src/page-kit/form.ts';
import { html, showValue } from '../../src/page-kit/html.ts';

const field = (values: Partial<FormField> & Pick<FormField, 'name'>): FormField => ({
  label: 'Label',
  input: 'text',
  isRequired: false,
  isNullable: false,
  ...values,
});

describe('markup', () => {
  it('escapes values, and keeps markup inside of markup', () => {
    const inner = html\`<b>\${'<&">\\''}</b>\`;
    assert.equal(
      html\`<p>\${inner}\${null}\${[html\`x\`, html\`y\`]}\${7}</p>\`.markup,
      '<p><b>&lt;&amp;&quot;&gt;&#39;</b>xy7</p>',
    );
  });

  it('shows values as people read them', () => {
    assert.equal(showValue(null), '–');
    assert.equal(showValue(true), 'yes');
    assert.equal(showValue(false), 'no');
    assert.equal(showValue(['a', 'b']), 'a, b');
    assert.equal(showValue(0), '0');
    assert.equal(showValue('2030-01-31T09:30:00.000Z'), '2030-01-31 09:30');
  });
});

describe('what there is to choose from', () => {
  it('is named by a label', () => {
    assert.deepEqual(
      choices([{ id: '1', name: 'Ann' }], ({ name }) => name),
      [{ value: '1', label: 'Ann' }],
    );
    assert.deepEqual(words(['open']), [{ value: 'open', label: 'open' }]);
  });
});

const fields: readonly FormField[] = [
  field({ name: 'title', isRequired: true }),
  field({ name: 'note', input: 'textarea', isNullable: true }),
  field({ name: 'pages', input: 'number' }),
  field({ name: 'done', input: 'checkbox' }),
  field({ name: 'tags', input: 'list' }),
  field({ name: 'kind', input: 'select', isNullable: true, options: [{ value: 'a', label: 'Kind <a>' }] }),
  field({ name: 'at', input: 'datetime-local', isNullable: true }),
];

describe('a form', () => {
  it('reads what was sent for a new record', () => {
    const sent = new URLSearchParams({
      title: 'A',
      note: '',
      pages: '12',
      done: 'true',
      tags: 'x\\r\\n y \\r\\n',
      kind: 'a',
      at: '',
    });
    assert.deepEqual(readForm(fields, sent, 'new'), { title: 'A', pages: 12, done: true, tags: ['x', 'y'], kind: 'a' });
  });

  it('empties what was emptied in a change', () => {
    const sent = new URLSearchParams({ title: '', note: '', pages: '', tags: '', kind: '' });
    assert.deepEqual(readForm(fields, sent, 'change'), {
      title: '',
      note: null,
      done: false,
      tags: [],
      kind: null,
      at: null,
    });
  });

  it('leaves a number that is none as it is, so that validation can refuse it', () => {
    assert.equal(readForm(fields, new URLSearchParams({ pages: 'many' }), 'new')['pages'], 'many');
  });

  it('is drawn with a label for each input, its value, and no markup from values', () => {
    const values = {
      title: '"><script>',
      note: 'n',
      pages: 3,
      done: true,
      tags: ['x', 'y'],
      kind: 'a',
      at: '2030-01-31T09:30:00.000Z',
    };
    const { markup } = renderForm({ id: 'f', action: 'pages/x', fields, values, button: 'Go' });
    for (const { name } of fields)
      assert.ok(markup.includes(\`for="f-\${name}"\`) && markup.includes(\`id="f-\${name}"\`), name);
    assert.ok(markup.includes('value="&quot;&gt;&lt;script&gt;"'));
    assert.ok(!markup.includes('<script>'));
    assert.ok(markup.includes('value="2030-01-31T09:30"'));
    assert.match(markup, /<option value="a" selected>Kind &lt;a&gt;<\\/option>/u);
    assert.match(markup, /value="true"\\s+checked/u);
    assert.match(markup, /name="title"[^>]*required/u);
  });
});
`,
  'test/page-kit/resource-pages.test.ts': `import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { invalid, notFound } from '../../src/http/problem.ts';
import { createRouter } from '../../src/http/router.ts';
import { frontRoutes } from '../../src/page-kit/front.ts';
import { createResourcePages } from '../../src/page-kit/resource-pages.ts';
import { site } from '../../src/page-kit/site.ts';
import { selectPage } from '../../src/storage/page.ts';
import { call, send, submit } from '../support/client.ts';
import type { Answer } from '../support/client.ts';

interface Note {
  readonly id: string;
  readonly title: string;
}

let notes: Map<string, Note>;
let answer: Answer;

const readTitle = (body: Readonly<Record<string, unknown>>): string => {
  const title = String(body['title'] ?? '');
  if (title === '') throw invalid([{ field: 'title', message: 'must not be blank' }]);
  return title;
};

const find = (id: string): Note => {
  const note = notes.get(id);
  if (!note) throw notFound('There is no such note.');
  return note;
};

const keep = (note: Note): Note => {
  notes.set(note.id, note);
  return note;
};

const pages = createResourcePages<Note, Map<string, Note>>({
  name: 'notes',
  title: 'Notes',
  singular: 'note',
  open: () => notes,
  shape: { filters: {}, sortable: ['title'], searchable: ['title'], defaultLimit: 2, maximumLimit: 10 },
  columns: () => [{ label: 'Title', show: ({ title }) => title }],
  fields: () => [{ name: 'title', label: 'Title', input: 'text', isRequired: true, isNullable: false }],
  list: (context, request) => selectPage([...context.values()], request),
  find: (_context, id) => find(id),
  create: (context, body) => keep({ id: \`n\${context.size + 1}\`, title: readTitle(body) }),
  update: (_context, id, body) => keep({ ...find(id), title: readTitle(body) }),
  remove: (context, id) => {
    context.delete(find(id).id);
  },
  actions: () => [
    {
      name: 'shout',
      label: 'Shout',
      fields: [],
      run: (_context, id) => keep({ id, title: find(id).title.toUpperCase() }),
    },
  ],
});

beforeEach(() => {
  notes = new Map([
    ['n1', { id: 'n1', title: 'First <b>' }],
    ['n2', { id: 'n2', title: 'Second' }],
    ['n3', { id: 'n3', title: 'Third' }],
  ]);
  answer = createRouter([...pages, ...frontRoutes]);
});

describe('the pages of a resource', () => {
  it('show a table in parts, with links that work under any address', async () => {
    const reply = await send(answer, '/pages/notes', { headers: { 'x-forwarded-prefix': '/apps/here' } });
    assert.equal(reply.status, 200);
    assert.ok(reply.text.includes('<base href="/apps/here/"'));
    assert.ok(reply.text.includes('<a href="pages/notes/n1">First &lt;b&gt;</a>'));
    assert.ok(!reply.text.includes('Third'));
    assert.match(reply.text, /1–2 of 3/u);
    assert.match(reply.text, /offset=2/u);
    assert.ok((await call(answer, 'GET', '/pages/notes?offset=2')).text.includes('Third'));
  });

  it('allow no code from elsewhere', async () => {
    const policy = (await call(answer, 'GET', '/pages/notes')).headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/u);
    assert.ok(!policy.includes('unsafe'));
  });

  it('search', async () => {
    const reply = await call(answer, 'GET', '/pages/notes?q=thi');
    assert.ok(reply.text.includes('Third') && !reply.text.includes('Second'));
    assert.ok(reply.text.includes('value="thi"'));
  });

  it('say so when there is nothing', async () => {
    notes.clear();
    assert.match((await call(answer, 'GET', '/pages/notes')).text, /Nothing here yet/u);
  });

  it('create a record and go back to the table', async () => {
    const reply = await submit(answer, '/pages/notes', { title: 'Fourth' });
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.get('location'), '/pages/notes');
    assert.equal(notes.get('n4')?.title, 'Fourth');
  });

  it('show what is wrong beside the field, with what was typed', async () => {
    const reply = await submit(answer, '/pages/notes', { title: '' });
    assert.equal(reply.status, 422);
    assert.match(reply.text, /role="alert"/u);
    assert.match(reply.text, /<strong class="problem">must not be blank<\\/strong>/u);
    assert.equal(notes.size, 3);
  });

  it('show and change one record', async () => {
    assert.ok((await call(answer, 'GET', '/pages/notes/n2')).text.includes('value="Second"'));
    const reply = await submit(answer, '/pages/notes/n2', { title: 'Changed' });
    assert.equal(reply.headers.get('location'), '/pages/notes/n2');
    assert.equal(notes.get('n2')?.title, 'Changed');
    assert.equal((await submit(answer, '/pages/notes/n2', { title: '' })).status, 422);
    assert.equal(notes.get('n2')?.title, 'Changed');
  });

  it('carry out actions and delete', async () => {
    assert.equal((await submit(answer, '/pages/notes/n2/actions/shout', {})).status, 303);
    assert.equal(notes.get('n2')?.title, 'SECOND');
    assert.equal((await submit(answer, '/pages/notes/n2/actions/whisper', {})).status, 404);
    assert.equal((await submit(answer, '/pages/notes/n2/delete', {})).status, 303);
    assert.equal(notes.has('n2'), false);
  });

  it('answer refusals with a page', async () => {
    const missing = await call(answer, 'GET', '/pages/notes/n9');
    assert.equal(missing.status, 404);
    assert.match(missing.headers.get('content-type') ?? '', /text\\/html/u);
    assert.equal((await call(answer, 'GET', '/pages/notes?limit=no')).status, 400);
    assert.equal((await call(answer, 'POST', '/pages/notes', { title: 'JSON' })).status, 415);
  });
});

describe('the front page', () => {
  it('leads to every page and to the description of the interface', async () => {
    const reply = await call(answer, 'GET', '/');
    for (const { path } of site.links) assert.ok(reply.text.includes(\`href="\${path}"\`), path);
    assert.ok(reply.text.includes('href="openapi.json"'));
  });

  it('brings its style and its script', async () => {
    assert.match((await call(answer, 'GET', '/assets/app.css')).headers.get('content-type') ?? '', /text\\/css/u);
    assert.match((await call(answer, 'GET', '/assets/app.js')).headers.get('content-type') ?? '', /text\\/javascript/u);
  });
});
`,
  'test/records/desk.test.ts': `/** That records are kept where they belong, whatever goes wrong on the way. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { json } from '../../src/http/respond.ts';
import { openDesk } from '../../src/records/desk.ts';
import { call } from '../support/client.ts';
import type { Answer } from '../support/client.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createFakeData } from './fake-data.ts';
import type { FakeData } from './fake-data.ts';
import { deleteThing, idOf, prepareSample, putThings, sampleCollections, thingNames } from './sample.ts';

let database: TestDatabase;
let data: FakeData;
const clock = createTestClock();
const offers = { feed: true, exported: [], imported: [] };
const { error } = console;

beforeEach(() => {
  // What cannot be reached is told to whoever runs the application; here it is meant to happen.
  console.error = () => undefined;
  database = openTestDatabase();
  prepareSample(database);
  data = createFakeData();
});

afterEach(() => {
  console.error = error;
  database.close();
});

/** An application that does one thing for each request, started anew. */
const start = (work: (open: ReturnType<typeof openDesk>) => void = () => undefined): Answer => {
  const desk = openDesk({ data, database, clock, collections: sampleCollections(false), offers });
  return desk.around(async () => {
    work(desk);
    return json({ names: thingNames(desk.database, null) });
  });
};

const keptNames = (): readonly unknown[] => data.kept('things').map(({ value }) => value['name']);

describe('the desk', () => {
  it('hands every change over before it answers', async () => {
    const put = start(({ database: open }) => putThings(open, null, { 1: 'one', 2: 'two' }));
    assert.equal((await call(put, 'POST', '/', {})).status, 200);
    assert.deepEqual(keptNames(), ['one', 'two']);
    const change = start(({ database: open }) => {
      putThings(open, null, { 1: 'uno' });
      deleteThing(open, null, 2);
    });
    await call(change, 'POST', '/', {});
    assert.deepEqual(keptNames(), ['uno']);
    assert.equal(data.kept('things')[0]?.version, 2);
  });

  it('keeps more than fits into one transaction', async () => {
    const names = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [index + 1, \`thing \${index + 1}\`]));
    await call(
      start(({ database: open }) => putThings(open, null, names)),
      'POST',
      '/',
      {},
    );
    assert.equal(data.kept('things').length, 250);
  });

  it('takes back what is refused, and says why', async () => {
    await call(
      start(({ database: open }) => putThings(open, null, { 1: 'one' })),
      'POST',
      '/',
      {},
    );
    data.refusal = { type: 'request.invalid', detail: 'too much' };
    const refused = await call(
      start(({ database: open }) => putThings(open, null, { 1: 'uno', 2: 'two' })),
      'POST',
      '/',
      {},
    );
    assert.equal(refused.status, 422);
    assert.match(refused.text, /too much/u);
    assert.deepEqual(thingNames(database, null), ['one']);
    data.refusal = undefined;
    assert.deepEqual((await call(start(), 'GET', '/')).body['names'], ['one']);
  });

  it('answers 503 while nothing is kept, and goes on where it was', async () => {
    const put = start(({ database: open }) => putThings(open, null, { 1: 'one' }));
    data.loseNextAnswer = true;
    const unsure = await call(put, 'POST', '/', {});
    assert.equal(unsure.status, 503);
    assert.equal(unsure.headers.get('retry-after'), '1');
    data.isDown = true;
    assert.equal((await call(start(), 'GET', '/')).status, 503);
    data.isDown = false;
    assert.deepEqual((await call(start(), 'GET', '/')).body['names'], ['one']);
    assert.deepEqual(keptNames(), ['one']);
    assert.equal(data.kept('things')[0]?.version, 2);
  });

  it('takes requests in turns, so that nobody sees what is not kept', async () => {
    let number = 0;
    const put = start(({ database: open }) => {
      number += 1;
      putThings(open, null, { [number]: \`thing \${number}\` });
    });
    const replies = await Promise.all([1, 2, 3].map(() => call(put, 'POST', '/', {})));
    assert.deepEqual(
      replies.map(({ body }) => (body['names'] as readonly string[]).length),
      [1, 2, 3],
    );
    assert.equal(data.kept('things').length, 3);
  });
});

describe('the working copy', () => {
  const keep = async (number: number, name: string): Promise<void> => {
    const value = { name, size: null, shelfId: null, createdAt: '', updatedAt: '' };
    await data.change({ changes: [{ kind: 'insert', collection: 'things', id: idOf(number), value }] });
  };

  it('is filled from what is kept when it is empty, and gives up what is not', async () => {
    for (let number = 1; number <= 450; number += 1) await keep(number, \`thing \${number}\`);
    putThings(database, null, { 999: 'stray' });
    const { body } = await call(start(), 'GET', '/');
    assert.equal((body['names'] as readonly string[]).length, 450);
  });

  it('hands over what an earlier version kept by itself', async () => {
    putThings(database, null, { 1: 'one', 2: 'two' });
    await call(start(), 'GET', '/');
    assert.deepEqual(keptNames(), ['one', 'two']);
    assert.deepEqual(thingNames(database, null), ['one', 'two']);
  });

  it('follows what others change, and what is no longer told it reads again', async () => {
    const answer = start();
    await call(answer, 'GET', '/');
    await keep(1, 'one');
    clock.advance(60_000);
    assert.deepEqual((await call(answer, 'GET', '/')).body['names'], ['one']);
    await data.change({ changes: [{ kind: 'remove', collection: 'things', id: idOf(1) }] });
    await keep(2, 'two');
    data.forgottenUpTo = 3;
    clock.advance(60_000);
    assert.deepEqual((await call(answer, 'GET', '/')).body['names'], ['two']);
  });
});
`,
  'test/records/exchange.test.ts': `/** What other programs get, and what they hand in. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { json } from '../../src/http/respond.ts';
import { openDesk } from '../../src/records/desk.ts';
import type { Offers } from '../../src/records/exchange.ts';
import { call, send } from '../support/client.ts';
import type { Answer, Reply } from '../support/client.ts';
import { createTestClock } from '../support/clock.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { createFakeData } from './fake-data.ts';
import type { FakeData } from './fake-data.ts';
import { idOf, prepareSample, sampleCollections, thingNames } from './sample.ts';

let database: TestDatabase;
let data: FakeData;
const all: Offers = { feed: true, exported: ['shelves', 'things'], imported: ['shelves', 'things'] };

beforeEach(() => {
  database = openTestDatabase();
  prepareSample(database);
  data = createFakeData();
});

afterEach(() => {
  database.close();
});

const start = (offers: Offers = all, owner?: string): Answer =>
  openDesk({
    data,
    database,
    clock: createTestClock(),
    collections: sampleCollections(owner !== undefined),
    offers,
  }).around(async () => json({ isApplication: true }), owner);

const bring = async (answer: Answer, kind: string, ...lines: readonly unknown[]): Promise<Reply> =>
  send(answer, \`/import/\${kind}\`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\\n'),
  });

describe('an import', () => {
  it('takes in what fits and tells of each line that does not', async () => {
    const answer = start();
    await bring(answer, 'shelves', { id: idOf(1), label: 'top' });
    const { status, body } = await bring(
      answer,
      'things',
      { name: 'one', shelfId: idOf(1), size: 4 },
      'nonsense',
      { name: ' ' },
      { size: 1 },
      { name: 'two', colour: 'red' },
      { name: 'three', shelfId: idOf(7) },
      { name: 'one' },
      { name: 'four', id: 'x' },
      '',
      { name: 'five', size: -1 },
      { name: 'six', size: null },
    );
    assert.equal(status, 200);
    assert.equal(body['imported'], 2);
    const refused = body['refused'] as readonly { readonly line: number; readonly reason: string }[];
    assert.deepEqual(
      refused.map(({ line }) => line),
      [2, 3, 4, 5, 6, 7, 8, 10],
    );
    const reasons = refused.map(({ reason }) => reason).join('; ');
    for (const words of [
      'not a JSON object',
      'name is required',
      'colour is not a known field',
      'shelfId names a record that does not exist',
      'name is already taken',
      'UUID',
    ])
      assert.ok(reasons.includes(words), words);
    const kept = data.kept('things').map(({ value }) => value['name']);
    assert.deepEqual(kept.sort(), thingNames(database, null));
  });

  it('takes in what an export gave, and changes nothing by it', async () => {
    const answer = start();
    await bring(answer, 'things', { name: 'one', size: 3 }, { name: 'two' });
    const exported = await send(answer, '/export/things');
    assert.equal(exported.headers.get('content-type'), 'application/x-ndjson');
    const lines = exported.text.trim().split('\\n');
    assert.equal(lines.length, 2);
    assert.deepEqual((await bring(answer, 'things', ...lines)).body, { imported: 2, refused: [] });
    assert.equal((await send(answer, '/export/things')).text, exported.text);
  });

  it('refuses what is no lines of JSON, or a kind that is not offered', async () => {
    const answer = start({ feed: false, exported: [], imported: ['things'] });
    assert.equal((await call(answer, 'POST', '/import/things', {})).status, 415);
    assert.equal((await bring(answer, 'shelves', { label: 'top' })).status, 404);
    assert.equal((await send(answer, '/export/things')).status, 404);
    assert.equal((await send(answer, '/changes')).status, 404);
    assert.equal((await send(answer, '/import/things')).status, 405);
    assert.deepEqual((await send(answer, '/elsewhere')).body, { isApplication: true });
  });
});

describe('an export', () => {
  it('gives all records, however many there are', async () => {
    const answer = start();
    await bring(answer, 'things', ...Array.from({ length: 450 }, (_, index) => ({ name: \`thing \${index}\` })));
    assert.equal((await send(answer, '/export/things')).text.trim().split('\\n').length, 450);
    const empty = await send(answer, '/export/shelves');
    assert.equal(empty.status, 200);
    assert.equal(empty.text, '');
  });

  it('gives to each person their own, and takes nothing of others', async () => {
    const ada = start(all, 'ada');
    await bring(ada, 'things', { id: idOf(1), name: 'of ada' });
    const bob = start(all, 'bob');
    assert.equal((await send(bob, '/export/things')).text, '');
    const { body } = await bring(bob, 'things', { id: idOf(1), name: 'mine now' }, { name: 'of ada' });
    assert.deepEqual(body, { imported: 1, refused: [{ line: 1, reason: 'id is already taken' }] });
    assert.match((await send(ada, '/export/things')).text, /"name":"of ada"/u);
  });
});

describe('the feed of changes', () => {
  it('tells what changed, in order, from where one was', async () => {
    const answer = start();
    await bring(answer, 'things', { id: idOf(1), name: 'one' });
    await bring(answer, 'things', { id: idOf(1), name: 'uno' }, { id: idOf(2), name: 'two' });
    const whole = await send(answer, '/changes');
    const items = whole.body['items'] as readonly Record<string, unknown>[];
    assert.deepEqual(
      items.map(({ sequence, kind, id, change }) => [sequence, kind, id, change]),
      [
        [1, 'things', idOf(1), 'inserted'],
        [2, 'things', idOf(1), 'updated'],
        [3, 'things', idOf(2), 'inserted'],
      ],
    );
    assert.equal((items[0]?.['record'] as Record<string, unknown>)['name'], 'uno');
    assert.equal(whole.body['next'], 3);
    const rest = await send(answer, '/changes?after=1&limit=1');
    assert.deepEqual([rest.body['next'], rest.body['latest']], [2, 3]);
    assert.deepEqual((await send(answer, '/changes?kind=shelves')).body['items'], []);
  });

  it('says when a place in it is gone, and refuses what it cannot read', async () => {
    const answer = start();
    await bring(answer, 'things', { name: 'one' });
    data.forgottenUpTo = 1;
    assert.equal((await send(answer, '/changes?after=0')).status, 410);
    for (const query of ['after=-1', 'after=x', 'limit=0', 'limit=1000', 'kind=none', 'other=1'])
      assert.equal((await send(answer, \`/changes?\${query}\`)).status, 400, query);
  });
});
`,
  'test/records/fake-data.ts': `/** The Data service in memory, as far as the application asks it, with faults to be set off. */
import type { ServiceResult } from '../../src/access/services.ts';
import type { DataService, FeedEntry, KeptRecord, RecordChange } from '../../src/records/service.ts';

export interface FakeData extends DataService {
  /** What is kept of a collection, by id. */
  readonly kept: (collection: string) => readonly KeptRecord[];
  /** The next change is carried out, and its answer lost. */
  loseNextAnswer: boolean;
  /** Every change is refused with this. */
  refusal: { readonly type: string; readonly detail: string } | undefined;
  /** Nothing answers. */
  isDown: boolean;
  /** Changes up to this sequence are told no more. */
  forgottenUpTo: number;
}

const refuse = <Value>(type: string, detail: string): ServiceResult<Value> => ({ ok: false, error: { type, detail } });

const nameOf = ({ collection, id }: { readonly collection: string; readonly id: string }): string =>
  \`\${collection}/\${id}\`;

/** An empty service. */
export const createFakeData = (): FakeData => {
  const records = new Map<string, KeptRecord>();
  const entries: Omit<FeedEntry, 'record'>[] = [];

  const apply = (change: RecordChange): void => {
    const name = nameOf(change);
    const before = records.get(name);
    const { collection, id } = change;
    const kind = change.kind === 'remove' ? 'removed' : before ? 'updated' : 'inserted';
    entries.push({ sequence: entries.length + 1, collection, id, kind, at: Date.UTC(2030, 0, 15) });
    if (change.kind === 'remove') records.delete(name);
    else {
      const owner = change.owner === undefined ? {} : { owner: change.owner };
      records.set(name, { id, version: (before?.version ?? 0) + 1, value: change.value, ...owner });
    }
  };

  const kept = (collection: string): readonly KeptRecord[] =>
    [...records.entries()]
      .filter(([name]) => name.startsWith(\`\${collection}/\`))
      .map(([, record]) => record)
      .sort((left, right) => (left.id < right.id ? -1 : 1));

  const service: FakeData = {
    kept,
    loseNextAnswer: false,
    refusal: undefined,
    isDown: false,
    forgottenUpTo: 0,
    query: async ({ collection, owner, where, limit = 50, after = '' }) => {
      if (service.isDown) throw new Error('The service is down.');
      const items = kept(collection).filter(
        (record) =>
          record.id > after &&
          (owner === undefined || owner === '*' || record.owner === owner) &&
          (where === undefined || where.oneOf.includes(record.id)),
      );
      const page = items.slice(0, limit);
      const next = items.length > limit ? page.at(-1)?.id : undefined;
      return { ok: true, value: { items: page, ...(next === undefined ? {} : { next }) } };
    },
    change: async ({ changes }) => {
      if (service.isDown) throw new Error('The service is down.');
      if (service.refusal) return refuse(service.refusal.type, service.refusal.detail);
      for (const change of changes) {
        const isThere = records.has(nameOf(change));
        if (change.kind === 'insert' && isThere) return refuse('resource.conflict', 'There is such a record already.');
        if (change.kind !== 'insert' && !isThere) return refuse('resource.not_found', 'There is no such record.');
      }
      for (const change of changes) apply(change);
      if (!service.loseNextAnswer) return { ok: true, value: null };
      service.loseNextAnswer = false;
      throw new Error('The answer was lost.');
    },
    changes: async ({ after, limit = 50, collection }) => {
      if (service.isDown) throw new Error('The service is down.');
      if (after < service.forgottenUpTo) return refuse('cursor.gone', 'That is no longer kept.');
      const found = entries
        .filter((entry) => entry.sequence > after && (collection === undefined || entry.collection === collection))
        .slice(0, limit)
        .map((entry) => {
          const record = records.get(nameOf(entry));
          return { ...entry, ...(record ? { record } : {}) };
        });
      return { ok: true, value: { entries: found, latest: entries.length } };
    },
  };
  return service;
};
`,
  'test/records/sample.ts': `/** Two kinds of records, for tests of how records are kept. */
import type { Collection } from '../../src/records/collection.ts';
import { openStore } from '../../src/storage/store.ts';
import { prepareTable } from '../../src/storage/table.ts';
import type { Identity, Table } from '../../src/storage/table.ts';
import { optional, readOnly, required } from '../../src/validation/field.ts';
import { integer } from '../../src/validation/number.ts';
import { reference, text } from '../../src/validation/text.ts';
import type { Database } from '../../src/database.ts';

interface Shelf extends Identity {
  readonly label: string;
}

interface Thing extends Identity {
  readonly name: string;
  readonly size: number | null;
  readonly shelfId: string | null;
}

const shelfTable: Table<Shelf> = { name: 'shelves', columns: { label: 'text' }, indexes: [], fallbacks: {} };

const thingTable: Table<Thing> = {
  name: 'things',
  columns: { name: 'text', size: 'integer', shelfId: 'text' },
  indexes: ['name'],
  fallbacks: {},
};

/** As a generated application describes its kinds. */
export const sampleCollections = (isOwned: boolean): readonly Collection[] => [
  {
    name: 'shelves',
    path: 'shelves',
    table: 'shelves',
    columns: shelfTable.columns,
    fallbacks: {},
    fields: { label: required(text({})) },
    references: [],
    unique: [],
    isOwned,
  },
  {
    name: 'things',
    path: 'things',
    table: 'things',
    columns: thingTable.columns,
    fallbacks: {},
    fields: {
      name: required(text({ notBlank: true })),
      size: readOnly(optional(integer({ minimum: 0 }))),
      shelfId: optional(reference()),
    },
    references: [{ field: 'shelfId', path: 'shelves' }],
    unique: [['name']],
    isOwned,
  },
];

/** A UUID that ends in this number. */
export const idOf = (number: number): string => \`00000000-0000-4000-8000-\${String(number).padStart(12, '0')}\`;

/** Creates the tables. */
export const prepareSample = (database: Database): void => {
  prepareTable(database, shelfTable);
  prepareTable(database, thingTable);
};

const at = '2030-01-15T12:00:00.000Z';

/** Puts things into the working copy, all in one commit. */
export const putThings = (database: Database, owner: string | null, names: Readonly<Record<number, string>>): void => {
  const store = openStore(database, thingTable, owner);
  for (const [number, name] of Object.entries(names)) {
    store.put({ id: idOf(Number(number)), createdAt: at, updatedAt: at, name, size: null, shelfId: null });
  }
  store.flush();
};

/** Takes one out. */
export const deleteThing = (database: Database, owner: string | null, number: number): void => {
  const store = openStore(database, thingTable, owner);
  store.delete(idOf(number));
  store.flush();
};

/** The names of the things in the working copy. */
export const thingNames = (database: Database, owner: string | null): readonly string[] =>
  openStore(database, thingTable, owner)
    .find()
    .map(({ name }) => name)
    .sort();
`,
  'test/storage/checks.test.ts': `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Problem } from '../../src/http/problem.ts';
import {
  refuseInUse,
  refuseMissing,
  refuseMove,
  refuseOutOfBounds,
  refuseStart,
  refuseTwin,
  requireRecord,
} from '../../src/storage/checks.ts';
import { openStore } from '../../src/storage/store.ts';
import type { Store } from '../../src/storage/store.ts';
import { prepareTable } from '../../src/storage/table.ts';
import type { Identity, Table } from '../../src/storage/table.ts';
import { defaulted } from '../../src/validation/field.ts';
import { integer } from '../../src/validation/number.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

interface Seat extends Identity {
  readonly row: number;
  readonly label: string | null;
}

const seatTable: Table<Seat> = {
  name: 'seats',
  columns: { row: 'integer', label: 'text' },
  indexes: ['label'],
  fallbacks: {},
};

const seat = (id: string, row: number, label: string | null): Seat => ({
  id,
  createdAt: '2030-01-01',
  updatedAt: '2030-01-01',
  row,
  label,
});

const isProblem = (status: number, field?: string) => (error: unknown) =>
  error instanceof Problem && error.status === status && error.errors[0]?.field === field;

let database: TestDatabase;
let store: Store<Seat>;

beforeEach(() => {
  database = openTestDatabase();
  prepareTable(database, seatTable);
  store = openStore(database, seatTable);
  store.put(seat('a', 1, 'A'));
});

afterEach(() => {
  database.close();
});

describe('checks against other records', () => {
  it('find a record or answer 404', () => {
    assert.equal(requireRecord(store, 'a', 'seat').row, 1);
    assert.throws(() => requireRecord(store, 'b', 'seat'), isProblem(404));
  });

  it('refuse references that lead nowhere', () => {
    refuseMissing([
      { field: 'seatId', id: 'a', store },
      { field: 'otherId', id: null, store },
    ]);
    assert.throws(() => refuseMissing([{ field: 'seatId', id: 'b', store }]), isProblem(422, 'seatId'));
  });

  it('refuse a second record with the same values, but not the record itself', () => {
    refuseTwin(store, seat('a', 1, 'A'), ['label']);
    refuseTwin(store, seat('b', 2, 'A'), ['row', 'label']);
    refuseTwin(store, seat('b', 1, null), ['label']);
    assert.throws(() => refuseTwin(store, seat('b', 2, 'A'), ['label']), isProblem(409, 'label'));
    assert.throws(() => refuseTwin(store, seat('b', 1, 'A'), ['row', 'label']), isProblem(409, 'row'));
  });

  it('refuse moves and starts that are not allowed', () => {
    const moves = { draft: ['sent'], sent: [] } as const;
    refuseMove('state', moves, 'draft', 'sent');
    refuseMove('state', moves, 'sent', 'sent');
    refuseMove<'draft' | 'sent'>('state', moves, null, 'draft');
    assert.throws(() => refuseMove('state', moves, 'sent', 'draft'), isProblem(409, 'state'));
    refuseStart('state', ['draft'], 'draft');
    assert.throws(() => refuseStart<'draft' | 'sent'>('state', ['draft'], 'sent'), isProblem(409, 'state'));
  });

  it('refuse to remove what is in use', () => {
    refuseInUse('seat', 'bookings', []);
    assert.throws(() => refuseInUse('seat', 'bookings', [seat('a', 1, 'A')]), isProblem(409));
  });

  it('refuse to bring a field out of its bounds', () => {
    const fields = { row: defaulted(integer({ minimum: 0 })) };
    refuseOutOfBounds('seat', fields, { row: 0 });
    assert.throws(() => refuseOutOfBounds('seat', fields, { row: -1 }), isProblem(409, 'row'));
  });
});
`,
  'test/storage/store.test.ts': `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { selectPage } from '../../src/storage/page.ts';
import type { PageRequest } from '../../src/storage/page.ts';
import { openStore } from '../../src/storage/store.ts';
import { prepareTable } from '../../src/storage/table.ts';
import type { Identity, Table } from '../../src/storage/table.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

interface Note extends Identity {
  readonly title: string;
  readonly stars: number | null;
  readonly price: number | null;
  readonly done: boolean;
  readonly tags: readonly string[];
}

const noteTable: Table<Note> = {
  name: 'notes',
  columns: { title: 'text', stars: 'integer', price: 'real', done: 'boolean', tags: 'list' },
  indexes: ['title'],
  fallbacks: { done: false },
};

const note = (id: string, values: Partial<Note> = {}): Note => ({
  id,
  createdAt: '2030-01-01T00:00:00.000Z',
  updatedAt: '2030-01-01T00:00:00.000Z',
  title: \`Note \${id}\`,
  stars: null,
  price: null,
  done: false,
  tags: [],
  ...values,
});

const wholePage: PageRequest = { limit: 10, offset: 0, searchIn: ['title'], filters: {} };

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
  prepareTable(database, noteTable);
});

afterEach(() => {
  database.close();
});

const openNotes = () => openStore(database, noteTable);

const storeNotes = (...notes: readonly Note[]): void => {
  const store = openNotes();
  for (const each of notes) store.put(each);
  store.flush();
};

describe('a store', () => {
  it('gives back every kind of value as it was put', () => {
    const full = note('a', { stars: 3, price: 9.5, done: true, tags: ['x', 'ÿ"'] });
    storeNotes(full);
    assert.deepEqual(openNotes().get('a'), full);
    assert.deepEqual(openNotes().require('a'), full);
    assert.equal(openNotes().get('b'), undefined);
  });

  it('follows an optional reference', () => {
    storeNotes(note('a'));
    assert.equal(openNotes().at('a')?.id, 'a');
    assert.equal(openNotes().at(null), null);
    assert.equal(openNotes().at('gone'), null);
    assert.throws(() => openNotes().require('gone'), /no record gone/u);
  });

  it('holds writes back until they are flushed, and reads them already', () => {
    storeNotes(note('a'), note('b'));
    const store = openNotes();
    store.put(note('a', { title: 'Changed' }));
    store.put(note('c', { title: 'Changed' }));
    store.delete('b');
    assert.equal(store.get('a')?.title, 'Changed');
    assert.equal(store.get('b'), undefined);
    assert.deepEqual(
      store.find({ title: 'Changed' }).map(({ id }) => id),
      ['a', 'c'],
    );
    assert.equal(store.find({ title: 'Note a' }).length, 0);
    assert.equal(openNotes().get('a')?.title, 'Note a');
    store.flush();
    assert.equal(openNotes().get('a')?.title, 'Changed');
    assert.equal(openNotes().get('b'), undefined);
    assert.equal(openNotes().find().length, 2);
  });

  it('finds by null and by several values at once', () => {
    storeNotes(note('a', { stars: 1 }), note('b'), note('c', { title: 'Note b' }));
    assert.deepEqual(
      openNotes()
        .find({ stars: null })
        .map(({ id }) => id),
      ['b', 'c'],
    );
    assert.deepEqual(
      openNotes()
        .find({ stars: null, title: 'Note b' })
        .map(({ id }) => id),
      ['b', 'c'],
    );
  });
});

const notes = [
  note('a', { title: 'banana', stars: 2, tags: ['fruit'] }),
  note('b', { title: 'Apple 100%', stars: null, tags: ['fruit', 'red'] }),
  note('c', { title: 'cherry', stars: 10, done: true }),
];

const requests: readonly (readonly [name: string, request: Partial<PageRequest>, ids: string, total: number])[] = [
  ['in order of creation', {}, 'abc', 3],
  ['a part with the whole count', { limit: 1, offset: 1 }, 'b', 3],
  ['past the end', { offset: 5 }, '', 3],
  ['sorted by text without regard to case', { sort: { field: 'title', descending: false } }, 'bac', 3],
  ['sorted by number, nothing first', { sort: { field: 'stars', descending: false } }, 'bac', 3],
  ['sorted downwards', { sort: { field: 'stars', descending: true } }, 'cab', 3],
  ['searched without regard to case', { search: 'APPLE' }, 'b', 1],
  ['searched for a sign that means something in SQL', { search: '%' }, 'b', 1],
  ['filtered by a yes', { filters: { done: true } }, 'c', 1],
  ['filtered by a member of a list', { filters: { tags: 'fruit' } }, 'ab', 2],
  ['filtered twice', { filters: { tags: 'fruit', stars: 2 } }, 'a', 1],
];

for (const [name, request, ids, total] of requests) {
  describe(\`a page \${name}\`, () => {
    it('is read from the database', () => {
      storeNotes(...notes);
      const page = openNotes().page({ ...wholePage, ...request });
      assert.equal(page.items.map(({ id }) => id).join(''), ids);
      assert.equal(page.total, total);
    });

    it('is the same when it is selected from records', () => {
      const page = selectPage(notes, { ...wholePage, ...request });
      assert.equal(page.items.map(({ id }) => id).join(''), ids);
      assert.equal(page.total, total);
    });
  });
}
`,
  'test/storage/table.test.ts': `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openStore } from '../../src/storage/store.ts';
import { prepareTable } from '../../src/storage/table.ts';
import type { Identity, Table } from '../../src/storage/table.ts';
import { openTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

interface Note extends Identity {
  readonly title: string;
}

interface NewerNote extends Note {
  readonly stars: number;
  readonly author: string | null;
}

const noteTable: Table<Note> = { name: 'notes', columns: { title: 'text' }, indexes: [], fallbacks: {} };

const newerNoteTable: Table<NewerNote> = {
  name: 'notes',
  columns: { title: 'text', stars: 'integer', author: 'text' },
  indexes: ['author'],
  fallbacks: { stars: 3 },
};

const firstNote: Note = { id: 'a', createdAt: '2030-01-01', updatedAt: '2030-01-01', title: 'First' };

let database: TestDatabase;

beforeEach(() => {
  database = openTestDatabase();
});

afterEach(() => {
  database.close();
});

describe('preparing a table', () => {
  it('keeps the records when it is done again', () => {
    prepareTable(database, noteTable);
    const store = openStore(database, noteTable);
    store.put(firstNote);
    store.flush();
    prepareTable(database, noteTable);
    assert.deepEqual(openStore(database, noteTable).get('a'), firstNote);
  });

  it('adds the fields of a newer version to the records of an older one', () => {
    prepareTable(database, noteTable);
    const store = openStore(database, noteTable);
    store.put(firstNote);
    store.flush();
    prepareTable(database, newerNoteTable);
    assert.deepEqual(openStore(database, newerNoteTable).get('a'), { ...firstNote, stars: 3, author: null });
  });

  it('lets the older version read what the newer one wrote', () => {
    prepareTable(database, newerNoteTable);
    const store = openStore(database, newerNoteTable);
    store.put({ ...firstNote, stars: 5, author: 'Ann' });
    store.flush();
    prepareTable(database, noteTable);
    assert.deepEqual(openStore(database, noteTable).get('a'), firstNote);
  });
});
`,
  'test/support/client.ts': `/** Sends requests to an application in the same process and reads its answers. */

export type Answer = (request: Request) => Promise<Response>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON body, or an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const origin = 'http://localhost';

const parseBody = (text: string, contentType: string): Readonly<Record<string, unknown>> =>
  text !== '' && /[/+]json\\b/u.test(contentType) ? (JSON.parse(text) as Record<string, unknown>) : {};

const readReply = async (response: Response): Promise<Reply> => {
  const text = await response.text();
  const body = parseBody(text, response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body, text };
};

/** Sends a request as it is. */
export const send = async (answer: Answer, path: string, init: RequestInit = {}): Promise<Reply> =>
  readReply(await answer(new Request(\`\${origin}\${path}\`, init)));

/** Sends a request with an optional JSON body. */
export const call = async (answer: Answer, method: string, path: string, body?: unknown): Promise<Reply> =>
  send(answer, path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

/** Sends an HTML form. */
export const submit = async (answer: Answer, path: string, fields: Readonly<Record<string, string>>): Promise<Reply> =>
  send(answer, path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

/** The names of the fields that a problem document complains about. */
export const errorFields = (reply: Reply): readonly string[] =>
  (reply.body['errors'] as readonly { readonly field: string }[]).map((error) => error.field);

/** The ids of the records on a page, in their order. */
export const itemIds = (reply: Reply): readonly string[] =>
  (reply.body['items'] as readonly { readonly id: string }[]).map((item) => item.id);
`,
  'test/support/clock.ts': `/** A clock for tests that stands still until it is moved. */
import type { Clock } from '../../src/clock.ts';

export interface TestClock extends Clock {
  readonly advance: (byMs: number) => void;
}

/** Stands at noon of 15 January 2030 (UTC). */
export const createTestClock = (): TestClock => {
  let nowMs = Date.UTC(2030, 0, 15, 12);
  return {
    now: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
};
`,
  'test/support/database.ts': `/** An empty database in memory for one test. Close it afterwards: only one is open at a time. */
import { DatabaseSync } from 'node:sqlite';
import type { Database, Row } from '../../src/database.ts';

export interface TestDatabase extends Database {
  readonly close: () => void;
}

/** Opens an empty in-memory database. */
export const openTestDatabase = (): TestDatabase => {
  const sqlite = new DatabaseSync(':memory:');
  return {
    all: (sql, ...parameters) => sqlite.prepare(sql).all(...parameters) as Row[],
    get: (sql, ...parameters) => sqlite.prepare(sql).get(...parameters) as Row | undefined,
    run: (sql, ...parameters) => {
      sqlite.prepare(sql).run(...parameters);
    },
    close: () => {
      sqlite.close();
    },
  };
};
`,
  'test/time.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addTime, dayOf, daysBetween, hoursBetween } from '../src/time.ts';

describe('adding time', () => {
  it('keeps a day a day', () => {
    assert.equal(addTime('2030-01-31', 14, 'days'), '2030-02-14');
    assert.equal(addTime('2030-01-31', -2, 'weeks'), '2030-01-17');
  });

  it('keeps a moment a moment', () => {
    assert.equal(addTime('2030-01-31T23:30:00.000Z', 45, 'minutes'), '2030-02-01T00:15:00.000Z');
    assert.equal(addTime('2030-01-31T23:30:00.000Z', 2, 'hours'), '2030-02-01T01:30:00.000Z');
  });

  it('ends at the last day of a shorter month', () => {
    assert.equal(addTime('2030-01-31', 1, 'months'), '2030-02-28');
    assert.equal(addTime('2028-02-29', 1, 'years'), '2029-02-28');
    assert.equal(addTime('2030-03-31T10:00:00.000Z', -1, 'months'), '2030-02-28T10:00:00.000Z');
    assert.equal(addTime('1965-12-15T10:00:00.000Z', 1, 'months'), '1966-01-15T10:00:00.000Z');
  });
});

describe('the time between', () => {
  it('is counted in days and in hours', () => {
    assert.equal(daysBetween('2030-02-27', '2030-03-01'), 2);
    assert.equal(daysBetween('2030-03-01', '2030-02-27'), -2);
    assert.equal(hoursBetween('2030-01-01T22:00:00.000Z', '2030-01-02T00:30:00.000Z'), 2.5);
  });
});

describe('the day of a moment', () => {
  it('is its date in UTC', () => {
    assert.equal(dayOf<string>('2030-01-31T23:59:59.999Z'), '2030-01-31');
    assert.equal(dayOf(null), null);
  });
});
`,
  'test/validation/kinds.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Kind } from '../../src/validation/field.ts';
import { fromText } from '../../src/validation/field.ts';
import { decimal, flag, integer } from '../../src/validation/number.ts';
import { choice, email, list, reference, text, url, uuid } from '../../src/validation/text.ts';
import { day, moment } from '../../src/validation/time.ts';

interface Examples {
  readonly kind: Kind<unknown>;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const id = '7d444840-9dc0-41d1-b245-5ffdce74fad2';

const examples: Readonly<Record<string, Examples>> = {
  'free text': { kind: text(), good: ['', 'a', 'ä\\n'], bad: [1, null, ['a'], true] },
  'text with limits': {
    kind: text({ minLength: 2, maxLength: 3 }),
    good: ['ab', 'abc', '😀😀😀'],
    bad: ['a', 'abcd', '😀😀😀😀'],
  },
  'text that is not blank': { kind: text({ notBlank: true }), good: ['a', ' a '], bad: ['', '  \\n'] },
  'text with a pattern': { kind: text({ pattern: /^(?:[a-z]\\d)$/u }), good: ['a1'], bad: ['a', 'a12', 'xa1'] },
  email: {
    kind: email(),
    good: ['ann@example.com', 'a.b+c@mail.example.org'],
    bad: ['ann', 'ann@', '@example.com', 'ann@example', 'a b@example.com', 'ann@ex..com', 7],
  },
  url: {
    kind: url(),
    good: ['https://example.com', 'http://localhost:8080/a?b=c'],
    bad: ['example.com', 'ftp://example.com', 'https://', 'javascript:alert(1)', 'https://a b'],
  },
  uuid: { kind: uuid(), good: [id], bad: ['7d444840', \`\${id}0\`, 1] },
  reference: { kind: reference(), good: [id], bad: ['', null, {}] },
  choice: { kind: choice(['open', 'closed']), good: ['open', 'closed'], bad: ['Open', '', 'other', 1] },
  list: { kind: list(), good: [[], ['a', 'b']], bad: ['a', [1], [['a']], {}] },
  'list with limits': {
    kind: list({ minLength: 1, maxLength: 2 }),
    good: [['a'], ['a', 'b']],
    bad: [[], ['a', 'b', 'c']],
  },
  integer: { kind: integer(), good: [0, -3, 42], bad: [1.5, '1', Infinity, Number.NaN, 2 ** 53, null] },
  'integer with limits': { kind: integer({ minimum: 1, maximum: 5 }), good: [1, 5], bad: [0, 6] },
  decimal: { kind: decimal(), good: [0.1, -2, 3], bad: ['0.1', Number.NaN, Infinity, null] },
  'decimal between bounds': { kind: decimal({ above: 0, below: 1 }), good: [0.01, 0.99], bad: [0, 1, -1] },
  flag: { kind: flag(), good: [true, false], bad: [0, 1, 'true', null] },
  day: {
    kind: day(),
    good: ['2030-01-31', '2028-02-29'],
    bad: ['2030-02-30', '2029-02-29', '2030-13-01', '2030-1-1', '31.01.2030', '2030-01-01T00:00:00Z', 20300131],
  },
  moment: {
    kind: moment(),
    good: ['2030-01-31T09:30:00.000Z'],
    bad: ['2030-01-31', '2030-02-30T09:30:00Z', '2030-01-31T25:00:00Z', '2030-01-31 09:30', 1, null],
  },
};

for (const [name, { kind, good, bad }] of Object.entries(examples)) {
  describe(\`a value of kind \${name}\`, () => {
    for (const value of good) {
      it(\`may be \${JSON.stringify(value)}\`, () => {
        assert.deepEqual(kind.check(value), { ok: true, value });
      });
    }
    for (const value of bad) {
      it(\`may not be \${typeof value === 'number' ? String(value) : JSON.stringify(value)}\`, () => {
        assert.equal(kind.check(value).ok, false);
      });
    }
  });
}

describe('a moment', () => {
  it('is kept in UTC', () => {
    assert.deepEqual(moment().check('2030-01-31T09:30+02:00'), { ok: true, value: '2030-01-31T07:30:00.000Z' });
    assert.deepEqual(moment().check('2030-01-31T09:30'), { ok: true, value: '2030-01-31T09:30:00.000Z' });
  });
});

describe('a UUID', () => {
  it('is kept in small letters', () => {
    assert.deepEqual(uuid().check(id.toUpperCase()), { ok: true, value: id });
  });
});

describe('text from a form', () => {
  it('becomes the value it stands for', () => {
    assert.equal(fromText(integer(), '42'), 42);
    assert.equal(fromText(decimal(), '-0.5'), -0.5);
    assert.equal(fromText(flag(), 'true'), true);
    assert.equal(fromText(flag(), 'false'), false);
    assert.deepEqual(fromText(list(), 'a, b\\nc,,'), ['a', 'b', 'c']);
    assert.equal(fromText(text(), '42'), '42');
  });

  it('stays text when it stands for nothing, so that the check refuses it', () => {
    assert.equal(fromText(integer(), 'many'), 'many');
    assert.equal(fromText(decimal(), '1e9999'), '1e9999');
    assert.equal(fromText(flag(), 'yes'), 'yes');
  });
});
`,
  'test/validation/record.test.ts': `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../src/http/problem.ts';
import { defaulted, immutable, inAction, optional, readOnly, required } from '../../src/validation/field.ts';
import { integer } from '../../src/validation/number.ts';
import { findInvalid, readChange, readNew, refuseFixed } from '../../src/validation/record.ts';
import { text } from '../../src/validation/text.ts';

const fields = {
  title: required(text({ maxLength: 5 })),
  subtitle: optional(text()),
  copies: defaulted(integer({ minimum: 0 })),
  lentAt: readOnly(optional(text())),
  isbn: immutable(optional(text())),
};

const fieldsRefused = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.status, 422);
    return error.errors.map(({ field }) => field);
  }
  return [];
};

describe('the body of a new record', () => {
  it('is taken with its required fields alone', () => {
    assert.deepEqual(readNew(fields, { title: 'Dune' }), { title: 'Dune' });
  });

  it('is taken with null where a field is optional', () => {
    assert.deepEqual(readNew(fields, { title: 'Dune', subtitle: null, copies: 2 }), {
      title: 'Dune',
      subtitle: null,
      copies: 2,
    });
  });

  it('is refused with every field at fault', () => {
    const body = { subtitle: 1, copies: -1, lentAt: 'now', colour: 'red', id: 'mine', createdAt: 'now' };
    assert.deepEqual([...fieldsRefused(() => readNew(fields, body))].sort(), [
      'colour',
      'copies',
      'createdAt',
      'id',
      'lentAt',
      'subtitle',
      'title',
    ]);
  });

  it('is refused with null where a field needs a value', () => {
    assert.deepEqual(
      fieldsRefused(() => readNew(fields, { title: null, copies: null })),
      ['title', 'copies'],
    );
  });

  it('is refused when it names what every object inherits', () => {
    assert.deepEqual(
      fieldsRefused(() => readNew(fields, JSON.parse('{"title":"A","__proto__":{}}'))),
      ['__proto__'],
    );
    assert.deepEqual(
      fieldsRefused(() => readNew(fields, { title: 'A', toString: 'x' })),
      ['toString'],
    );
  });

  it('is refused with 400 when it is not an object', () => {
    for (const body of [null, [], 'text', 1]) {
      assert.throws(
        () => readNew(fields, body),
        (error) => error instanceof Problem && error.status === 400,
      );
    }
  });
});

describe('the body of a change', () => {
  it('may hold any part of the fields', () => {
    assert.deepEqual(readChange(fields, {}), {});
    assert.deepEqual(readChange(fields, { copies: 3 }), { copies: 3 });
  });

  it('is refused with every field at fault', () => {
    assert.deepEqual(
      fieldsRefused(() => readChange(fields, { title: 'Too long', lentAt: null })),
      ['title', 'lentAt'],
    );
  });
});

describe('a fixed field', () => {
  it('may be sent again as it is, and not changed', () => {
    refuseFixed(fields, { isbn: '1', title: 'A' }, { isbn: '1', title: 'B' });
    assert.deepEqual(
      fieldsRefused(() => refuseFixed(fields, { isbn: '1' }, { isbn: '2' })),
      ['isbn'],
    );
  });
});

describe('fields that the application has computed', () => {
  it('are checked like those from outside, but may be empty', () => {
    assert.deepEqual(findInvalid(fields, { title: 'A', copies: 0, lentAt: null }), []);
    assert.deepEqual(findInvalid(fields, { copies: -1 }), [{ field: 'copies', message: 'must be at least 0' }]);
  });
});

describe('a field in the body of an action', () => {
  it('may be sent although it is read-only, and may be demanded', () => {
    const body = { lentAt: inAction(fields.lentAt, true) };
    assert.deepEqual(readNew(body, { lentAt: 'now' }), { lentAt: 'now' });
    assert.deepEqual(
      fieldsRefused(() => readNew(body, {})),
      ['lentAt'],
    );
    assert.deepEqual(readNew({ lentAt: inAction(fields.lentAt, false) }, {}), {});
  });
});
`,
} as const;
