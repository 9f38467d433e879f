/** All SQL of Analytics. */
import type { Doing } from '../../../shared/domain/services/analytics/journeys.ts';
import { statement, type Storage } from '../../platform/index.ts';

interface NewEvent {
  readonly name: string;
  readonly actor: string | null;
  readonly at: number;
  readonly properties: string;
  readonly eventId: string | null;
}

const statements = {
  insert: statement<
    [name: string, actor: string | null, at: number, properties: string, eventId: string | null],
    { id: number }
  >`
    INSERT INTO event_counted (name, actor, at, properties, event_id) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (event_id) DO NOTHING RETURNING id`,
  // Numbers are bound as real ones, which divide otherwise.
  series: statement<
    [offset: number, length: number, length: number, offset: number, name: string, from: number, to: number],
    { start: number; count: number; actors: number }
  >`
    SELECT ((at - CAST(? AS INTEGER)) / CAST(? AS INTEGER)) * CAST(? AS INTEGER) + CAST(? AS INTEGER) AS start, COUNT(*) AS count, COUNT(DISTINCT actor) AS actors
    FROM event_counted WHERE name = ? AND at >= ? AND at < ? GROUP BY start`,
  totals: statement<[from: number, to: number, limit: number], { name: string; count: number }>`
    SELECT name, COUNT(*) AS count FROM event_counted WHERE at >= ? AND at < ?
    GROUP BY name ORDER BY count DESC, name LIMIT ?`,
  totalOf: statement<[name: string, from: number, to: number], { name: string; count: number }>`
    SELECT name, COUNT(*) AS count FROM event_counted WHERE name = ? AND at >= ? AND at < ? GROUP BY name`,
  byProperty: statement<
    [property: string, name: string, from: number, to: number, limit: number],
    { name: string; count: number }
  >`
    SELECT CAST(json_extract(properties, '$."' || ? || '"') AS TEXT) AS name, COUNT(*) AS count FROM event_counted
    WHERE event_counted.name = ? AND at >= ? AND at < ? GROUP BY 1 HAVING name IS NOT NULL
    ORDER BY count DESC, name LIMIT ?`,
  doings: statement<[from: number, to: number, names: string], { actor: string; name: string; at: number }>`
    SELECT actor, name, at FROM event_counted
    WHERE actor IS NOT NULL AND at >= ? AND at < ? AND name IN (SELECT value FROM json_each(?))
    ORDER BY actor, at, id`,
  sweep: statement<[before: number]>`DELETE FROM event_counted WHERE at < ?`,
  // Not counted, which would read them all: rows come and go in the order of their ids.
  count: statement<[], { count: number }>`
    SELECT COALESCE(MAX(id) - MIN(id) + 1, 0) AS count FROM event_counted`,
  secret: statement<[], { value: string }>`SELECT value FROM secret`,
  saveSecret: statement<[value: string]>`INSERT INTO secret (id, value) VALUES (1, ?)`,
};

export class AnalyticsStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** False when an event of this id is there already. */
  insert({ name, actor, at, properties, eventId }: NewEvent): boolean {
    return this.#storage.all(statements.insert, name, actor, at, properties, eventId).length > 0;
  }

  /** By the start of each interval that has events; intervals begin at `offset` and every `length` after. */
  series(name: string, period: { from: number; to: number }, offset: number, length: number) {
    const { from, to } = period;
    return this.#storage.all(statements.series, offset, length, length, offset, name, from, to);
  }

  totals(from: number, to: number, limit: number) {
    return this.#storage.all(statements.totals, from, to, limit);
  }

  totalOf(name: string, from: number, to: number) {
    return this.#storage.all(statements.totalOf, name, from, to);
  }

  byProperty(name: string, property: string, from: number, to: number, limit: number) {
    return this.#storage.all(statements.byProperty, property, name, from, to, limit);
  }

  /** Everybody's events of these names, one person after another, read as they are asked for. */
  *people(from: number, to: number, names: readonly string[]): Generator<readonly Doing[]> {
    const rows = this.#storage.sql.exec<{ actor: string; name: string; at: number }>(
      statements.doings.text,
      from,
      to,
      JSON.stringify(names),
    );
    let doings: Doing[] = [];
    for (const row of rows) {
      if (doings.length > 0 && doings[0]?.actor !== row.actor) {
        yield doings;
        doings = [];
      }
      doings.push(row);
    }
    if (doings.length > 0) yield doings;
  }

  /** Of events that are kept, or a few more. */
  count(): number {
    return this.#storage.first(statements.count)?.count ?? 0;
  }

  sweep(before: number): void {
    this.#storage.run(statements.sweep, before);
  }

  /** The key that actors are hashed with, made at the first time. */
  secret(make: () => string): string {
    const found = this.#storage.first(statements.secret)?.value;
    if (found !== undefined) return found;
    const made = make();
    this.#storage.run(statements.saveSecret, made);
    return made;
  }
}
