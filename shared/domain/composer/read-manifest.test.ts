import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../../errors/result.ts';
import { readManifest } from './read-manifest.ts';

const shop = `
name: shop
members:
  accounts: { service: auth }
  records:
    service: data
    version: ^1.0
    config: { collections: [{ name: orders }] }
  orders:
    service: api
    config:
      routes:
        - { operationId: list, method: GET, path: /orders, access: session, action: { do: data.query, collection: orders } }
        - { operationId: pay, method: POST, path: /pay, action: { do: connector.call, connector: bank, path: /charge } }
    uses: { who: accounts, store: records, bank: payments }
  payments:
    external: { baseUrl: 'https://pay.example/v1', methods: [POST] }
routes:
  - { path: /auth, member: accounts }
  - { path: /, member: orders }
`;

/** Field and reason of every fault, or nothing when the text is a manifest. */
const faults = (text: string): readonly Issue[] => {
  const read = readManifest(text);
  return read.ok ? [] : (read.error.issues ?? [{ field: '', reason: read.error.detail }]);
};

const withLine = (from: string, to: string): readonly Issue[] => {
  expect(shop).toContain(from);
  return faults(shop.replace(from, to));
};

describe('a manifest', () => {
  it('is read from YAML and from JSON alike, callees first, the longest route first', () => {
    const read = readManifest(shop);
    expect(read).toMatchObject({ ok: true, value: { name: 'shop', version: '1.0.0', healthSeconds: 60 } });
    if (!read.ok) return;
    expect(read.value.members.map(({ name }) => name)).toEqual(['accounts', 'records', 'payments', 'orders']);
    expect(read.value.routes.map(({ path }) => path)).toEqual(['/auth', '/']);
    const json = JSON.stringify({
      name: 'a',
      members: { b: { service: 'api' } },
      routes: [{ path: '/', member: 'b' }],
    });
    expect(readManifest(json)).toMatchObject({ ok: true, value: { name: 'a' } });
  });

  it('gives members the policies of all, unless they have their own', () => {
    const text = `${shop}policies: { timeoutMs: 5000, retries: 1 }\n`.replace(
      'accounts: { service: auth }',
      'accounts: { service: auth, policies: { retries: 2 } }',
    );
    const read = readManifest(text);
    expect(read.ok && read.value.members[0]?.policies).toEqual({ timeoutMs: 5_000, retries: 2 });
  });
});

