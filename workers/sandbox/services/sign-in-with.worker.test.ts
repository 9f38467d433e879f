/** Signing in to a composed app through a provider, as browsers do it: one that went is the only one that can come back. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { sandbox } from '../testing/run-files.ts';

// SAFETY: bound by this project's vitest.config.ts.
const { PROVIDER_ORIGIN: issuer } = env as unknown as { readonly PROVIDER_ORIGIN: string };
// SAFETY: the Worker's default export has a `fetch`.
const served = (exports as unknown as { readonly default: Fetcher }).default;

let apps = 0;

const openApp = async (): Promise<string> => {
  apps += 1;
  const group = `w/composition/with-${apps}`;
  const declaration = { auth: { providers: [{ name: 'inc', issuer, clientId: 'client-1' }] } };
  expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ ok: true });
  return group;
};

const visit = (group: string, path: string, cookie = ''): Promise<Response> =>
  served.fetch(`https://sandbox/groups/${encodeURIComponent(group)}${path}`, {
    redirect: 'manual',
    headers: { 'x-forwarded-host': 'app.test', 'x-forwarded-proto': 'https', cookie },
  });

/** Leaves for the provider and signs in there; the cookie of this browser, and the way back. */
const leave = async (group: string, person: string) => {
  const started = await visit(group, '/auth/with/inc');
  const set = started.headers.get('set-cookie') ?? '';
  expect([started.status, set]).toEqual([
    302,
    expect.stringMatching(/^away-[\w-]{16}=[\w-]+; Path=\/auth\/with; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/),
  ]);
  const url = `${started.headers.get('location') ?? ''}&login_as=${encodeURIComponent(person)}`;
  const provider = await fetch(url, { redirect: 'manual' });
  const back = new URL(provider.headers.get('location') ?? '');
  return { cookie: set.split(';')[0] ?? '', path: `${back.pathname}${back.search}` };
};

describe('signing in with a provider', () => {
  it('signs the browser in that went there, once', async () => {
    const group = await openApp();
    const { cookie, path } = await leave(group, 's1,ada@example.com,true');
    const arrived = await visit(group, path, cookie);
    expect([arrived.status, arrived.headers.get('location')]).toEqual([302, '/']);
    const session = (arrived.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(await (await visit(group, '/auth/me', session)).json()).toMatchObject({
      account: { email: 'ada@example.com' },
    });
    expect((await visit(group, path, cookie)).status).toBe(401);
  });

  it('signs nobody in who was sent the address by somebody else, and leaves it to that one', async () => {
    const group = await openApp();
    const mallory = await leave(group, 's2,mallory@example.com,true');
    const victim = await leave(group, 's3,victim@example.com,true');
    for (const cookie of ['', victim.cookie]) {
      const refused = await visit(group, mallory.path, cookie);
      expect([refused.status, refused.headers.get('set-cookie')]).toEqual([401, null]);
      expect(await refused.json()).toMatchObject({
        title: 'Signing in is needed',
        detail: expect.stringContaining('not started in this browser'),
      });
    }
    expect((await visit(group, mallory.path, mallory.cookie)).status).toBe(302);
  });

  it('begun twice in one browser is finished twice', async () => {
    const group = await openApp();
    const [one, two] = [await leave(group, 's4,one@example.com,true'), await leave(group, 's5,two@example.com,true')];
    const cookie = `${one.cookie}; ${two.cookie}`;
    expect((await visit(group, two.path, cookie)).status).toBe(302);
    expect((await visit(group, one.path, cookie)).status).toBe(302);
  });
});
