import { describe, expect, it } from 'vitest';
import { newUser, valueOf } from '../testing/services.ts';

const configuration = {
  roles: { clerk: ['orders.write'], boss: ['orders.write', 'staff.write'] },
  preferences: { language: 'en', compact: false },
};
const ada = { accountId: 'acc_ada' };

describe('profiles', () => {
  it('are made, changed at the version they were read at, found and removed', async () => {
    const user = await newUser(configuration);
    expect(await user.profile(ada)).toMatchObject({ error: { type: 'resource.not_found' } });
    const made = valueOf(await user.saveProfile({ ...ada, displayName: 'Ada', fields: { city: 'London' } }));
    expect(made).toMatchObject({ version: 1, displayName: 'Ada', roles: [] });
    const changed = valueOf(await user.saveProfile({ ...ada, fields: { age: 36 }, ifVersion: 1 }));
    expect(changed).toMatchObject({ version: 2, displayName: 'Ada', fields: { city: 'London', age: 36 } });
    expect(await user.saveProfile({ ...ada, displayName: 'X', ifVersion: 1 })).toMatchObject({
      error: { type: 'state.conflict' },
    });
    valueOf(await user.saveProfile({ accountId: 'acc_bob', displayName: 'Bob' }));
    expect(valueOf(await user.profiles({ search: 'AD' })).items.map(({ accountId }) => accountId)).toEqual(['acc_ada']);
    const page = valueOf(await user.profiles({ limit: 1 }));
    expect(
      valueOf(await user.profiles({ after: page.next ?? '' })).items.map(({ displayName }) => displayName),
    ).toEqual(['Bob']);
    valueOf(await user.removeProfile(ada));
    expect(await user.profile(ada)).toMatchObject({ ok: false });
  });

  it.each([
    [{ displayName: 'x'.repeat(201) }, 'displayName'],
    [{ fields: { text: 'x'.repeat(20_000) } }, 'fields'],
    [{ accountId: '' }, 'accountId'],
  ])('refuse %j', async (change, field) => {
    const user = await newUser(configuration);
    expect(await user.saveProfile({ ...ada, ...change })).toMatchObject({ error: { issues: [{ field }] } });
  });
});

describe('roles', () => {
  it('give permissions, and only those that are declared can be held', async () => {
    const user = await newUser(configuration);
    expect(await user.grantRole({ ...ada, role: 'clerk' })).toMatchObject({ error: { type: 'resource.not_found' } });
    valueOf(await user.saveProfile({ ...ada, displayName: 'Ada' }));
    const may = async (permission: string) => valueOf(await user.may({ ...ada, permission }));
    expect(await may('orders.write')).toBe(false);
    expect(valueOf(await user.grantRole({ ...ada, role: 'clerk' })).roles).toEqual(['clerk']);
    expect([await may('orders.write'), await may('staff.write')]).toEqual([true, false]);
    expect(valueOf(await user.profiles({ role: 'clerk' })).items).toHaveLength(1);
    for (const role of ['king', 'constructor', '__proto__'])
      expect(await user.grantRole({ ...ada, role })).toMatchObject({ error: { issues: [{ field: 'role' }] } });
    valueOf(await user.revokeRole({ ...ada, role: 'clerk' }));
    expect(await may('orders.write')).toBe(false);
  });
});

describe('preferences', () => {
  it('stand over the defaults, and go back to them', async () => {
    const user = await newUser(configuration);
    expect(valueOf(await user.preferences(ada))).toEqual(configuration.preferences);
    valueOf(await user.setPreferences({ ...ada, values: { language: 'de' } }));
    expect(valueOf(await user.preferences(ada))).toEqual({ language: 'de', compact: false });
    expect(valueOf(await user.setPreferences({ ...ada, values: { language: null } }))).toEqual(
      configuration.preferences,
    );
    expect(await user.setPreferences({ ...ada, values: { other: 1 } })).toMatchObject({
      error: { issues: [{ field: 'values.other' }] },
    });
  });
});
