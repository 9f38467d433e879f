/** Values of databases as cells that cross between Workers. */
import { err, ok, type Result } from '../../errors/result.ts';
import type { SqlAnswer } from '../../ports/sql-database.ts';
import type { SqlCell } from '../../rpc/services/data.ts';

const maxCharacters = 4 * 1024 * 1024;

const toCell = (value: unknown): SqlCell | undefined => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return undefined;
  return JSON.stringify(value);
};

/** Whether these are more than one answer holds, so that no more need be fetched. */
export const isTooMuch = (rows: readonly Readonly<Record<string, unknown>>[]): boolean => {
  let characters = 0;
  for (const row of rows)
    for (const value of Object.values(row)) if (typeof value === 'string') characters += value.length;
  return characters > maxCharacters;
};

/** At most `maxRows` of them. Binary data is refused by the name of its column. */
export const toAnswer = (rows: readonly Readonly<Record<string, unknown>>[], maxRows: number): Result<SqlAnswer> => {
  const taken: Record<string, SqlCell>[] = [];
  let characters = 0;
  for (const row of rows.slice(0, maxRows)) {
    const cells: Record<string, SqlCell> = {};
    for (const [name, value] of Object.entries(row)) {
      const cell = toCell(value);
      if (cell === undefined) {
        const reason = `the column "${name}" is binary: convert it in the statement`;
        return err({ type: 'request.invalid', detail: reason, issues: [{ field: 'statement', reason }] });
      }
      characters += String(cell).length;
      cells[name] = cell;
    }
    if (characters > maxCharacters) return ok({ rows: taken, truncated: true });
    taken.push(cells);
  }
  return ok({ rows: taken, truncated: rows.length > maxRows });
};

/** What the database says of a statement. It speaks of the statement, which the caller knows. */
export const refusedBy = (cause: unknown): Result<never> => {
  const reason = (cause instanceof Error ? cause.message : 'no reason given').slice(0, 500);
  return err({
    type: 'request.invalid',
    detail: `The database refused: ${reason}`,
    issues: [{ field: 'statement', reason }],
  });
};