describe('a manifest that cannot be used names the field and the reason', () => {
  it.each([
    ['a member that is none', 'member: accounts }', 'member: acounts }', 'routes.0.member', /"acounts" is no member/],
    ['a wire to nobody', 'store: records', 'store: record', 'members.orders.uses.store', /"record" is no member/],
    ['an unknown field', 'name: shop', 'name: shop\ncolour: red', 'colour', /is not known here/],
    [
      'an unknown field of a member',
      '{ service: auth }',
      '{ service: auth, colour: red }',
      'members.accounts.colour',
      /not known/,
    ],
    [
      'an unknown field of a service',
      '{ service: auth }',
      '{ service: auth, config: { x: 1 } }',
      'members.accounts.config.x',
      /not known/,
    ],
    [
      'a bad value of a service',
      '{ service: auth }',
      '{ service: auth, config: { sessionMinutes: 0 } }',
      'members.accounts.config.sessionMinutes',
      /5/,
    ],
    [
      'an unknown service',
      '{ service: auth }',
      '{ service: mail }',
      'members.accounts.service',
      /must be one of auth, user/,
    ],
    [
      'a version that nobody offers',
      '^1.0',
      '^9.0',
      'members.records.version',
      /nobody offers data in version "\^9\.0"; offered: 1\.0\.0/,
    ],
    ['a version that is none', '^1.0', 'newest', 'members.records.version', /"newest" is no range of versions/],
    ['two services of one name', '  payments:\n', '  accounts:\n', 'members.accounts', /stands there twice/],
    [
      'two services of one kind',
      '{ service: auth }',
      '{ service: data }',
      'members.records.service',
      /"accounts" is the data/,
    ],
    ['two routes of one path', 'path: /auth,', 'path: /,', 'routes.1.path', /is "\/" like routes\.0/],
    [
      'a route to what answers nobody',
      'member: accounts',
      'member: records',
      'routes.0.member',
      /answers no requests from outside/,
    ],
    ['a path with a slash at its end', 'path: /auth,', 'path: /auth/,', 'routes.0.path', /without a slash at the end/],
    [
      'a need that is not wired',
      'store: records, ',
      '',
      'members.orders.config.routes.0.action',
      /no data member is named under members\.orders\.uses/,
    ],
    [
      'a call under a name that is not wired',
      'bank: payments',
      'till: payments',
      'members.orders.config.routes.1.action.connector',
      /"bank" is no outside service/,
    ],
    [
      'a callee that cannot be',
      '{ service: auth }',
      '{ service: auth, uses: { x: records } }',
      'members.accounts.uses.x',
      /auth cannot call "records"; it can call nobody/,
    ],
    [
      'a kind beside another',
      '{ service: auth }',
      '{ service: auth, app: prj_00000000000000000000000000 }',
      'members.accounts',
      /says service and app/,
    ],
    [
      'a field of another kind',
      '{ service: auth }',
      '{ registered: people, slot: staging }',
      'members.accounts.slot',
      /means nothing for a member that is a registered service/,
    ],
    [
      'itself as a member',
      '{ service: auth }',
      '{ registered: shop }',
      'members.accounts.registered',
      /circle: shop -> shop/,
    ],
    ['an anchor', '{ service: auth }', '&a { service: auth }', 'members.accounts', /has an anchor \(&a\)/],
    ['an alias', '{ service: auth }', '&a { service: auth, config: *a }', 'members.accounts.config', /is an alias/],
    ['a tag', '{ service: auth }', '!secret { service: auth }', 'manifest', /not valid YAML or JSON \(line 4/],
  ])('%s', (_what, from, to, field, reason) => {
    expect(withLine(from, to)).toContainEqual({ field, reason: expect.stringMatching(reason) as string });
  });

  it('more routes than the registry’s entry takes', () => {
    const routes = Array.from(
      { length: 24 },
      (_entry, index) => `  - { path: /${'p'.repeat(95)}${index}, member: orders }`,
    );
    const text = `${shop.slice(0, shop.indexOf('routes:\n  - { path: /auth'))}routes:\n${routes.join('\n')}\n`;
    expect(faults(text)).toEqual([{ field: 'routes', reason: expect.stringContaining('it takes 4096') as string }]);
  });

  it('a circle', () => {
    const text = `
name: ring
members:
  a: { service: api, uses: { b: b } }
  b: { service: ui, uses: { c: c } }
  c: { service: data, uses: { a: a } }
routes: [{ path: /, member: a }]`;
    expect(faults(text)).toContainEqual({ field: 'members.a.uses', reason: 'goes in a circle: a -> b -> c -> a' });
  });

  it('more than one fault at once', () => {
    const fields = faults(shop.replace('store: records', 'store: record').replace('member: orders', 'member: order'));
    expect(fields.map(({ field }) => field)).toEqual([
      'members.orders.uses.store',
      'members.orders.config.routes.0.action',
      'routes.1.member',
    ]);
  });

  it('a bomb of aliases, before it is unfolded', () => {
    const levels = Array.from(
      { length: 30 },
      (_entry, level) => `l${level}: &l${level} [${level === 0 ? 'x' : `*l${level - 1}, *l${level - 1}`}]`,
    );
    expect(faults(levels.join('\n')).length).toBeGreaterThan(0);
    expect(faults(levels.join('\n')).every(({ reason }) => /anchor|alias/.test(reason))).toBe(true);
  });

  it.each([
    ['flow lists', '['.repeat(100_000)],
    ['flow maps', '{a: '.repeat(60_000)],
    ['dashes', '- '.repeat(100_000)],
    ['an opening and spaces', `${'['.repeat(400)}${' '.repeat(200_000)}`],
    ['lines', Array.from({ length: 400 }, (_entry, level) => `${' '.repeat(level)}k:`).join('\n')],
    ['nested texts', `name: a\nmembers: {b: {service: api, config: {title: ${'['.repeat(31)}${']'.repeat(31)}}}}`],
  ])('%s nested without end', (_what, text) => {
    expect(JSON.stringify(faults(text))).toMatch(/nested deeper than 32 levels|not valid YAML/);
  });

  it('one megabyte', () => {
    const read = readManifest(`name: shop\ndescription: ${'x'.repeat(1_048_576)}`);
    expect(read).toMatchObject({ ok: false, error: { type: 'request.too_large', issues: [{ field: 'manifest' }] } });
    expect(readManifest('é'.repeat(200_000))).toMatchObject({ ok: false, error: { type: 'request.too_large' } });
  });

  it('more tokens than a manifest has', () => {
    expect(faults('- a\n'.repeat(50_000))[0]?.reason).toMatch(/has more than 40000 tokens/);
    expect(faults(`a: ${'"'.repeat(200_000)}`)[0]?.reason).toMatch(/has more than 40000 tokens/);
  });

  it('nothing, or what is no manifest at all', () => {
    for (const text of ['', ' \n', '42', '- a', 'null', '"x"', '{', 'a: [', '\u0000', '%YAML 9.9\n---\na: 1']) {
      expect([text, faults(text).length > 0]).toEqual([text, true]);
    }
  });

  it('any text, without throwing', () => {
    assert(property(string({ unit: 'binary', maxLength: 200 }), (text) => !readManifest(text).ok));
  });
});

describe('what the services would refuse when they are set up', () => {
  const parts = (data: string, api: string, ui: string): readonly Issue[] =>
    faults(`
name: parts
members:
  records: { service: data, config: { collections: [${data}] } }
  desk: { service: api, uses: { d: records }, config: { routes: [${api}] } }
  pages: { service: ui, uses: { d: records }, config: { pages: [${ui}] } }
routes: [{ path: /api, member: desk }, { path: /, member: pages }]
`);
  const route = '{ operationId: a, method: GET, path: /a, action: { do: data.query, collection: x } }';
  const page = "{ name: p, path: /, title: P, template: '<p>{{x}}</p>' }";

  it.each([
    ['{ name: x }', route, page, []],
    ['{ name: x }, { name: x }', route, page, ['members.records.config.collections']],
    ['{ name: x, schema: { $ref: "#/nowhere" } }', route, page, ['members.records.config.collections.0.schema']],
    ['{ name: y }', route, page, ['members.desk.config.routes.0.action.collection']],
    ['{ name: x }', `${route}, ${route}`, page, ['members.desk.config.routes', 'members.desk.config.routes']],
    [
      '{ name: x }',
      route.replace('action', 'query: { pattern: "(" }, action'),
      page,
      ['members.desk.config.routes.0.query'],
    ],
    [
      '{ name: x }',
      route.replace('action', 'event: "Not a name!", action'),
      page,
      ['members.desk.config.routes.0.event'],
    ],
    ['{ name: x }', route, page.replace('</p>', '{{#open}}'), ['members.pages.config.pages.0.template']],
    [
      '{ name: x }',
      route,
      page.replace('<p>{{x}}</p>', '<script>{{x}}</script>'),
      ['members.pages.config.pages.0.template'],
    ],
  ])('is told before anything is started: %s %s %s', (data, api, ui, fields) => {
    expect(parts(data, api, ui).map(({ field }) => field)).toEqual(fields);
  });
});
