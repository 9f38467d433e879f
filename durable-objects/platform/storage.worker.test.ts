import { describe, expect, it } from 'vitest';
import { statement, Storage } from './index.ts';
import { onBareStorage } from './testing/stubs.ts';

const create = statement`CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`;
const insert = statement<[text: string]>`INSERT INTO item (text) VALUES (?)`;
const select = statement<[], { text: string }>`SELECT text FROM item ORDER BY id`;

const onStorage = <T>(work: (storage: Storage, durable: DurableObjectStorage) => T | Promise<T>): Promise<T> =>
  onBareStorage((durable) => {
    const storage = new Storage(durable);
    storage.run(create);
    return work(storage, durable);
  });

const texts = (storage: Storage): string[] => storage.all(select).map((row) => row.text);

describe('Storage', () => {
  it('undoes all of a transaction that throws, and only the inner one when that is caught', () =>
    onStorage((storage) => {
      expect(() =>
        storage.transaction(() => {
          storage.run(insert, 'a');
          throw new Error('undo');
        }),
      ).toThrow('undo');
      expect(texts(storage)).toEqual([]);
      storage.transaction(() => {
        storage.run(insert, 'outer');
        expect(() =>
          storage.transaction(() => {
            storage.run(insert, 'inner');
            throw new Error('inner');
          }),
        ).toThrow('inner');
        expect(storage.inTransaction).toBe(true);
      });
      expect(storage.inTransaction).toBe(false);
      expect(texts(storage)).toEqual(['outer']);
    }));

  it('refuses asynchronous work, by its type and when it runs', () =>
    onStorage(async (storage) => {
      expect(() =>
        // @ts-expect-error -- the type forbids a promise.
        storage.transaction(async () => {
          storage.run(insert, 'lost');
        }),
      ).toThrow('must be synchronous');
      expect(() => {
        const rejected: unknown = Promise.reject(new Error('late'));
        storage.transaction(() => rejected);
      }).toThrow('must be synchronous');
      await Promise.resolve();
      expect(texts(storage)).toEqual([]);
    }));

  it('binds values and takes no text from outside', () =>
    onStorage((storage) => {
      const hostile = "x'); DROP TABLE item; --";
      storage.run(insert, hostile);
      expect(texts(storage)).toEqual([hostile]);
      const name = 'item';
      // @ts-expect-error -- the type forbids holes.
      expect(() => statement`SELECT * FROM ${name}`).toThrow('bound parameters only');
      // @ts-expect-error -- the binding's type is checked.
      expect(() => storage.run(insert)).toThrow();
    }));

  it('tells participants of each rollback and listeners of each outermost commit', () =>
    onStorage((storage) => {
      const told: string[] = [];
      storage.enlist({ invalidate: () => told.push('rollback') });
      storage.onCommit(() => told.push('commit'));
      storage.transaction(() => storage.transaction(() => storage.run(insert, 'a')));
      expect(() => storage.transaction(() => storage.sql.exec('not sql'))).toThrow();
      expect(told).toEqual(['commit', 'rollback']);
    }));

  it('undoes an alarm with the transaction that set it', () =>
    onStorage(async (storage, durable) => {
      await durable.setAlarm(4_100_000_000_000);
      expect(() =>
        storage.transaction(() => {
          void durable.setAlarm(4_000_000_000_000);
          throw new Error('undo');
        }),
      ).toThrow('undo');
      expect(await durable.getAlarm()).toBe(4_100_000_000_000);
    }));
});
