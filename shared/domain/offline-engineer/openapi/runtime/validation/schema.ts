/** The part of JSON Schema 2020-12 that this application checks, and where references lead. */

import type { JsonValue } from '../json.ts';

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

export interface SchemaObject {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly default?: JsonValue;
  readonly examples?: readonly JsonValue[];
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly contains?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
  readonly discriminator?: {
    readonly propertyName: string;
    /** Value of the property → the reference of the schema that it stands for. */
    readonly mapping?: Readonly<Record<string, string>>;
  };
}

/** `true` allows everything, `false` nothing. */
export type Schema = boolean | SchemaObject;

/** Named schemas by the reference that leads to them. */
export type SchemaRegistry = Readonly<Record<string, Schema>>;

/** `readOnly` properties are not expected in a request, `writeOnly` properties not in a response. */
export type Direction = 'request' | 'response';

/** The schema behind a reference; a schema without a reference is itself. */
export const resolveSchema = (schema: Schema, schemas: SchemaRegistry): Schema => {
  let current = schema;
  for (let steps = 0; steps < 100; steps += 1) {
    if (typeof current === 'boolean' || current.$ref === undefined) return current;
    if (!Object.hasOwn(schemas, current.$ref)) return true;
    current = schemas[current.$ref] ?? true;
  }
  return true;
};
