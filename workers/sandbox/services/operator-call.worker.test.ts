/** Services of a composed app, called by whoever owns it: what its people cannot do for themselves. */
import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { serviceKinds } from '../../../shared/rpc/services/service-object.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { sandbox } from '../testing/run-files.ts';
import { shopDeclaration } from '../testing/shop.ts';

// SAFETY: bound by this project's vitest.config.ts.
const { SHIPPING_ORIGIN } = env as unknown as SandboxEnvironment & { readonly SHIPPING_ORIGIN: string };
// SAFETY: the Worker's default export has a `fetch`.
const served = (exports as unknown as { readonly default: Fetcher }).default;

let shops = 0;

const openShop = async () => {
  shops += 1;
  const group = `w/composition/called-${shops}`;
  const declaration = shopDeclaration(SHIPPING_ORIGIN);
  expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ ok: true });
  const call = async (service: string, method: string, input: Readonly<Record<string, unknown>> = {}) => {
    const answer = await sandbox.callService({ group, service, method, input });
    // Disposed of as JSON: what the platform gets is this.
    return JSON.parse(JSON.stringify(answer)) as {
      readonly ok: boolean;
      readonly value?: { readonly key: string; readonly view: { readonly keyId: string } };
      readonly error?: { readonly type: string; readonly detail: string };
    };
  };
  return { group, call };
};

describe('the owner of a group', () => {
  it('makes the key by which its routes are opened, and takes it back', async () => {
    const { group, call } = await openShop();
    const { value } = await call('api', 'issueKey', { name: 'clerk', scopes: ['products.write'] });
    const add = async (title: string): Promise<number> => {
      const { status } = await served.fetch(`https://sandbox/groups/${encodeURIComponent(group)}/api/products`, {
        method: 'POST',
        headers: { 'x-api-key': value?.key ?? '', 'content-type': 'application/json' },
        body: JSON.stringify({ title, cents: 1 }),
      });
      return status;
    };
    expect(await add('Tea')).toBe(201);
    expect(await call('api', 'revokeKey', { keyId: value?.view.keyId })).toMatchObject({ ok: true });
    expect(await add('Cake')).toBe(401);
  });

  it('gives roles, reads figures and records, and is told what does not fit', async () => {
    const { call } = await openShop();
    expect(await call('user', 'saveProfile', { accountId: 'acc_1', displayName: 'Ada' })).toMatchObject({ ok: true });
    expect(await call('user', 'grantRole', { accountId: 'acc_1', role: 'clerk' })).toMatchObject({
      ok: true,
      value: { roles: ['clerk'] },
    });
    expect(await call('user', 'grantRole', { accountId: 'acc_1', role: 'king' })).toMatchObject({
      error: { type: 'request.invalid' },
    });
    const now = Date.now();
    await call('analytics', 'track', { events: [{ name: 'a', actor: 'x' }] });
    const period = { from: now - 60_000, to: now + 60_000 };
    expect(await call('analytics', 'funnel', { ...period, steps: ['a', 'b'], withinMs: 1_000 })).toMatchObject({
      value: [
        { name: 'a', actors: 1 },
        { name: 'b', actors: 0 },
      ],
    });
    expect(await call('data', 'count', { collection: 'products' })).toEqual({ ok: true, value: 0 });
  });

  it('calls nothing that speaks for a person, is the platform’s, or is not there', async () => {
    const { call } = await openShop();
    for (const method of ['signIn', 'authenticate', 'finishOidc', 'erase', 'configure', 'constructor', 'fetch', '']) {
      expect([method, await call('auth', method)]).toMatchObject([
        method,
        { error: { type: 'request.invalid', detail: expect.stringContaining('must be one of accounts') } },
      ]);
    }
    expect(await call('group', 'status')).toMatchObject({ error: { type: 'request.invalid' } });
    // Nothing that is asked without what it needs breaks.
    for (const service of serviceKinds) {
      for (const method of (await call(service, '?')).error?.detail.split('one of ')[1]?.split(', ') ?? []) {
        const answer = await call(service, method);
        expect([`${service}.${method}`, answer.ok || answer.error?.type]).not.toEqual([
          `${service}.${method}`,
          'internal',
        ]);
      }
    }
  });
});
