/** Export and import of a collection as lines of JSON. */
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { DataRecord, ImportReport } from '../../../shared/rpc/services/data.ts';
import type { Storage } from '../../platform/index.ts';
import type { Collection } from './collections.ts';
import { isUniqueConflict } from './indexes.ts';
import type { DataStore } from './store.ts';

const exportedAtOnce = 500;
const maxExportCharacters = 4 * 1024 * 1024;
const maxImportCharacters = 1024 * 1024;
const maxRefused = 100;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

export const exportRecords = (
  store: DataStore,
  collection: Collection,
  after: string,
): { readonly lines: string; readonly next?: string } => {
  const page = store.page(collection.name, after, exportedAtOnce);
  let lines = '';
  let taken = 0;
  for (const record of page) {
    const line = `${JSON.stringify(record)}\n`;
    if (taken > 0 && lines.length + line.length > maxExportCharacters) break;
    lines += line;
    taken += 1;
  }
  const last = page[taken - 1];
  const isWhole = taken === page.length && page.length < exportedAtOnce;
  return { lines, ...(isWhole || last === undefined ? {} : { next: last.id }) };
};

const parseLine = (line: string): Partial<Record<keyof DataRecord, unknown>> | undefined => {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    // Told by the caller, with the number of the line.
    return undefined;
  }
};

/** One line as the record it becomes, or why it is refused. */
const readLine = (store: DataStore, collection: Collection, line: string, now: number): Result<DataRecord, string> => {
  const parsed = parseLine(line);
  if (parsed === undefined) return err('is not a JSON object');
  const { id, owner, createdAt, value } = parsed;
  if (typeof id !== 'string' || !idPattern.test(id)) return err('id: must be up to 128 plain characters');
  const whose = collection.owner(owner);
  if (!whose.ok) return err(whose.error.detail);
  if (collection.isOwned && whose.value === null) return err('owner: must be one person');
  const accepted = collection.accept(value);
  if (!accepted.ok) return err(accepted.error.detail);
  const current = store.get(collection.name, id);
  const madeAt = typeof createdAt === 'number' && Number.isSafeInteger(createdAt) && createdAt >= 0 ? createdAt : now;
  return ok({
    id,
    version: (current?.version ?? 0) + 1,
    ...(whose.value === null ? {} : { owner: whose.value }),
    createdAt: current?.createdAt ?? madeAt,
    updatedAt: now,
    value: accepted.value,
  });
};

/** Takes every line that can be taken; each stands for itself. */
export const importRecords = (
  storage: Storage,
  store: DataStore,
  collection: Collection,
  lines: unknown,
  now: number,
): Result<ImportReport> => {
  if (typeof lines !== 'string' || lines.length > maxImportCharacters) {
    const reason = `must be text of at most ${maxImportCharacters} characters`;
    return err({ type: 'request.too_large', detail: `lines: ${reason}`, issues: [{ field: 'lines', reason }] });
  }
  let imported = 0;
  const refused: { line: number; reason: string }[] = [];
  const refuse = (line: number, reason: string): void => {
    if (refused.length < maxRefused) refused.push({ line, reason });
  };
  for (const [index, line] of lines.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = readLine(store, collection, line, now);
    if (!record.ok) {
      refuse(index + 1, record.error);
      continue;
    }
    try {
      storage.transaction(() => {
        store.save(collection.name, record.value);
      });
      imported += 1;
    } catch (cause) {
      if (!isUniqueConflict(cause)) throw cause;
      refuse(index + 1, 'another record has the same unique values');
    }
  }
  return ok({ imported, refused });
};
