/** What declarations of services are made of. */
import { z } from 'zod';

export const serviceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be up to 31 of a-z, 0-9 and -, starting with a letter');

/** A dotted path to a field of a record. */
export const fieldPath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,4}$/, 'must be a name, or up to five joined by dots');

/** A JSON Schema; that it is one is checked where it is used. */
export const jsonSchema = z.record(z.string(), z.unknown());

/** The name of a secret of the sandbox Worker that its operator set for apps; never the secret itself. */
export const secretName = z.string().regex(/^APP_SECRET_[A-Z0-9_]{1,50}$/, 'must be like APP_SECRET_PAYMENTS');

/** The name under which Analytics counts. */
export const eventName = z
  .string()
  .regex(/^[a-z][a-z0-9_.]{0,63}$/, 'must be up to 64 of a-z, 0-9, _ and ., starting with a letter');
