/** Adding a version of an event type's schema: what can be checked, and takes everything the last version took. */
import {
  findIncompatibilities,
  findSchemaFaults,
  maxSchemaLength,
} from '../../shared/domain/event-bus/event-schema.ts';
import { err, ok, type AppError, type Result } from '../../shared/errors/result.ts';
import type { SchemaView } from '../../shared/rpc/event-bus.ts';
import { encodeJson } from '../platform/json-text.ts';
import type { SchemaTable } from './schema-table.ts';

/** Versions of all types of a topic. */
const maxSchemas = 500;

const unusable = (at: string, reason: string): AppError => ({
  type: 'request.invalid',
  detail: `The schema cannot be used: ${at} ${reason}.`,
  issues: [{ field: `body.schema${at}`, reason }],
});

/** Inside a transaction. */
export const addSchema = (
  schemas: SchemaTable,
  { type, schema }: { readonly type: string; readonly schema: unknown },
  now: number,
): Result<SchemaView> => {
  const text = encodeJson(schema, 'The schema');
  if (text.length > maxSchemaLength) {
    return err(unusable('', `is ${text.length} characters long; at most ${maxSchemaLength} are allowed`));
  }
  const [fault] = findSchemaFaults(schema);
  if (fault !== undefined) return err(unusable(fault.at, fault.reason));
  const latest = schemas.latest(type);
  const differences = latest === undefined ? [] : findIncompatibilities(latest.schema, schema);
  if (differences.length > 0) {
    return err({
      type: 'resource.conflict',
      detail: `Events that fit version ${latest?.version ?? 0} of "${type}" may not fit this one. Use another event type for what is incompatible.`,
      issues: differences.slice(0, 10).map(({ at, reason }) => ({ field: `body.schema${at}`, reason })),
    });
  }
  if (schemas.count() >= maxSchemas) {
    return err({ type: 'resource.conflict', detail: `A topic has at most ${maxSchemas} versions of schemas.` });
  }
  const view = { type, version: (latest?.version ?? 0) + 1, schema, createdAt: now };
  schemas.add(view, text);
  return ok(view);
};
