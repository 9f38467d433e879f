import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { eraseObject } from '../service-object.ts';
import { bindings, newAuth, newGroup, valueOf } from '../testing/services.ts';

const ada = { email: 'Ada@example.com', password: 'correct horse battery' };

const later = async (auth: Awaited<ReturnType<typeof newAuth>>, milliseconds: number): Promise<void> => {
  await runInDurableObject(auth, (_object, { storage }) => {
    for (const column of ['rotated_at', 'last_used_at', 'created_at', 'expires_at'])
      storage.sql.exec(`UPDATE session SET ${column} = ${column} - ?`, milliseconds);
    storage.sql.exec('UPDATE attempt SET last_at = last_at - ?', milliseconds);
  });
};

describe('accounts', () => {
  it('sign up, sign in, and are known by their token, also after an eviction', async () => {
    const auth = await newAuth();
    const up = valueOf(await auth.signUp(ada));
    expect(up.account).toMatchObject({ email: 'ada@example.com', isDisabled: false });
    const into = valueOf(await auth.signIn({ ...ada, email: ' ADA@example.com' }));
    expect(into.account.accountId).toBe(up.account.accountId);
    expect(into.token).not.toBe(up.token);
    await evictDurableObject(auth);
    for (const { token } of [up, into])
      expect(valueOf(await auth.authenticate({ token })).account.accountId).toBe(up.account.accountId);
    expect(await auth.signUp({ ...ada, password: 'another one entirely' })).toMatchObject({
      ok: false,
      error: { type: 'resource.conflict' },
    });
  });

  it('store neither password nor token', async () => {
    const auth = await newAuth();
    const { token } = valueOf(await auth.signUp(ada));
    const stored = await runInDurableObject(auth, (_object, { storage }) =>
      JSON.stringify(['account', 'session'].map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray())),
    );
    expect(stored).toContain('$scrypt$ln=14,r=8,p=5$');
    for (const secret of [ada.password, token, token.split('.')[1] ?? '']) expect(stored).not.toContain(secret);
  });

  it('refuse a wrong password and an unknown address alike', async () => {
    const auth = await newAuth();
    valueOf(await auth.signUp(ada));
    const wrong = await auth.signIn({ ...ada, password: 'incorrect horse' });
    expect(wrong).toMatchObject({ ok: false, error: { type: 'auth.invalid' } });
    expect(await auth.signIn({ ...ada, email: 'nobody@example.com' })).toEqual(wrong);
  });

  it.each([
    [{ email: 'ada', password: 'correct horse' }, 'email'],
    [{ email: 'ada@example.com', password: 'x' }, 'password'],
    [{}, 'email'],
    [{ email: { $ne: 1 }, password: ['a'] }, 'email'],
  ])('refuse to be made of %j', async (credentials, field) => {
    const auth = await newAuth();
    expect(await auth.signUp(credentials as typeof ada)).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
  });

  it('of two who sign up with one address at the same time, one is made', async () => {
    const auth = await newAuth();
    const both = await Promise.all([auth.signUp(ada), auth.signUp({ ...ada, password: 'another password' })]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(valueOf(await auth.accounts({})).items).toHaveLength(1);
  });

  it('can be disabled, which ends their sessions', async () => {
    const auth = await newAuth();
    const { token, account } = valueOf(await auth.signUp(ada));
    valueOf(await auth.setDisabled({ accountId: account.accountId, isDisabled: true }));
    expect(await auth.authenticate({ token })).toMatchObject({ error: { type: 'auth.invalid' } });
    expect(await auth.signIn(ada)).toMatchObject({ error: { type: 'auth.invalid' } });
    valueOf(await auth.setDisabled({ accountId: account.accountId, isDisabled: false }));
    expect(await auth.signIn(ada)).toMatchObject({ ok: true });
    expect(await auth.setDisabled({ accountId: 'acc_x', isDisabled: true })).toMatchObject({
      error: { type: 'resource.not_found' },
    });
  });

  it('are listed in pages', async () => {
    const auth = await newAuth();
    for (const name of ['a', 'b', 'c']) valueOf(await auth.signUp({ ...ada, email: `${name}@example.com` }));
    const first = valueOf(await auth.accounts({ limit: 2 }));
    const second = valueOf(await auth.accounts({ limit: 2, after: first.next ?? '' }));
    expect([...first.items, ...second.items].map(({ email }) => email)).toHaveLength(3);
    expect(second.next).toBeUndefined();
  });

  it('cannot be made where signing up is closed', async () => {
    const auth = await newAuth({ signUp: 'closed' });
    expect(await auth.signUp(ada)).toMatchObject({ error: { type: 'auth.forbidden' } });
  });
});

