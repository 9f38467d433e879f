/** Routes of a composed app on User, Analytics and a database: what an app without code of its own can do with them. */
import { exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { sandbox } from '../testing/run-files.ts';

// SAFETY: the Worker's default export has a `fetch`.
const served = (exports as unknown as { readonly default: Fetcher }).default;

const session = { method: 'GET', access: 'session' } as const;
const declaration = {
  auth: {},
  user: { roles: {}, preferences: { theme: 'plain' } },
  analytics: {},
  data: { collections: [{ name: 'notes' }], databases: [{ name: 'orders', kind: 'd1', binding: 'APP_DATABASE_NONE' }] },
  ui: { pages: [{ name: 'mine', path: '/mine', title: 'Mine', access: 'session', template: '<p>mine</p>' }] },
  api: {
    routes: [
      { operationId: 'profile', path: '/profile', ...session, action: { do: 'user.profile' } },
      {
        operationId: 'saveProfile',
        path: '/profile',
        ...session,
        method: 'POST',
        action: { do: 'user.saveProfile', displayName: '{{body.name}}', fields: '{{body.fields}}' },
        event: 'profile.saved',
      },
      { operationId: 'wishes', path: '/wishes', ...session, action: { do: 'user.preferences' } },
      {
        operationId: 'wish',
        path: '/wishes',
        ...session,
        method: 'PATCH',
        action: { do: 'user.setPreferences', values: '{{body}}' },
      },
      { operationId: 'notes', path: '/notes', method: 'GET', action: { do: 'data.query', collection: 'notes' } },
      ...Object.entries({
        totals: { do: 'analytics.totals' },
        series: { do: 'analytics.series', name: 'profile.saved', interval: 'hour', days: 1 },
        funnel: { do: 'analytics.funnel', steps: ['profile.saved', 'profile.saved'] },
        retention: { do: 'analytics.retention', first: 'profile.saved', returning: 'profile.saved', days: 2 },
        live: { do: 'analytics.live' },
        sql: { do: 'data.sql', database: 'orders', statement: 'SELECT ?1', parameters: ['{{query.x}}'] },
      }).map(([operationId, action]) => ({ operationId, path: `/${operationId}`, method: 'GET', action })),
    ],
  },
};

let apps = 0;
let group = '';

beforeEach(async () => {
  apps += 1;
  group = `w/composition/people-${apps}`;
  expect(await sandbox.configureServices({ group, declaration })).toMatchObject({ ok: true });
});

const send = async (method: string, path: string, token?: string, body?: unknown, accept = '*/*') => {
  const response = await served.fetch(`https://sandbox/groups/${encodeURIComponent(group)}${path}`, {
    method,
    headers: {
      accept,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
};

const signUp = async (name: string): Promise<string> => {
  const credentials = { email: `${name}@example.com`, password: 'correct horse battery' };
  return (await send('POST', '/auth/sign-up', undefined, credentials)).json.token;
};

describe('people', () => {
  it('read and change their own profile and preferences, and nobody else’s', async () => {
    const [ada, bob] = [await signUp('ada'), await signUp('bob')];
    expect((await send('GET', '/profile')).status).toBe(401);
    expect((await send('GET', '/profile', ada)).status).toBe(404);
    const saved = await send('POST', '/profile', ada, { name: 'Ada', fields: { city: 'London' } });
    expect(saved.json).toMatchObject({ displayName: 'Ada', fields: { city: 'London' }, roles: [] });
    // What is not given stays.
    expect((await send('POST', '/profile', ada, { name: 'Countess' })).json).toMatchObject({
      displayName: 'Countess',
      fields: { city: 'London' },
    });
    expect((await send('POST', '/profile', ada, { name: 7 })).status).toBe(400);
    expect((await send('GET', '/profile', bob)).status).toBe(404);
    expect((await send('PATCH', '/wishes', ada, { theme: 'dark' })).json).toEqual({ theme: 'dark' });
    expect((await send('GET', '/wishes', bob)).json).toEqual({ theme: 'plain' });
    expect((await send('PATCH', '/wishes', ada, { other: 1 })).status).toBe(400);
  });

  it('who look with a browser are told in a page, programs in a problem', async () => {
    const page = await send('GET', '/mine', undefined, undefined, 'text/html,*/*');
    expect([page.status, page.text]).toEqual([401, expect.stringContaining('<h1>Nobody is signed in</h1>')]);
    const missing = await send('GET', '/<script>', undefined, undefined, 'text/html');
    expect([missing.status, missing.text.includes('<script>')]).toEqual([404, false]);
    expect((await send('GET', '/mine')).json).toMatchObject({ status: 401, title: 'Nobody is signed in' });
  });
});

describe('figures', () => {
  it('are series, funnels, cohorts and what is counted at the moment', async () => {
    const ada = await signUp('ada');
    await send('POST', '/profile', ada, { name: 'Ada' });
    await send('POST', '/profile', ada, { name: 'Ada' });
    expect((await send('GET', '/totals')).json).toEqual({ items: [{ name: 'profile.saved', count: 2 }] });
    expect((await send('GET', '/live')).json).toEqual({ items: [{ name: 'profile.saved', count: 2 }] });
    const points = (await send('GET', '/series')).json.items as readonly { readonly count: number }[];
    expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect((await send('GET', '/funnel')).json.items).toMatchObject([{ actors: 1 }, { name: 'profile.saved' }]);
    const cohorts = (await send('GET', '/retention')).json.items as readonly { readonly size: number }[];
    expect(cohorts.map(({ size }) => size)).toEqual([1]);
  });
});

describe('records', () => {
  it.each(['-1', '0', '201', 'many', '1.5', ''])('are not asked for %j at a time', async (limit) => {
    expect((await send('GET', `/notes?limit=${limit}`)).status).toBe(400);
  });

  it('of a database outside need its operator', async () => {
    const refused = await send('GET', '/sql?x=1');
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('APP_GRANTS')]);
  });
});

describe('a declaration', () => {
  it.each([
    [{ do: 'data.sql', database: 'none', statement: 'SELECT 1' }, 'names a database that data does not declare'],
    [{ do: 'data.sql', database: 'orders', statement: "SELECT '{{query.x}}'" }, 'takes no {{…}}'],
    [{ do: 'user.profile' }, 'needs the access "session"'],
    [{ do: 'analytics.series', name: 'a', interval: 'minute', days: 7 }, 'more than 1000 points'],
    [{ do: 'analytics.funnel', steps: ['a'] }, ''],
  ])('with the action %j is refused', async (action, reason) => {
    const routes = [{ operationId: 'a', method: 'GET', path: '/a', action }];
    const refused = await sandbox.configureServices({ group, declaration: { ...declaration, api: { routes } } });
    expect(refused).toMatchObject({ ok: false, error: { detail: expect.stringContaining(reason) } });
  });
});
