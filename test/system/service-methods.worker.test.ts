import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { checkDeclaration } from '../../shared/domain/services/check-declaration.ts';
import { serviceKinds, type ServiceKind, type ServiceObjectRpc } from '../../shared/rpc/services/service-object.ts';
import { serviceCases, serviceDeclaration, type AnyServiceCase } from './method-cases/service-cases.ts';
import { newId, valueOf } from './method-cases/world.ts';

type Binding = Uppercase<ServiceKind>;

// SAFETY: bound by this folder's wrangler.toml; the generated types know only the gateway's.
const bound = env as unknown as Readonly<Record<Binding, DurableObjectNamespace>>;
// SAFETY: the type says what the function does.
const bindingOf = (kind: ServiceKind): Binding => kind.toUpperCase() as Binding;

const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

/** A service under a name of its own; a fresh stub each time, for one whose object was aborted stays broken. */
const newService = (kind: ServiceKind) => {
  const name = `${newId('wsp')}/app-host/x/preview`;
  const stub = () => bound[bindingOf(kind)].getByName(name);
  // SAFETY: the object implements the interface that its cases are typed by.
  const service = () => stub() as unknown as never;
  const setUp = async () => {
    const declaration = valueOf(checkDeclaration(serviceDeclaration));
    const { [kind]: configuration } = declaration;
    // SAFETY: as above.
    const object = stub() as unknown as ServiceObjectRpc<object | null>;
    const extra = kind === 'auth' || kind === 'connector' ? { allowedOrigins: [] } : {};
    valueOf(await object.configure({ ...configuration, ...extra }));
  };
  return { stub, service, setUp };
};

const platformTables =
  /^(?:sqlite_|_cf_|object_|event$|event_kind|event_snapshot|snapshot|journal|inbox|timer|outbox|schema_migration|attempt$)/;

/** Every row that is the service's own. */
const dump = (stub: DurableObjectStub): Promise<unknown> =>
  runInDurableObject(stub, (_instance, { storage }) =>
    storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .toArray()
      .filter(({ name }) => !platformTables.test(name))
      .map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name} ORDER BY 1, 2`).toArray()]),
  );

const isOk = (answer: unknown): boolean => (answer as { readonly ok?: unknown }).ok === true;
const cases = serviceKinds.flatMap((kind) =>
  Object.entries(serviceCases[kind]).map(([name, entry]) => ({ kind, name, entry })),
);

const giveTwice = async (kind: ServiceKind, entry: AnyServiceCase): Promise<void> => {
  const { stub, service, setUp } = newService(kind);
  await setUp();
  const prepared = await entry.prepare?.(service());
  const before = entry.repeat === undefined ? await dump(stub()) : undefined;
  const first = await entry.call(service(), prepared);
  const after = await dump(stub());
  for (const killed of [false, true]) {
    if (killed) await kill();
    const again = await entry.call(service(), prepared);
    if (entry.repeat === undefined || entry.repeat === 'same') expect(again).toEqual(first);
    else if ('refused' in entry.repeat)
      expect(again).toMatchObject({ ok: false, error: { type: entry.repeat.refused } });
    else expect([isOk(first), isOk(again)]).toEqual([true, true]);
    const isMore = typeof entry.repeat === 'object' && 'more' in entry.repeat;
    if (!isMore) expect(await dump(stub())).toEqual(before ?? after);
  }
  if (entry.otherBody === undefined) return;
  expect(await entry.otherBody(service())).toMatchObject({ ok: false, error: { type: 'idempotency.mismatch' } });
  expect(await dump(stub())).toEqual(after);
};

describe.each(cases)('$kind $name', ({ kind, entry }) => {
  it('given again, also after a kill, does what its table says', async () => {
    await giveTwice(kind, entry);
  });

  it('says what to do where the app did not declare the service', async () => {
    const { service } = newService(kind);
    const answer = await entry.call(service(), { key: 'k', view: { keyId: 'k' } });
    expect(answer).toMatchObject({
      ok: false,
      error: { type: 'resource.not_found', detail: expect.stringContaining('name it in services.json') },
    });
  });
});
