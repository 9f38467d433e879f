import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../shared/errors/result.ts';
import { clock, ledger, reached, resetOutside } from './testing/controls.ts';
import { freshName, kill, managedProbe, notebook, probe } from './testing/stubs.ts';
import { hashText } from './json-text.ts';
import { ObjectCopy } from './object-copy.ts';
import { Storage } from './storage.ts';

beforeEach(resetOutside);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

/** A probe with a log of several snapshots, a timer, a dead journal step and a row of its own; its export. */
const exportProbe = async (name: string): Promise<string> => {
  for (let index = 1; index <= 25; index += 1) await probe(name).add([index]);
  await probe(name).setTimer({ name: 'plain', key: 'k', dueAt: clock.now() + 60_000 });
  return valueOf(await managedProbe(name).exportObject()).lines;
};

const wipe = async (name: string): Promise<void> => {
  await runInDurableObject(probe(name), (_instance, { storage }) => storage.deleteAll());
  await kill();
};

/** The file with one of its lines replaced, and its end put right. */
const change = (text: string, replace: (lines: string[]) => readonly string[]): string => {
  const body = replace(text.trimEnd().split('\n').slice(0, -1));
  return `${body.join('\n')}\n${JSON.stringify({ lines: body.length, sha256: hashText(body.join('\n')) })}\n`;
};