describe('sessions', () => {
  it('rotate; the token before is good for a moment, and its late use ends the session', async () => {
    const auth = await newAuth();
    const first = valueOf(await auth.signUp(ada));
    const second = valueOf(await auth.rotate({ token: first.token }));
    expect(await auth.authenticate({ token: first.token })).toMatchObject({ ok: true });
    expect(await auth.rotate({ token: first.token })).toMatchObject({ error: { type: 'state.conflict' } });
    await later(auth, 31_000);
    expect(await auth.authenticate({ token: second.token })).toMatchObject({ ok: true });
    expect(await auth.authenticate({ token: first.token })).toMatchObject({ error: { type: 'auth.invalid' } });
    expect(await auth.authenticate({ token: second.token })).toMatchObject({ error: { type: 'auth.invalid' } });
  });

  it('say when to rotate, last while they are used, and end when they are not', async () => {
    const auth = await newAuth({ sessionMinutes: 60, rotateMinutes: 30 });
    const { token } = valueOf(await auth.signUp(ada));
    await later(auth, 40 * 60_000);
    expect(valueOf(await auth.authenticate({ token })).shouldRotate).toBe(true);
    await later(auth, 59 * 60_000);
    expect(await auth.authenticate({ token })).toMatchObject({ ok: true });
    await later(auth, 61 * 60_000);
    expect(await auth.authenticate({ token })).toMatchObject({ error: { type: 'auth.invalid' } });
  });

  it('are listed, revoked one by one or all, and never those of others', async () => {
    const auth = await newAuth();
    const one = valueOf(await auth.signUp(ada));
    const two = valueOf(await auth.signIn(ada));
    const other = valueOf(await auth.signUp({ ...ada, email: 'bob@example.com' }));
    const { accountId } = one.account;
    expect(valueOf(await auth.sessions({ accountId }))).toHaveLength(2);
    const theirs = { accountId, sessionId: other.session.sessionId };
    expect(valueOf(await auth.revoke(theirs))).toEqual({ revoked: 0 });
    expect(valueOf(await auth.revoke({ accountId, sessionId: one.session.sessionId }))).toEqual({ revoked: 1 });
    expect(await auth.authenticate({ token: one.token })).toMatchObject({ ok: false });
    expect(valueOf(await auth.revoke({ accountId }))).toEqual({ revoked: 1 });
    expect(await auth.authenticate({ token: two.token })).toMatchObject({ ok: false });
    expect(await auth.authenticate({ token: other.token })).toMatchObject({ ok: true });
  });

  it('end at the sign-out, and a token that is none does nothing', async () => {
    const auth = await newAuth();
    const { token } = valueOf(await auth.signUp(ada));
    const forged = `${token.slice(0, -4)}AAAA`;
    for (const broken of ['', 'x', forged, { toString: 1 } as unknown as string])
      expect(await auth.signOut({ token: broken })).toEqual({ ok: true, value: null });
    expect(await auth.authenticate({ token })).toMatchObject({ ok: true });
    valueOf(await auth.signOut({ token }));
    expect(await auth.authenticate({ token })).toMatchObject({ ok: false });
  });

  it('of others end when the password changes', async () => {
    const auth = await newAuth();
    const mine = valueOf(await auth.signUp(ada));
    const stolen = valueOf(await auth.signIn(ada));
    const change = { token: mine.token, currentPassword: ada.password, newPassword: 'a much better one' };
    expect(await auth.changePassword({ ...change, currentPassword: 'wrong one' })).toMatchObject({
      error: { type: 'auth.invalid' },
    });
    expect(await auth.changePassword({ ...change, newPassword: 'short' })).toMatchObject({
      error: { type: 'request.invalid' },
    });
    valueOf(await auth.changePassword(change));
    expect(await auth.authenticate({ token: stolen.token })).toMatchObject({ ok: false });
    expect(await auth.authenticate({ token: mine.token })).toMatchObject({ ok: true });
    expect(await auth.signIn(ada)).toMatchObject({ ok: false });
    expect(await auth.signIn({ ...ada, password: 'a much better one' })).toMatchObject({ ok: true });
  });
});

