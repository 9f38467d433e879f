/** What both real APIs refuse of a tool's schema. */
import { property } from './server.ts';

const types: readonly unknown[] = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null', undefined];

/** Throws for a type that JSON Schema does not know, which stands for all that makes a schema none. */
export const assertSchema = (schema: unknown): void => {
  const type = property(schema, 'type');
  if (!Array.isArray(type) && !types.includes(type))
    throw new Error(`Invalid schema: the type ${String(type)} is unknown`);
  for (const inner of Object.values(Object(property(schema, 'properties')))) assertSchema(inner);
};
