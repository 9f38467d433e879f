/** Service objects as managed objects: what is shown of them, and what never is. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import {
  bindings,
  newAnalytics,
  newApi,
  newAuth,
  newData,
  newGroup,
  newUi,
  newUser,
  valueOf,
} from './testing/services.ts';

// SAFETY: every service object extends ManagedObject; the runtime's mapped type drops what holds `unknown`.
const managed = (stub: unknown): ManagedObjectRpc => stub as ManagedObjectRpc;

interface Shown {
  readonly configuration: Readonly<Record<string, { readonly declared: unknown; readonly characters: number }>>;
  readonly account?: Readonly<Record<string, unknown>>;
  readonly role?: Readonly<Record<string, unknown>>;
  readonly api_key?: Readonly<Record<string, unknown>>;
}

const stateOf = async (object: ManagedObjectRpc, version?: number) => {
  const { state, ...rest } = valueOf(await object.objectState(version === undefined ? {} : { version }));
  // SAFETY: the open tables of service objects.
  return { ...rest, state: state as Shown };
};

/** Everything that can be read of an object, as text. */
const allOf = async (object: ManagedObjectRpc): Promise<string> => {
  const history = valueOf(await object.objectHistory({ after: 0, limit: 500 }));
  const diff = valueOf(await object.objectDiff({ from: 0 }));
  return JSON.stringify([await stateOf(object), history, diff]);
};