describe('guessing', () => {
  it('is slowed down even when many guesses come at once, and the right password clears it', async () => {
    const auth = await newAuth();
    valueOf(await auth.signUp(ada));
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => auth.signIn({ ...ada, password: `guess ${index}`, client: '10.0.0.1' })),
    );
    const types = guesses.map((guess) => (guess.ok ? 'ok' : guess.error.type));
    // Were they counted after their hashes, all twelve would have passed.
    expect(types.filter((type) => type === 'rate.limited').length).toBeGreaterThanOrEqual(3);
    expect(types.filter((type) => type === 'auth.invalid').length).toBeGreaterThanOrEqual(5);
    // Somebody else, elsewhere, is not kept out of their own account.
    expect(await auth.signIn({ ...ada, client: '10.0.0.2' })).toMatchObject({ ok: true });
    await later(auth, 15 * 60_000);
    expect(await auth.signIn({ ...ada, client: '10.0.0.1' })).toMatchObject({ ok: true });
    expect(await auth.signIn({ ...ada, password: 'guess', client: '10.0.0.1' })).toMatchObject({
      error: { type: 'auth.invalid' },
    });
  });
});

describe('a service object', () => {
  it('answers nothing before it is declared, and keeps its data while it is not', async () => {
    const auth = bindings.AUTH.getByName(newGroup());
    expect(await auth.signUp(ada)).toMatchObject({ error: { type: 'resource.not_found' } });
    const declared = await newAuth();
    const { token } = valueOf(await declared.signUp(ada));
    valueOf(await declared.configure(null));
    expect(await declared.authenticate({ token })).toMatchObject({ error: { type: 'resource.not_found' } });
  });

  it('is erased whole and can be set up anew', async () => {
    const group = newGroup();
    valueOf(await (await newAuth({}, group)).signUp(ada));
    await eraseObject(bindings.AUTH.getByName(group));
    await eraseObject(bindings.AUTH.getByName(group));
    const again = await newAuth({}, group);
    expect(valueOf(await again.accounts({})).items).toEqual([]);
    expect(await again.signUp(ada)).toMatchObject({ ok: true });
  });

  it('sweeps what is past its time', async () => {
    const auth = await newAuth();
    valueOf(await auth.signUp(ada));
    await auth.signIn({ ...ada, password: 'wrong password' });
    await later(auth, 100 * 24 * 60 * 60_000);
    await runInDurableObject(auth, async (object, { storage }) => {
      storage.sql.exec("UPDATE timer SET due_at = 1 WHERE name = 'sweep'");
      await object.alarm();
      const count = (table: string) => storage.sql.exec(`SELECT COUNT(*) AS count FROM ${table}`).one()['count'];
      expect([count('session'), count('attempt'), count('account')]).toEqual([0, 0, 1]);
    });
  });
});
