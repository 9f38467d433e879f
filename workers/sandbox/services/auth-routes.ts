/** The addresses under `/auth` of a composed app: signing up, in and out, and who is signed in. */
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AuthRpc, SessionGrant } from '../../../shared/rpc/services/auth.ts';
import { awayCookie, hasAwayCookie, sessionCookie, type Visitor } from './visitor.ts';

export interface AuthAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly location?: string;
}

interface AuthRequest {
  readonly request: Request;
  readonly path: string;
  readonly body: unknown;
  readonly visitor: Visitor;
  readonly prefix: string;
  /** Where the app is for those outside, as a provider sends people back to it. */
  readonly base: string;
  readonly now: number;
}

const textOf = (body: unknown, name: string): string => {
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : '';
  return typeof value === 'string' ? value : '';
};

const granted = ({ request, prefix, now }: AuthRequest, grant: SessionGrant, status: number): AuthAnswer => ({
  status,
  body: { token: grant.token, account: grant.account, expiresAt: grant.session.expiresAt },
  cookie: sessionCookie(request, grant.token, Math.floor((grant.session.expiresAt - now) / 1_000), prefix),
});

const signedOutCookie = ({ request, prefix }: AuthRequest): string => sessionCookie(request, '', 0, prefix);

const startedElsewhere: Result<never> = err({
  type: 'auth.invalid',
  detail:
    'This sign-in was not started in this browser, or longer than ten minutes ago, or cookies are refused. Start again.',
});

const post = async (auth: AuthRpc, asked: AuthRequest): Promise<Result<AuthAnswer> | undefined> => {
  const { path, body, visitor } = asked;
  const { token = '', client } = visitor;
  const credentials = {
    email: textOf(body, 'email'),
    password: textOf(body, 'password'),
    ...(client === undefined ? {} : { client }),
  };
  switch (path) {
    case '/auth/sign-up': {
      const grant = await auth.signUp(credentials);
      return grant.ok ? ok(granted(asked, grant.value, 201)) : grant;
    }
    case '/auth/sign-in': {
      const grant = await auth.signIn(credentials);
      return grant.ok ? ok(granted(asked, grant.value, 200)) : grant;
    }
    case '/auth/rotate': {
      const grant = await auth.rotate({ token });
      return grant.ok ? ok(granted(asked, grant.value, 200)) : grant;
    }
    case '/auth/sign-out': {
      const done = await auth.signOut({ token });
      return done.ok ? ok({ status: 204, cookie: signedOutCookie(asked) }) : done;
    }
    case '/auth/password': {
      const [currentPassword, newPassword] = [textOf(body, 'currentPassword'), textOf(body, 'newPassword')];
      const done = await auth.changePassword({ token, currentPassword, newPassword });
      return done.ok ? ok({ status: 204 }) : done;
    }
    default:
      return undefined;
  }
};

const get = async (auth: AuthRpc, asked: AuthRequest): Promise<Result<AuthAnswer> | undefined> => {
  const { path, visitor, request, base, prefix } = asked;
  if (path === '/auth/me') {
    const signedIn = await auth.authenticate({ token: visitor.token ?? '' });
    return signedIn.ok ? ok({ status: 200, body: signedIn.value }) : signedIn;
  }
  const provider = /^\/auth\/with\/([a-z][a-z0-9-]{0,30})(\/back)?$/.exec(path);
  if (provider === null) return undefined;
  const redirectUri = `${base}/auth/with/${provider[1] ?? ''}/back`;
  if (provider[2] === undefined) {
    const started = await auth.startOidc({ provider: provider[1] ?? '', redirectUri });
    if (!started.ok) return started;
    const { url, state } = started.value;
    return ok({ status: 302, location: url, cookie: awayCookie(request, state, prefix) });
  }
  const { search, searchParams } = new URL(request.url);
  const state = searchParams.get('state') ?? '';
  // Whoever comes back must be who went: else somebody is signed in as the person who sent them the address.
  if (!hasAwayCookie(request, state)) return startedElsewhere;
  const finished = await auth.finishOidc({ callbackUrl: `${redirectUri}${search}`, state });
  return finished.ok ? ok({ ...granted(asked, finished.value, 302), location: `${prefix}/` }) : finished;
};

/** Answers what is asked under `/auth`; `resource.not_found` for the rest of it. */
export const answerAuth = async (auth: AuthRpc, asked: AuthRequest): Promise<Result<AuthAnswer>> => {
  const { method } = asked.request;
  const answer = method === 'POST' ? await post(auth, asked) : method === 'GET' ? await get(auth, asked) : undefined;
  return answer ?? err({ type: 'resource.not_found', detail: 'There is no such address.' });
};
