import { createHash } from 'node:crypto';
import { abortAllDurableObjects, env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { migrate, type Migration } from '../../durable-objects/platform/migrate.ts';
import { Storage } from '../../durable-objects/platform/storage.ts';
import { objectName } from '../../durable-objects/stubs.ts';
import { migrate as migrateAppHost } from '../../workers/sandbox/app-host/migrations.ts';
import { newId } from './method-cases/world.ts';
import { appHostList, objectLists, platformList, serviceLists, type MigrationList } from './migration-seeds.ts';

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const textOf = ({ name, up }: Migration): string => {
  if (typeof up !== 'string') throw new Error(`Migration "${name}" is code; released migrations are SQL texts.`);
  return up;
};

/** Tables, indexes and triggers as they were declared, and what is recorded of migrations. */
const schemaOf = ({ sql }: DurableObjectStorage): unknown => ({
  declared: [
    ...sql
      .exec("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name")
      .raw(),
  ].map(([type, name, text]) => [type, name, String(text).replaceAll(/\s+/g, ' ')]),
  applied: [...sql.exec('SELECT * FROM schema_migration ORDER BY 1, id')].map(({ applied_at: _at, ...row }) => row),
});

const rowsOf = ({ sql }: DurableObjectStorage): Record<string, unknown[]> =>
  Object.fromEntries(
    [
      ...sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      ),
    ]
      .filter(({ name }) => name !== 'schema_migration' && name !== 'event_kind')
      .map(({ name }) => [name, [...sql.exec(`SELECT * FROM ${name} ORDER BY 1`)]]),
  );

/** Each of these rows; the present code may add rows of its own, for example timers, and columns. */
const containing = (rows: Record<string, unknown[]>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(rows).map(([table, entries]) => [
      table,
      expect.arrayContaining(entries.map((row) => expect.objectContaining(row))),
    ]),
  );

const kinds = [
  'agent',
  'conversation',
  'project',
  'repository',
  'service-registry',
  'composer',
  'topic',
  'topic-catalog',
  'workspace',
] as const;
const serviceKinds = [
  'auth',
  'user',
  'data',
  'api',
  'analytics',
  'ui',
  'connector',
  'service group',
] as const satisfies readonly (keyof typeof serviceLists)[];
type ServiceKind = (typeof serviceKinds)[number];
type Kind = (typeof kinds)[number] | ServiceKind;
const lists: Readonly<Record<Kind, MigrationList>> = { ...objectLists, ...serviceLists };
const namespaces = {
  workspace: 'WORKSPACE',
  project: 'PROJECT',
  agent: 'AGENT',
  repository: 'REPOSITORY',
  conversation: 'CONVERSATION',
  topic: 'TOPIC',
  'topic-catalog': 'TOPIC_CATALOG',
  'service-registry': 'SERVICE_REGISTRY',
  composer: 'COMPOSER',
  auth: 'AUTH',
  user: 'USER',
  data: 'DATA',
  api: 'API',
  analytics: 'ANALYTICS',
  ui: 'UI',
  connector: 'CONNECTOR',
  'service group': 'SERVICE_GROUP',
} as const satisfies Readonly<Record<Kind, string>>;

// SAFETY: bound by this folder's wrangler.toml; the generated types know only the gateway's.
const bound = env as unknown as Readonly<Record<(typeof namespaces)[Kind], DurableObjectNamespace>>;
const isService = (kind: Kind): kind is ServiceKind => Object.hasOwn(serviceLists, kind);

/** An object of that class under a new name; a fresh stub each time. */
const stubs = (kind: Kind): (() => DurableObjectStub) => {
  const workspaceId = newId('wsp');
  const name = isService(kind) ? `${workspaceId}/app-host/x/preview` : objectName(workspaceId, kind, 'x');
  return () => bound[namespaces[kind]].getByName(name);
};

const seedsOf = ({ migrations, pinned }: MigrationList, count: number): string[] =>
  migrations.slice(0, count).map(({ id, name }) => pinned[`${id} ${name}`]?.seed ?? 'SELECT 1');

