/**
 * Stands in, while these modules are checked here, for `src/database.ts` of the shared templates, which the generated
 * application gets. It is not embedded.
 */

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Database {
  readonly all: (sql: string, ...parameters: readonly SqlValue[]) => readonly Row[];
  readonly get: (sql: string, ...parameters: readonly SqlValue[]) => Row | undefined;
  readonly run: (sql: string, ...parameters: readonly SqlValue[]) => void;
}
