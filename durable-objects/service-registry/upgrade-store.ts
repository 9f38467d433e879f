/** All SQL of upgrades: what was seen of requests, which changes too often to be events. */
import { addMeasures, noMeasure, type Measure } from '../../shared/domain/service-registry/upgrade/measure.ts';
import type { UpgradeReport } from '../../shared/rpc/service-upgrades.ts';
import { statement, type Storage } from '../platform/index.ts';

/** What was seen of the upgrade of a name. */
export interface KeptSight {
  readonly fresh: Measure;
  readonly old: Measure;
  readonly oldBefore: Measure;
  readonly looks: number;
  readonly lookedAt: number;
}

const nothingSeen: KeptSight = { fresh: noMeasure, old: noMeasure, oldBefore: noMeasure, looks: 0, lookedAt: 0 };

const statements = {
  find: statement<[name: string], { sight: string }>`SELECT sight FROM upgrade_sight WHERE name = ?`,
  put: statement<[name: string, sight: string]>`
    INSERT INTO upgrade_sight (name, sight) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sight = excluded.sight`,
  remove: statement<[name: string]>`DELETE FROM upgrade_sight WHERE name = ?`,
  takeBatch: statement<[name: string, reporter: string, batch: number], { batch: number }>`
    INSERT INTO upgrade_reporter (name, reporter, batch) VALUES (?, ?, ?)
    ON CONFLICT (name, reporter) DO UPDATE SET batch = excluded.batch WHERE excluded.batch > upgrade_reporter.batch
    RETURNING batch`,
  removeReporters: statement<[name: string]>`DELETE FROM upgrade_reporter WHERE name = ?`,
};

export class UpgradeStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  find(name: string): KeptSight {
    const row = this.#storage.first(statements.find, name);
    // SAFETY: only `#put` below writes rows, of this type.
    return row === undefined ? nothingSeen : (JSON.parse(row.sight) as KeptSight);
  }

  /** Adds what an isolate saw; false when it was added before. */
  add({ name, reporter, batch, counts }: UpgradeReport): boolean {
    if (this.#storage.first(statements.takeBatch, name, reporter, batch) === undefined) return false;
    const sight = this.find(name);
    const [fresh, old] = [addMeasures(sight.fresh, counts.new), addMeasures(sight.old, counts.old)];
    this.#put(name, { ...sight, fresh, old });
    return true;
  }

  /** Both versions were compared. */
  noteLook(name: string): void {
    const sight = this.find(name);
    this.#put(name, { ...sight, looks: sight.looks + 1, lookedAt: sight.fresh.requests });
  }

  /** A step is over: what was seen of the old versions is kept apart, and counting begins anew. */
  turn(name: string): void {
    const { looks, old, oldBefore } = this.find(name);
    this.#put(name, { ...nothingSeen, looks, oldBefore: addMeasures(oldBefore, old) });
  }

  forget(name: string): void {
    this.#storage.run(statements.remove, name);
    this.#storage.run(statements.removeReporters, name);
  }

  #put(name: string, sight: KeptSight): void {
    this.#storage.run(statements.put, name, JSON.stringify(sight));
  }
}
