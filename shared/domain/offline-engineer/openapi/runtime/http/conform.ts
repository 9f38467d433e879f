/**
 * Brings an answer into its declared shape: what may not be sent is left out, what must be there and is not known is
 * taken from the contract's example. A client can rely on the schema whatever is stored.
 */

import { isObject, own } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { withoutOneWay } from '../validation/one-way.ts';
import type { SchemaRegistry } from '../validation/schema.ts';
import { validate } from '../validation/validate.ts';
import type { Path } from '../validation/validate.ts';
import type { ContentContract } from './operation.ts';

const maximumRounds = 6;

/** The value in the declared shape; the example itself when there is no value or nothing of it fits. */
export const conform = (value: unknown, contract: ContentContract, schemas: SchemaRegistry): JsonValue => {
  if (value === undefined) return contract.example;
  // SAFETY: handlers answer with stored documents and request values, which came from JSON.
  let current = withoutOneWay(contract.schema, value as JsonValue, 'response', schemas);
  for (let round = 0; round < maximumRounds; round += 1) {
    const issues = validate(contract.schema, current, { schemas, direction: 'response' });
    if (issues.length === 0) return current;
    // After two rounds at the place of the fault itself, what encloses it is replaced.
    const climb = Math.max(0, round - 1);
    for (const issue of issues) {
      current = replaceAt(current, contract.example, issue.path.slice(0, Math.max(0, issue.path.length - climb)));
    }
  }
  return contract.example;
};

/** Puts the example's part at the path, or removes the property when the example has none there. */
const replaceAt = (value: JsonValue, example: JsonValue | undefined, path: Path): JsonValue => {
  const [step, ...rest] = path;
  if (step === undefined) return example ?? null;
  if (Array.isArray(value) && typeof step === 'number') {
    const items: readonly JsonValue[] = value;
    const model = Array.isArray(example) ? (example as readonly JsonValue[])[0] : undefined;
    if (model === undefined && rest.length === 0) return items.filter((_item, index) => index !== step);
    return items.map((item, index) => (index === step ? replaceAt(item, model, rest) : item));
  }
  if (!isObject(value) || typeof step !== 'string') return example ?? null;
  const model = isObject(example) ? own(example, step) : undefined;
  const { [step]: present, ...others } = value;
  if (rest.length > 0 && present !== undefined) return { ...value, [step]: replaceAt(present, model, rest) };
  return model === undefined ? others : { ...others, [step]: model };
};

/** The example with the values of fields that were sent or stored under the same name, nested objects included. */
export const withMatchingFields = (example: JsonValue, ...sources: readonly JsonObject[]): JsonValue => {
  if (Array.isArray(example)) return example;
  if (!isObject(example)) return example;
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      for (const source of sources) {
        const found = own(source, name);
        if (found !== undefined) return [name, found];
      }
      return [name, value];
    }),
  );
};
