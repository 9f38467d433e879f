/** A D1 database behind the port, by its binding. */
import type { SqlDatabase } from '../../ports/sql-database.ts';
import { refusedBy, toAnswer } from './cells.ts';

/** The part of the binding that is used. */
interface D1Binding {
  prepare(statement: string): {
    bind(...values: unknown[]): { all(): Promise<{ readonly results: readonly Readonly<Record<string, unknown>>[] }> };
  };
}

/** Whether a binding is a D1 database. */
export const isD1 = (binding: unknown): binding is D1Binding =>
  typeof binding === 'object' && binding !== null && 'prepare' in binding && typeof binding.prepare === 'function';

/** D1 has no way to refuse changes: what a read-only statement is has to be decided before. */
export const createD1Database = (binding: D1Binding): SqlDatabase => ({
  ask: async ({ statement, parameters, maxRows }) => {
    try {
      const { results } = await binding
        .prepare(statement)
        .bind(...parameters)
        .all();
      return toAnswer(results, maxRows);
    } catch (cause) {
      return refusedBy(cause);
    }
  },
});
