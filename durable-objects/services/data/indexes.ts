/** Brings the indexes over records in line with the declaration. Their names are made of what they index. */
import { hashText } from '../../../shared/adapters/crypto/text-hash.ts';
import { fieldExpression } from '../../../shared/domain/services/data/filter.ts';
import type { AppError } from '../../../shared/errors/result.ts';
import type { CollectionDeclaration } from '../../../shared/schemas/services/declaration.ts';
import type { Storage } from '../../platform/index.ts';
import type { DataStore } from './store.ts';

interface Index {
  readonly name: string;
  readonly text: string;
  readonly collection: string;
  readonly fields: readonly string[];
}

/** Every collection's, as SQL. The schema has checked the names, which stand in the text. */
const wantedIndexes = (collections: readonly CollectionDeclaration[]): readonly Index[] =>
  collections.flatMap(({ name: collection, isOwned, indexes }) =>
    indexes.map(({ fields, isUnique }) => {
      const expressions = fields.map((field) => fieldExpression(field) ?? 'id');
      // What is unique is so among the records of one owner.
      const terms = ['collection', ...(isOwned ? ['owner'] : []), ...expressions].join(', ');
      const rest = `ON record (${terms}) WHERE collection = '${collection}'`;
      const name = `declared_${hashText(`${String(isUnique)} ${rest}`).slice(0, 24)}`;
      return { name, collection, fields, text: `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${name} ${rest}` };
    }),
  );

/** Inside a transaction. Says which values stand in the way of a unique index. */
export const bringIndexes = (
  storage: Storage,
  store: DataStore,
  collections: readonly CollectionDeclaration[],
): AppError | null => {
  const wanted = wantedIndexes(collections);
  const there = new Set(store.indexes());
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of there) if (!names.has(name)) storage.sql.exec(`DROP INDEX ${name}`);
  for (const { name, text, collection, fields } of wanted) {
    if (there.has(name)) continue;
    there.add(name);
    try {
      storage.sql.exec(text);
    } catch (cause) {
      if (!isUniqueConflict(cause)) throw cause;
      const detail = `The records of "${collection}" are not unique in ${fields.join(', ')}: change them first.`;
      return { type: 'resource.conflict', detail, issues: [{ field: 'data.collections', reason: detail }] };
    }
  }
  return null;
};

/** Whether SQLite refused because two records would be alike. */
export const isUniqueConflict = (cause: unknown): boolean =>
  cause instanceof Error && /UNIQUE constraint failed/i.test(cause.message);