/** Leaves the object as code of that time would have, with its rows, and kills it. */
const stopAt = async (stub: DurableObjectStub, kind: Kind, platform: number, own: number) => {
  const rows = await runInDurableObject(stub, async (_instance, { storage }) => {
    await storage.deleteAll();
    const old = new Storage(storage);
    migrate(old, 'platform', platformList.migrations.slice(0, platform), () => 0);
    migrate(old, 'object', lists[kind].migrations.slice(0, own), () => 0);
    const seeds = [...seedsOf(platformList, platform), ...(platform >= 2 ? seedsOf(lists[kind], own) : [])];
    for (const seed of seeds) storage.sql.exec(seed);
    return rowsOf(storage);
  });
  await kill();
  return rows;
};

describe('the list of released migrations', () => {
  const services: readonly (readonly [string, MigrationList])[] = Object.entries(serviceLists);
  const pins = [
    ['platform', platformList] as const,
    ...kinds.map((kind) => [kind, objectLists[kind]] as const),
    ...services,
  ].map(([name, { migrations, pinned }]) => ({
    name,
    found: migrations.map((entry) => `${entry.id} ${entry.name}: ${fingerprint(textOf(entry))}`),
    kept: Object.entries(pinned).map(([place, { hash }]) => `${place}: ${hash}`),
  }));

  it.each(pins)('of $name is what was released: none changed, none renamed, none without a seed', ({ found, kept }) => {
    expect(found).toEqual(kept);
  });

  it('of the app host too', () => {
    expect(appHostList.migrations.map(fingerprint)).toEqual(appHostList.pinned.map(({ hash }) => hash));
  });
});

describe.each([...kinds, ...serviceKinds])('the tables of a %s', (kind) => {
  // Services keep no events, so of the platform's tables the first and the last stop are enough for them.
  const platforms = Array.from({ length: platformList.migrations.length + 1 }, (_entry, platform) => platform).filter(
    (platform) => !isService(kind) || platform === 0 || platform === platformList.migrations.length,
  );
  const places = platforms.flatMap((platform) =>
    Array.from({ length: lists[kind].migrations.length + 1 }, (_other, own) => [platform, own] as const),
  );

  it.each(places)(
    'end the same after a stop at %i of the platform and %i of its own, with every row',
    async (platform, own) => {
      const fresh = await runInDurableObject(stubs(kind)(), (_instance, { storage }) => schemaOf(storage));
      const stub = stubs(kind);
      const before = await stopAt(stub(), kind, platform, own);
      const after = await runInDurableObject(stub(), (_instance, { storage }) => ({
        schema: schemaOf(storage),
        rows: rowsOf(storage),
        kinds: [...storage.sql.exec('SELECT type, version, sequence FROM event_kind')],
        events: [...storage.sql.exec('SELECT type, version, MIN(sequence) AS sequence FROM event GROUP BY 1, 2')],
      }));
      expect(after.schema).toEqual(fresh);
      expect(after.rows).toMatchObject(containing(before));
      expect(after.kinds).toEqual(after.events);
    },
  );
});

describe('the tables of an app host', () => {
  const places = appHostList.migrations.map((_entry, index) => index);
  // SAFETY: bound by this folder's wrangler.toml; the generated types know only the gateway's.
  const { APP_HOST } = env as unknown as { readonly APP_HOST: DurableObjectNamespace };
  const stub = (name: string) => APP_HOST.getByName(name);

  it.each([...places, places.length])('end the same after a stop at %i, with every row', async (count) => {
    const fresh = await runInDurableObject(stub(newId('prj')), (_instance, { storage }) => schemaOf(storage));
    const name = newId('prj');
    const before = await runInDurableObject(stub(name), async (_instance, { storage }) => {
      await storage.deleteAll();
      migrateAppHost(storage, appHostList.migrations.slice(0, count));
      for (const { seed } of appHostList.pinned.slice(0, count)) storage.sql.exec(seed);
      return rowsOf(storage);
    });
    await kill();
    const after = await runInDurableObject(stub(name), (_instance, { storage }) => [
      schemaOf(storage),
      rowsOf(storage),
    ]);
    expect(after[0]).toEqual(fresh);
    expect(after[1]).toMatchObject(containing(before));
  });
});
