/** The records of an imagined application: what a scenario starts from and ends with. */
import type { Design } from '../design.ts';

export type Value = string | number | boolean | null | readonly string[];
export type Values = Readonly<Record<string, Value>>;

export interface SimulatedRecord {
  readonly id: string;
  readonly [field: string]: Value;
}

export interface World {
  readonly design: Design;
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, SimulatedRecord>>;
}

/** An application without records at a moment. */
export const emptyWorld = (design: Design, now: string): World => ({ design, now, tables: new Map() });

/** The records of a resource, oldest first. */
export const recordsOf = (world: World, resource: string): readonly SimulatedRecord[] => [
  ...(world.tables.get(resource)?.values() ?? []),
];

export const recordAt = (world: World, resource: string, id: Value | undefined): SimulatedRecord | undefined =>
  typeof id === 'string' ? world.tables.get(resource)?.get(id) : undefined;

/** The world with a record added or replaced. */
export const withRecord = (world: World, resource: string, record: SimulatedRecord): World => {
  const table = new Map(world.tables.get(resource));
  table.set(record.id, record);
  return { ...world, tables: new Map(world.tables).set(resource, table) };
};

/** The world without a record. */
export const withoutRecord = (world: World, resource: string, id: string): World => {
  const table = new Map(world.tables.get(resource));
  table.delete(id);
  return { ...world, tables: new Map(world.tables).set(resource, table) };
};

/** An id that is a UUID and tells its number. */
export const simulatedId = (count: number): string => `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;

/** An id that no other record of the world has. */
export const nextId = (world: World): string => {
  let count = 1;
  for (const table of world.tables.values()) count += table.size;
  while ([...world.tables.values()].some((table) => table.has(simulatedId(count)))) count += 1;
  return simulatedId(count);
};