describe('the state of Auth', () => {
  it('tells who has an account and nothing of the person, at each version', async () => {
    const group = newGroup();
    const auth = await newAuth({ minimumPasswordLength: 9 }, group);
    const grant = valueOf(await auth.signUp({ email: 'ada@example.com', password: 'correct horse battery' }));
    valueOf(await auth.signIn({ email: 'ada@example.com', password: 'correct horse battery' }));
    await auth.signIn({ email: 'ada@example.com', password: 'a wrong guess' });
    const { accountId } = grant.account;
    valueOf(await auth.setDisabled({ accountId, isDisabled: true }));
    const object = managed(auth);
    const now = await stateOf(object);
    expect(now).toMatchObject({ source: 'tables', version: 3 });
    expect(now.state.configuration['1']?.declared).toMatchObject({ minimumPasswordLength: 9 });
    expect(now.state.account).toEqual({ [accountId]: { is_disabled: 1, created_at: expect.any(Number) } });
    expect((await stateOf(object, 2)).state.account).toMatchObject({ [accountId]: { is_disabled: 0 } });
    expect((await stateOf(object, 1)).state.account).toEqual({});
    const text = await allOf(object);
    const hashes = await runInDurableObject(bindings.AUTH.getByName(group), (_instance, { storage }) => [
      ...storage.sql.exec<{ secret: string }>('SELECT password_hash AS secret FROM account'),
      ...storage.sql.exec<{ secret: string }>('SELECT token_hash AS secret FROM session'),
      ...storage.sql.exec<{ secret: string }>('SELECT id AS secret FROM session'),
    ]);
    expect(hashes.length).toBeGreaterThan(0);
    for (const secret of ['ada@', 'example.com', grant.token, ...hashes.map((row) => row.secret)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('has no version more for signing in, and one for each decision about a person', async () => {
    const auth = await newAuth();
    const credentials = { email: 'bob@example.com', password: 'correct horse battery' };
    valueOf(await auth.signUp(credentials));
    const before = (await stateOf(managed(auth))).version;
    const { token } = valueOf(await auth.signIn(credentials));
    valueOf(await auth.authenticate({ token }));
    valueOf(await auth.signOut({ token }));
    expect((await stateOf(managed(auth))).version).toBe(before);
  });
});

describe('the state of the other services', () => {
  it('of User is who has which role, without names', async () => {
    const user = await newUser({ roles: { clerk: ['orders.write'] } });
    valueOf(await user.saveProfile({ accountId: 'acc_1', displayName: 'Ada Lovelace', fields: { phone: '123456' } }));
    valueOf(await user.setPreferences({ accountId: 'acc_1', values: {} }));
    valueOf(await user.grantRole({ accountId: 'acc_1', role: 'clerk' }));
    const object = managed(user);
    expect((await stateOf(object)).state.role).toEqual({ 'acc_1@clerk': { account_id: 'acc_1', role: 'clerk' } });
    const text = await allOf(object);
    for (const secret of ['Lovelace', '123456']) expect(text).not.toContain(secret);
    valueOf(await user.removeProfile({ accountId: 'acc_1' }));
    expect((await stateOf(object)).state.role).toEqual({});
  });

  it('of Api is which keys there are, without what opens them', async () => {
    const api = await newApi();
    const issued = valueOf(await api.issueKey({ name: 'till', scopes: ['orders'] }));
    const object = managed(api);
    expect(Object.values((await stateOf(object)).state.api_key ?? {})).toMatchObject([
      { name: 'till', scopes: ['orders'] },
    ]);
    expect(await allOf(object)).not.toContain(issued.key);
  });

  it('of Data, Analytics and Ui is what is declared; their rows are in no history', async () => {
    const data = await newData({ collections: [{ name: 'notes' }] });
    const [state] = [await stateOf(managed(data))];
    valueOf(
      await data.change({ changes: [{ kind: 'insert', collection: 'notes', value: { text: 'a private note' } }] }),
    );
    expect(await stateOf(managed(data))).toEqual(state);
    expect(await allOf(managed(data))).not.toContain('private');
    const analytics = await newAnalytics();
    valueOf(await analytics.track({ events: [{ name: 'seen', actor: 'ada@example.com' }] }));
    expect(await allOf(managed(analytics))).not.toContain('ada@');
    const large = { assets: [{ path: '/a.css', contentType: 'text/css', text: 'x'.repeat(70_000) }] };
    const ui = managed(await newUi(large));
    const shown = (await stateOf(ui)).state.configuration['1'];
    expect(shown).toEqual({ declared: null, characters: expect.any(Number) });
    expect(shown?.characters).toBeGreaterThan(70_000);
  });

  it('of a group is what it set up', async () => {
    const group = bindings.SERVICE_GROUP.getByName(newGroup());
    valueOf(await group.configure({ auth: {} }, []));
    valueOf(await group.configure({ auth: {}, analytics: {} }, ['https://api.example.com']));
    const { state } = await stateOf(managed(group));
    expect(state).toMatchObject({
      declaration: { 1: { known_kinds: ['auth', 'analytics'], origins: ['https://api.example.com'], revision: 2 } },
    });
  });

  it('is refused, and not cut, when there is more than can be shown', async () => {
    const group = newGroup();
    const auth = await newAuth({}, group);
    await runInDurableObject(bindings.AUTH.getByName(group), (_instance, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO account (id, email, created_at) SELECT 'acc_' || i, i || '@b.c', 5 FROM n`,
      );
    });
    expect(await managed(auth).objectState({})).toMatchObject({
      error: { type: 'request.too_large', detail: expect.stringContaining('5001 rows') },
    });
    expect(valueOf(await managed(auth).objectHistory({ after: 0, limit: 1 })).events).toHaveLength(1);
  });
});

describe('a service object', () => {
  it('is never copied or set back, and says what to do instead', async () => {
    const object = managed(await newAuth());
    const lines = '{}';
    for (const refused of [
      await object.exportObject(),
      await object.importObject({ commandId: 'c', lines, trial: false }),
      await object.importObject({ commandId: 'c', lines, trial: true }),
    ]) {
      expect(refused).toMatchObject({
        error: { type: 'resource.conflict', detail: expect.stringContaining('Data has an export') },
      });
    }
    const restored = await object.restoreObject({ commandId: 'r', version: 0, by: 'person:key_1' });
    expect(restored).toMatchObject({
      error: { type: 'state.irreversible', detail: expect.stringContaining('Deploy') },
    });
  });

  it('can be laid to rest, and wakes with the next request of its app', async () => {
    const auth = await newAuth();
    const object = managed(auth);
    const asked = valueOf(await object.deactivateObject({ commandId: 'd', by: 'person:key_1', reason: 'maintenance' }));
    expect(['deactivating', 'inactive']).toContain(asked.phase);
    let phase: string = asked.phase;
    while (phase !== 'inactive') {
      await scheduler.wait(1);
      ({ phase } = valueOf(await object.objectLifecycle()));
    }
    expect((await stateOf(object)).state.account).toEqual({});
    valueOf(await auth.signUp({ email: 'eve@example.com', password: 'correct horse battery' }));
    expect(valueOf(await object.objectLifecycle()).phase).not.toBe('inactive');
    expect(valueOf(await object.objectMigrations()).map(({ name }) => name)).toContain('row history');
  });
});
