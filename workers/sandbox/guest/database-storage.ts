/** Hands the storage of the test isolate's object to `node:sqlite`; guest code cannot import this module. */

const holder: { storage?: DurableObjectStorage } = {};

export function setDatabaseStorage(value: DurableObjectStorage): void {
  holder.storage = value;
}

export function databaseStorage(): DurableObjectStorage {
  const { storage } = holder;
  if (storage === undefined) throw new Error('node:sqlite is available in tests only; an app uses ctx.storage.sql');
  return storage;
}
