/** Who a request to a composed app is from, and what it brings: session or key, client, JSON. */
import { err, ok, type Result } from '../../../shared/errors/result.ts';

const cookieName = 'session';
const maxBodyBytes = 256 * 1024;

export interface Visitor {
  readonly token?: string;
  /** The token came by itself, with a cookie, and not because somebody put it into the request. */
  readonly byCookie: boolean;
  readonly key?: string;
  /** As the edge says it; absent when nothing stands between. */
  readonly client?: string;
}

const cookieOf = (headers: Headers, name: string): string | undefined =>
  (headers.get('cookie') ?? '')
    .split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export const readVisitor = ({ headers }: Request): Visitor => {
  const bearer = /^bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  const cookie = cookieOf(headers, cookieName);
  const key = headers.get('x-api-key');
  const client = headers.get('cf-connecting-ip');
  const token = bearer ?? cookie;
  return {
    ...(token === undefined ? {} : { token }),
    byCookie: bearer === undefined && cookie !== undefined,
    ...(key === null ? {} : { key }),
    ...(client === null ? {} : { client }),
  };
};

/**
 * Whether another site may be behind a request that changes something: a browser sends the cookie along for it. The
 * browser says so itself; where it says nothing, the origin must be the app's own.
 */
export const isForeign = (request: Request, { byCookie }: Visitor): boolean => {
  if (!byCookie || request.method === 'GET' || request.method === 'HEAD') return false;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== (request.headers.get('x-forwarded-host') ?? '');
};

const setCookie = (request: Request, name: string, value: string, seconds: number, path: string): string => {
  const secure = request.headers.get('x-forwarded-proto') === 'http' ? '' : '; Secure';
  return `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
};

/** The cookie that holds a session, for the app's own path and out of reach of scripts. */
export const sessionCookie = (request: Request, token: string, seconds: number, prefix: string): string =>
  setCookie(request, cookieName, token, seconds, prefix === '' ? '/' : prefix);

const awaySeconds = 10 * 60;

/** One for each way begun, so that two of them in one browser do not end each other. */
const awayName = (state: string): string => `away-${state.slice(0, 16)}`;

/** The cookie by which a browser that went to a provider is known again; no other can finish what it began. */
export const awayCookie = (request: Request, state: string, prefix: string): string =>
  setCookie(request, awayName(state), state, awaySeconds, `${prefix}/auth/with`);

/** Whether the request is from the browser that began the sign-in with this state. */
export const hasAwayCookie = ({ headers }: Request, state: string): boolean =>
  /^[\w-]{16,100}$/.test(state) && cookieOf(headers, awayName(state)) === state;

/** The body as JSON, or a form's fields; nothing for none. */
export const readBody = async (request: Request): Promise<Result<unknown>> => {
  if (request.body === null) return ok(undefined);
  const length = Number(request.headers.get('content-length') ?? 0);
  const bytes = length > maxBodyBytes ? undefined : await request.arrayBuffer();
  if (bytes === undefined || bytes.byteLength > maxBodyBytes)
    return err({ type: 'request.too_large', detail: `The body must be at most ${maxBodyBytes} bytes.` });
  if (bytes.byteLength === 0) return ok(undefined);
  const text = new TextDecoder().decode(bytes);
  const type = request.headers.get('content-type') ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return ok(Object.fromEntries(new URLSearchParams(text)));
  if (!/^application\/([\w.+-]+\+)?json\b/.test(type))
    return err({ type: 'request.unsupported_media_type', detail: 'The body must be application/json.' });
  try {
    return ok(JSON.parse(text));
  } catch {
    const reason = 'must be JSON';
    return err({ type: 'request.invalid', detail: `body: ${reason}`, issues: [{ field: 'body', reason }] });
  }
};