describe('an object as a file', () => {
  it('is the same after it was lost: state, every version, timers, and the counters of ids', async () => {
    const name = freshName('lost');
    const lines = await exportProbe(name);
    const before = valueOf(await managedProbe(name).objectState({}));
    await wipe(name);
    const report = valueOf(await managedProbe(name).importObject({ commandId: 'i', lines, trial: false }));
    expect(report).toMatchObject({ version: 25, hash: before.hash, migrated: [], tables: { event: 25, timer: 1 } });
    expect(valueOf(await managedProbe(name).objectState({}))).toEqual(before);
    expect(valueOf(await managedProbe(name).objectState({ version: 3 })).state).toEqual({ total: 6, count: 3 });
    await kill();
    expect(valueOf(await managedProbe(name).objectState({}))).toEqual(before);
    // The files are alike but for the time they were written and the reply of the import itself.
    const rows = (text: string) => text.split('\n').filter((line) => /"table":"(?:event|timer|snapshot)/.test(line));
    expect(rows(valueOf(await managedProbe(name).exportObject()).lines)).toEqual(rows(lines));
    clock.advance(61_000);
    await runInDurableObject(probe(name), (instance) => instance.parts.timers.fire());
    expect(ledger).toContainEqual({ name: 'timer:plain', key: 'k', attempt: 1 });
    await probe(name).add([1]);
    expect(valueOf(await managedProbe(name).objectState({})).version).toBe(26);
  });

  it('goes on with what waited to be delivered, under the same delivery ids', async () => {
    const name = freshName('outbox');
    const lines = await runInDurableObject(probe(name), (instance) => {
      const { storage, outbox } = instance.parts;
      let text = '';
      storage.transaction(() => {
        outbox.enqueue({ lane: 'a', kind: 'note', payload: 'kept' });
        // Before the drain begins, which is what an object that is lost then would have had.
        const copy = new ObjectCopy({ storage, migrations: [], name: 'x', now: () => 1 }).write();
        text = copy.ok ? copy.value : '';
      });
      return text;
    });
    await reached(() => ledger.some(({ name: effect }) => effect === 'outbox:kept'));
    const [first] = ledger.filter(({ name: effect }) => effect === 'outbox:kept');
    await wipe(name);
    resetOutside();
    const own = await runInDurableObject(probe(name), (_instance, { id }) => id.name ?? id.toString());
    const mended = change(lines, ([header = '', ...rest]) => [
      JSON.stringify({ ...JSON.parse(header), object: own }),
      ...rest,
    ]);
    valueOf(await managedProbe(name).importObject({ commandId: 'i', lines: mended, trial: false }));
    await reached(() => ledger.some(({ name: effect }) => effect === 'outbox:kept'));
    expect(ledger.find(({ name: effect }) => effect === 'outbox:kept')?.key).toBe(first?.key);
  });

  it('is taken once however often it is given, and not where something is', async () => {
    const name = freshName('again');
    const lines = await exportProbe(name);
    expect(await managedProbe(name).importObject({ commandId: 'i', lines, trial: false })).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    await wipe(name);
    const first = await managedProbe(name).importObject({ commandId: 'i', lines, trial: false });
    await kill();
    expect(await managedProbe(name).importObject({ commandId: 'i', lines, trial: false })).toEqual(first);
    expect(await managedProbe(name).importObject({ commandId: 'j', lines, trial: false })).toMatchObject({
      error: { type: 'resource.conflict' },
    });
  });

  it('of another object is refused', async () => {
    const lines = await exportProbe(freshName('other'));
    expect(await managedProbe(freshName('mine')).importObject({ commandId: 'i', lines, trial: false })).toMatchObject({
      error: { type: 'request.invalid', issues: [{ field: 'line 1.object' }] },
    });
  });

  const bad: readonly (readonly [string, string, (text: string) => string])[] = [
    ['nothing', 'line 1', () => ''],
    ['prose', 'line 1', () => 'Dear platform,\nplease import this.\n'],
    ['a deep bracket', 'line 1', () => '['.repeat(100_000)],
    ['a file that was cut', 'line 20.lines', (text) => text.split('\n').slice(0, 20).join('\n')],
    ['a changed amount', 'line \\d+.sha256', (text) => text.replace('"amount\\":25', '"amount\\":99')],
    ['a line less', 'line \\d+.lines', (text) => text.split('\n').toSpliced(3, 1).join('\n')],
    ['another format', 'line 1.format', (text) => change(text, ([, ...rest]) => ['{"format":"x"}', ...rest])],
    [
      'a migration from the future',
      'line 1.migrations\\[11\\]',
      (text) =>
        change(text, ([header = '', ...rest]) => {
          const parsed = JSON.parse(header);
          return [JSON.stringify({ ...parsed, migrations: [...parsed.migrations, 'object/2 later'] }), ...rest];
        }),
    ],
    [
      'a hole in the migrations',
      'line 1.migrations',
      (text) => change(text, ([header = '', ...rest]) => [header.replace('"platform/3 journal",', ''), ...rest]),
    ],
    ['a table of its own', 'line \\d+.table', (text) => change(text, (rows) => [...rows, '{"table":"evil","row":{}}'])],
    [
      'a table of the runtime',
      'line \\d+.table',
      (text) => change(text, (rows) => [...rows, '{"table":"sqlite_master","row":{"name":"x"}}']),
    ],
    [
      'a column that tries to be SQL',
      'line \\d+.row',
      (text) =>
        change(text, (rows) => [...rows, '{"table":"note","row":{"text\\") VALUES (1); DROP TABLE event; --":1}}']),
    ],
    [
      'a row twice',
      'line \\d+.row',
      (text) => change(text, (rows) => [...rows, ...rows.filter((row) => row.includes('"table":"event"')).slice(0, 1)]),
    ],
    [
      'a value of another type',
      'line \\d+.row',
      (text) => change(text, (rows) => [...rows, '{"table":"note","row":{"id":"x","text":"y"}}']),
    ],
    [
      'an object as a value',
      'line \\d+.row.text',
      (text) => change(text, (rows) => [...rows, '{"table":"note","row":{"text":{"a":1}}}']),
    ],
    [
      'an event of a type that nobody knows',
      'rows',
      (text) =>
        change(text, (rows) => [
          ...rows,
          '{"table":"event","row":{"sequence":26,"type":"cloned","version":1,"payload":"{}","recorded_at":1}}',
        ]),
    ],
    [
      'an event that is no JSON',
      'rows',
      (text) =>
        change(text, (rows) => [
          ...rows,
          '{"table":"event","row":{"sequence":26,"type":"added","version":1,"payload":"{","recorded_at":1}}',
        ]),
    ],
    [
      'a log with a hole',
      'rows',
      (text) => change(text, (rows) => rows.filter((row) => !/"(?:snapshot|snapshot_part)"|"sequence":7,/.test(row))),
    ],
  ];

  it.each(bad)('that is %s is refused by its place, and leaves nothing', async (_what, field, spoil) => {
    const name = freshName('bad');
    const lines = await exportProbe(name);
    await wipe(name);
    const answer = await managedProbe(name).importObject({ commandId: 'i', lines: spoil(lines), trial: false });
    expect(answer).toMatchObject({
      error: { type: 'request.invalid', issues: [{ field: expect.stringMatching(new RegExp(`^${field}`)) }] },
    });
    expect(await managedProbe(name).objectState({})).toMatchObject({ error: { type: 'resource.not_found' } });
    await kill();
    valueOf(await managedProbe(name).importObject({ commandId: 'j', lines, trial: false }));
  });

  it('of an earlier level is migrated, and says by what', async () => {
    const name = freshName('level');
    await exportProbe(name);
    // What code before the last migrations of the platform would have written.
    const old = await runInDurableObject(probe(name), (_instance, { storage, id }) => {
      storage.sql.exec(
        "DROP TABLE object_pause; ALTER TABLE timer DROP COLUMN set_at; DELETE FROM schema_migration WHERE namespace = 'platform' AND id >= 9",
      );
      const copy = new ObjectCopy({ storage: new Storage(storage), migrations: [], name: id.name ?? '', now: () => 1 });
      return valueOf(copy.write());
    });
    await wipe(name);
    const report = valueOf(await managedProbe(name).importObject({ commandId: 'i', lines: old, trial: false }));
    expect(report).toMatchObject({ migrated: ['platform/9 timer_set_at', 'platform/10 object_pause'], version: 25 });
    expect(valueOf(await managedProbe(name).objectMigrations()).every(({ appliedAt }) => appliedAt !== undefined)).toBe(
      true,
    );
    await probe(name).setTimer({ name: 'plain', key: 'other', dueAt: clock.now() + 1 });
  });

  it('can be tried in an object that is there for nothing else and leaves nothing', async () => {
    const source = freshName('trial-source');
    const lines = await exportProbe(source);
    const { hash } = valueOf(await managedProbe(source).objectState({}));
    const trial = `wsp/probe/trial-${freshName('t')}`;
    expect(valueOf(await managedProbe(trial).importObject({ commandId: 't', lines, trial: true }))).toMatchObject({
      version: 25,
      hash,
    });
    const left = await runInDurableObject(probe(trial), async (_instance, { storage }) => [
      [
        ...storage.sql.exec(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
        ),
      ],
      await storage.getAlarm(),
    ]);
    expect(left).toEqual([[], null]);
    expect(await managedProbe(source).importObject({ commandId: 't', lines, trial: true })).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    expect(valueOf(await managedProbe(source).objectState({})).version).toBe(25);
  });

  it('holds what was restored', async () => {
    const name = freshName('notebook');
    for (const text of ['1', '2']) await notebook(name).receive({ messageId: text, title: 'a', text });
    valueOf(await notebook(name).restoreObject({ commandId: 'r', version: 1, by: 'x' }));
    const { lines } = valueOf(await notebook(name).exportObject());
    const trial = await notebook(`wsp/notebook/trial-${name}`).importObject({ commandId: 't', lines, trial: true });
    expect(valueOf(trial)).toMatchObject({ version: 3, hash: valueOf(await notebook(name).objectState({})).hash });
  });
});
