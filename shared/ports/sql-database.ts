/** A relational database outside: one statement with bound values, and at most so many rows of its answer. */
import type { Result } from '../errors/result.ts';
import type { SqlCell } from '../rpc/services/data.ts';

export interface SqlQuestion {
  readonly statement: string;
  readonly parameters: readonly SqlCell[];
  /** The database itself is to refuse changes, where it can. */
  readonly isReadOnly: boolean;
  readonly maxRows: number;
}

export interface SqlAnswer {
  readonly rows: readonly Readonly<Record<string, SqlCell>>[];
  readonly truncated: boolean;
}

export interface SqlDatabase {
  /** `request.invalid` with the database's own words for a statement that it refuses. */
  ask(question: SqlQuestion): Promise<Result<SqlAnswer>>;
}
