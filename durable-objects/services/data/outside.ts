/** Questions to databases outside, which the declaration names and the operator lets the group use. */
import { createD1Database, isD1 } from '../../../shared/adapters/databases/d1.ts';
import { createPostgresDatabase, isHyperdrive } from '../../../shared/adapters/databases/postgres.ts';
import { onlyReads } from '../../../shared/domain/services/data/read-only.ts';
import { invalidBecause } from '../../../shared/domain/services/data/schema.ts';
import { isGranted } from '../../../shared/domain/services/operator-grants.ts';
import { err, type Result } from '../../../shared/errors/result.ts';
import type { SqlAnswer, SqlDatabase } from '../../../shared/ports/sql-database.ts';
import type { DataRpc, SqlCell } from '../../../shared/rpc/services/data.ts';
import type { DataConfiguration } from '../../../shared/schemas/services/declaration.ts';
import type { OperatorVariables } from '../environment.ts';

const maxRows = 1_000;
const maxStatementCharacters = 20_000;
/** D1 takes no more in one statement. */
const maxParameters = 100;

type Declared = DataConfiguration['databases'][number];

const isCell = (value: unknown): value is SqlCell =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const open = (environment: object, { kind, binding }: Declared): SqlDatabase | undefined => {
  const bound: unknown = Reflect.get(environment, binding);
  if (kind === 'd1') return isD1(bound) ? createD1Database(bound) : undefined;
  return isHyperdrive(bound) ? createPostgresDatabase(bound) : undefined;
};

export const askOutside = async (
  environment: OperatorVariables,
  group: string,
  databases: readonly Declared[],
  { database: name, statement, parameters = [] }: Parameters<DataRpc['sql']>[0],
): Promise<Result<SqlAnswer>> => {
  const declared = databases.find((each) => each.name === name);
  if (declared === undefined) {
    return err({ type: 'resource.not_found', detail: 'There is no such database: declare it in services.json.' });
  }
  if (!isGranted(environment.APP_GRANTS, { name: declared.binding, group })) {
    const detail = `The operator does not let this app use ${declared.binding} (APP_GRANTS).`;
    return err({ type: 'auth.forbidden', detail });
  }
  const database = open(environment, declared);
  if (database === undefined) {
    return err({ type: 'configuration.invalid', detail: `The operator has not bound ${declared.binding}.` });
  }
  if (typeof statement !== 'string' || statement.length > maxStatementCharacters)
    return err(
      invalidBecause([{ field: 'statement', reason: `must be at most ${maxStatementCharacters} characters` }]),
    );
  if (!Array.isArray(parameters) || parameters.length > maxParameters || !parameters.every(isCell))
    return err(invalidBecause([{ field: 'parameters', reason: `must be at most ${maxParameters} plain values` }]));
  if (declared.isReadOnly && !onlyReads(statement))
    return err({ type: 'auth.forbidden', detail: `The database "${name}" is declared as read-only.` });
  return await database.ask({ statement, parameters, isReadOnly: declared.isReadOnly, maxRows });
};
