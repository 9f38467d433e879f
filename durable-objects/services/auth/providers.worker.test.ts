import { afterEach, describe, expect, it } from 'vitest';
import { bindings, newAuth, valueOf } from '../testing/services.ts';

const origin = bindings.PROVIDER_ORIGIN;
const provider = { name: 'inc', issuer: origin, clientId: 'client-1' };
const providers = [provider];
const redirectUri = 'https://app.test/auth/back';

const setFault = (fault: string): Promise<Response> => fetch(`${origin}/faults`, { method: 'POST', body: fault });

/** Goes where a person's browser would go; answers where the provider sends them back to. */
const visit = async (url: string, person: string): Promise<string> => {
  const response = await fetch(`${url}&login_as=${encodeURIComponent(person)}`, { redirect: 'manual' });
  return response.headers.get('location') ?? '';
};

const start = async (auth: Awaited<ReturnType<typeof newAuth>>, person: string) => {
  const { url, state } = valueOf(await auth.startOidc({ provider: 'inc', redirectUri }));
  return { callbackUrl: await visit(url, person), state };
};

afterEach(async () => {
  await setFault('none');
});

describe('signing in through a provider', () => {
  it('makes an account at the first time and finds it again', async () => {
    const auth = await newAuth({ providers });
    const first = valueOf(await auth.finishOidc(await start(auth, 's1,Ada@example.com,true')));
    expect(first.account.email).toBe('ada@example.com');
    const second = valueOf(await auth.finishOidc(await start(auth, 's1,new@example.com,true')));
    expect(second.account).toEqual(first.account);
    expect(await auth.authenticate({ token: second.token })).toMatchObject({ ok: true });
    // It has no password, so none is right.
    expect(await auth.signIn({ email: 'ada@example.com', password: '' })).toMatchObject({ ok: false });
  });

  it('is finished once, with its own state, and by nobody who has only one half', async () => {
    const auth = await newAuth({ providers });
    const [one, two] = [await start(auth, 's1,a@example.com,true'), await start(auth, 's2,b@example.com,true')];
    expect(await auth.finishOidc({ ...one, state: two.state })).toMatchObject({ error: { type: 'auth.invalid' } });
    expect(await auth.finishOidc(one)).toMatchObject({ ok: true });
    expect(await auth.finishOidc(one)).toMatchObject({ error: { type: 'auth.invalid' } });
    expect(await auth.finishOidc({ callbackUrl: redirectUri, state: 'made-up' })).toMatchObject({
      error: { type: 'auth.invalid' },
    });
  });

  it.each(['secret-basic', 'secret-post'])('proves who the app is as the provider asks: %s', async (way) => {
    const withSecret = { ...provider, secretName: 'APP_SECRET_PROVIDER' };
    const [auth, without] = [await newAuth({ providers: [withSecret] }), await newAuth({ providers })];
    await setFault(way);
    expect(await auth.finishOidc(await start(auth, 's1,ada@example.com,true'))).toMatchObject({ ok: true });
    expect(await without.finishOidc(await start(without, 's1,ada@example.com,true'))).toMatchObject({
      error: { type: 'auth.invalid' },
    });
  });

  it.each(['other-issuer', 'other-audience', 'other-nonce', 'other-key', 'expired'])(
    'refuses an ID token with %s',
    async (fault) => {
      const auth = await newAuth({ providers });
      const back = await start(auth, 's1,a@example.com,true');
      await setFault(fault);
      expect(await auth.finishOidc(back)).toMatchObject({ error: { type: 'auth.invalid' } });
    },
  );

  it('does not take over the account of an address, nor one whose address is not verified', async () => {
    const auth = await newAuth({ providers });
    valueOf(await auth.signUp({ email: 'ada@example.com', password: 'planted by somebody' }));
    expect(await auth.finishOidc(await start(auth, 's1,ada@example.com,true'))).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    expect(await auth.finishOidc(await start(auth, 's2,new@example.com,false'))).toMatchObject({
      error: { type: 'auth.forbidden' },
    });
  });

  it('takes the address from UserInfo where the ID token has none, and only that of the same person', async () => {
    const auth = await newAuth({ providers });
    await setFault('thin');
    const arrived = valueOf(await auth.finishOidc(await start(auth, 's1,Ada@example.com,true')));
    expect(arrived.account.email).toBe('ada@example.com');
    expect(await auth.finishOidc(await start(auth, 's2,new@example.com,false'))).toMatchObject({
      error: { type: 'auth.forbidden', detail: expect.stringContaining('verified e-mail') },
    });
    await setFault('thin-other');
    expect(await auth.finishOidc(await start(auth, 's3,eve@example.com,true'))).toMatchObject({
      error: { type: 'auth.invalid' },
    });
  });

  it('says what to set when the provider calls itself by another name', async () => {
    const auth = await newAuth({ providers });
    await setFault('other-metadata');
    expect(await auth.startOidc({ provider: 'inc', redirectUri })).toMatchObject({
      error: { type: 'configuration.invalid', detail: expect.stringContaining('"https://other.test"') },
    });
    const elsewhere = await newAuth({ providers: [{ ...providers[0]!, issuer: `${origin}/nothing-here` }] });
    expect(await elsewhere.startOidc({ provider: 'inc', redirectUri })).toMatchObject({
      error: { type: 'configuration.invalid', detail: expect.stringContaining('/nothing-here') },
    });
  });

  it('reaches no provider that the operator does not allow', async () => {
    const auth = await newAuth({ providers: [{ ...providers[0]!, issuer: 'http://169.254.169.254/latest' }] });
    expect(await auth.startOidc({ provider: 'inc', redirectUri })).toMatchObject({ error: { type: 'auth.forbidden' } });
    expect(await auth.startOidc({ provider: 'none', redirectUri })).toMatchObject({
      error: { type: 'resource.not_found' },
    });
  });
});
