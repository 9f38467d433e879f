import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../shared/rpc/sandbox.ts';
import { built, sandbox } from '../testing/run-files.ts';

/** An app that does what its requests say, with whatever it was given. */
const app = {
  'src/app.ts': `
    import { DurableObject } from 'cloudflare:workers';
    const tried = async (work: () => unknown): Promise<unknown> => {
      try { return await work(); } catch (cause) { return String(cause); }
    };
    export class App extends DurableObject {
      async fetch(request: Request): Promise<Response> {
        const { pathname } = new URL(request.url);
        const env = this.env as Record<string, Record<string, (...values: unknown[]) => Promise<unknown>>>;
        if (pathname === '/env') return Response.json(Object.keys(env).sort());
        const [, service = '', method = ''] = pathname.split('/');
        return Response.json(await tried(async () => await env[service][method](await request.json())) ?? null);
      }
    }
  `,
};

const services = { auth: {}, data: { collections: [{ name: 'notes', isOwned: true }] } };

const deploy = async (name: string, slot: Slot, version: string, declared?: unknown) =>
  await sandbox.deploy({
    app: name,
    slot,
    version,
    built: built(app),
    entry: 'src/app.ts',
    ...(declared === undefined ? {} : { services: declared }),
  });

const ask = async (name: string, slot: Slot, path: string, body: unknown = {}): Promise<unknown> => {
  const answer = await sandbox.request({
    app: name,
    slot,
    method: 'POST',
    path,
    headers: {},
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return JSON.parse(answer.value.body) as unknown;
};

const ada = { email: 'ada@example.com', password: 'correct horse battery' };

describe('the services of an app', () => {
  it('are those that it declares, and no others', async () => {
    expect(await deploy('w/services/declared', 'preview', 'v1', services)).toMatchObject({ ok: true });
    expect(await ask('w/services/declared', 'preview', '/env')).toEqual(['AUTH', 'DATA']);
    expect(await deploy('w/services/none', 'preview', 'v1')).toMatchObject({ ok: true });
    expect(await ask('w/services/none', 'preview', '/env')).toEqual([]);
  });

  it('work for it, and keep slots and apps apart', async () => {
    for (const [name, slot] of [
      ['w/services/a', 'preview'],
      ['w/services/a', 'production'],
      ['w/services/b', 'preview'],
    ] as const)
      await deploy(name, slot, 'v1', services);
    expect(await ask('w/services/a', 'preview', '/AUTH/signUp', ada)).toMatchObject({ ok: true });
    const note = { changes: [{ kind: 'insert', collection: 'notes', owner: 'ada', id: 'n', value: { text: 'hi' } }] };
    expect(await ask('w/services/a', 'preview', '/DATA/change', note)).toMatchObject({ ok: true });
    for (const [name, slot] of [
      ['w/services/a', 'production'],
      ['w/services/b', 'preview'],
    ] as const) {
      expect(await ask(name, slot, '/AUTH/signIn', ada)).toMatchObject({ error: { type: 'auth.invalid' } });
      expect(await ask(name, slot, '/DATA/get', { collection: 'notes', owner: '*', id: 'n' })).toMatchObject({
        ok: false,
      });
    }
  });

  it('offer nothing that is the platform’s', async () => {
    await deploy('w/services/hostile', 'preview', 'v1', services);
    for (const path of [
      '/AUTH/erase',
      '/AUTH/configure',
      '/DATA/erase',
      '/AUTH/getByName',
      '/AUTH/ctx',
      '/AUTH/env',
      '/AUTH/transact',
    ]) {
      expect([path, await ask('w/services/hostile', 'preview', path)]).toEqual([
        path,
        expect.stringContaining('does not implement'),
      ]);
    }
    for (const body of [null, 7, { email: 'x'.repeat(100_000) }, { changes: 'x' }])
      for (const path of ['/AUTH/signIn', '/DATA/change', '/DATA/query'])
        expect(JSON.stringify(await ask('w/services/hostile', 'preview', path, body))).not.toContain('"ok":true');
    expect(await ask('w/services/hostile', 'preview', '/AUTH/signUp', ada)).toMatchObject({ ok: true });
  });

  it('are emptied with the slot, follow the version, and keep their data meanwhile', async () => {
    const name = 'w/services/versions';
    await deploy(name, 'preview', 'v1', services);
    expect(await ask(name, 'preview', '/AUTH/signUp', ada)).toMatchObject({ ok: true });
    expect(await deploy(name, 'preview', 'v2', { data: services.data })).toMatchObject({ ok: true });
    expect(await ask(name, 'preview', '/env')).toEqual(['DATA']);
    expect(await sandbox.rollback(name, 'preview', 'v1')).toMatchObject({ ok: true });
    expect(await ask(name, 'preview', '/AUTH/signIn', ada)).toMatchObject({ ok: true });
    expect(await sandbox.reset(name, 'preview')).toMatchObject({ ok: true });
    expect(await ask(name, 'preview', '/AUTH/signIn', ada)).toMatchObject({ error: { type: 'auth.invalid' } });
    expect(await ask(name, 'preview', '/AUTH/signUp', ada)).toMatchObject({ ok: true });
  });

  it('are managed objects of their group, and tell nothing of people', async () => {
    const name = 'w/services/managed';
    await deploy(name, 'preview', 'v1', services);
    expect(await ask(name, 'preview', '/AUTH/signUp', ada)).toMatchObject({ ok: true });
    expect(await sandbox.status(name)).toMatchObject([{ slot: 'preview', services: ['auth', 'data'] }]);
    const place = { group: `${name}/preview`, member: 'auth' } as const;
    const state = await sandbox.serviceState(place, {});
    expect(state).toMatchObject({ ok: true, value: { version: 2, state: { account: {} } } });
    const history = await sandbox.serviceHistory(place, { after: 0, limit: 10 });
    expect(history).toMatchObject({ ok: true, value: { events: [{ type: 'row.added' }, { type: 'row.added' }] } });
    expect(JSON.stringify([state, history])).not.toContain('ada');
    expect(await sandbox.serviceDiff(place, { from: 0 })).toMatchObject({ ok: true, value: { to: 2 } });
    expect(await sandbox.serviceMigrations(place)).toMatchObject({ ok: true });
    expect(await sandbox.serviceLifecycle(place)).toMatchObject({ ok: true, value: { phase: 'idle' } });
    const by = 'person:key_1';
    expect(await sandbox.deactivateService(place, { commandId: 'd', by })).toMatchObject({ ok: true });
    expect(await sandbox.reviveService(place, { commandId: 'r' })).toMatchObject({ ok: true });
    expect(await ask(name, 'preview', '/AUTH/signIn', ada)).toMatchObject({ ok: true });
    // A version that is deployed is a version of each service that it declares otherwise.
    await deploy(name, 'preview', 'v2', { ...services, auth: { minimumPasswordLength: 12 } });
    expect(await sandbox.serviceState(place, {})).toMatchObject({
      value: { version: 3, state: { configuration: { 1: { declared: { minimumPasswordLength: 12 } } } } },
    });
    for (const wrong of [
      { ...place, member: 'host' as never },
      { ...place, group: '' },
    ]) {
      expect(await sandbox.serviceState(wrong, {})).toMatchObject({ error: { type: 'request.invalid' } });
    }
  });

  it.each([
    [{ auth: { signUp: 'maybe' } }, 'services.auth.signUp'],
    [{ data: { collections: [{ name: 'Notes; DROP TABLE record' }] } }, 'services.data.collections.0.name'],
    [{ payments: {} }, 'services.'],
    ['auth', 'services.'],
    [{ data: { collections: [{ name: 'a' }, { name: 'a' }] } }, 'services.data.collections'],
  ])('declared as %j are refused, and the slot stays as it was', async (declared, field) => {
    const name = 'w/services/refused';
    await deploy(name, 'preview', 'v1', services);
    expect(await deploy(name, 'preview', `bad-${field}`, declared)).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: [{ field }] },
    });
    expect(await sandbox.status(name)).toMatchObject([{ version: 'v1' }]);
  });
});
