/** `src/schemas/`: one module for each named schema, and the registry that references lead through. */

import type { NamedSchema } from '../model.ts';
import type { Schema } from '../runtime/validation/schema.ts';
import { camelCase } from '../read/names.ts';
import { commentText, quote, toSource } from './source.ts';
import type { SourceValue } from './source.ts';
import { createTypeNames, typeSource } from './types.ts';
import type { TypeNames } from './types.ts';

export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** The constant that holds a schema: `petSchema`. */
export const schemaConstant = (named: NamedSchema): string => `${camelCase(named.typeName, 'model')}Schema`;

/** All modules of `src/schemas/`. */
export const schemaFiles = (schemas: readonly NamedSchema[]): readonly GeneratedFile[] => {
  const names = createTypeNames(schemas);
  const unique = withUniqueConstants(schemas);
  return [
    ...schemas.map((named) => ({
      path: `src/schemas/${named.fileName}.ts`,
      content: schemaModule(named, names, unique.get(named.reference) ?? ''),
    })),
    { path: 'src/schemas/index.ts', content: registryModule(schemas, unique) },
  ];
};

const withUniqueConstants = (schemas: readonly NamedSchema[]): ReadonlyMap<string, string> => {
  const taken = new Set<string>();
  return new Map(
    schemas.map((named) => {
      const wanted = schemaConstant(named);
      let name = wanted;
      for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
      taken.add(name);
      return [named.reference, name];
    }),
  );
};

const schemaModule = (named: NamedSchema, names: TypeNames, constant: string): string => {
  const type = typeSource(named.schema, names, named.reference);
  const imports = [...type.uses]
    .filter((reference) => reference !== named.reference)
    .map((reference) => names.byReference.get(reference))
    .filter((other) => other !== undefined)
    .sort((left, right) => (left.fileName < right.fileName ? -1 : 1))
    .map((other) => `import type { ${other.typeName} } from './${other.fileName}.ts';\n`);
  const json = ['JsonObject', 'JsonValue'].filter((name) => new RegExp(`\\b${name}\\b`).test(type.code));
  const jsonImport = json.length === 0 ? '' : `import type { ${json.join(', ')} } from '../json.ts';\n`;
  const text = typeof named.schema === 'boolean' ? '' : (named.schema.description ?? named.schema.title ?? '');
  const description =
    commentText(text) || `${named.typeName}, as the document describes it under ${commentText(named.reference)}.`;
  return `${jsonImport}import type { Schema } from '../validation/schema.ts';
${imports.join('')}
/** ${description} */
export type ${named.typeName} = ${type.code};

export const ${constant}: Schema = ${toSource(schemaSource(named.schema))};
`;
};

/** Descriptions and examples stay in `openapi.json`; what checks values is kept. */
export const schemaSource = (schema: Schema): SourceValue => {
  if (typeof schema === 'boolean') return schema;
  // SAFETY: a schema is made of JSON values and of schemas.
  const entries = Object.entries(schema as Readonly<Record<string, SourceValue>>).filter(
    ([keyword]) => !['title', 'description', 'examples'].includes(keyword),
  );
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, keywordSource(keyword, value)]));
};

const schemaKeywords = new Set([
  'items',
  'contains',
  'propertyNames',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
]);
const mapKeywords = new Set(['properties', 'patternProperties']);
const listKeywords = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

const keywordSource = (keyword: string, value: SourceValue): SourceValue => {
  if (schemaKeywords.has(keyword)) return schemaSource(value as Schema);
  if (mapKeywords.has(keyword)) {
    return Object.fromEntries(
      Object.entries(value as Readonly<Record<string, Schema>>).map(([name, property]) => [
        name,
        schemaSource(property),
      ]),
    );
  }
  if (listKeywords.has(keyword)) return (value as readonly Schema[]).map(schemaSource);
  return value;
};

const registryModule = (schemas: readonly NamedSchema[], constants: ReadonlyMap<string, string>): string => {
  const sorted = [...schemas].sort((left, right) => (left.fileName < right.fileName ? -1 : 1));
  const imports = sorted
    .map((named) => `import { ${constants.get(named.reference)} } from './${named.fileName}.ts';\n`)
    .join('');
  const entries = schemas.map((named) => `  ${quote(named.reference)}: ${constants.get(named.reference)},\n`).join('');
  return `/** Every named schema by the reference that leads to it. */

import type { SchemaRegistry } from '../validation/schema.ts';
${imports}
export const schemas: SchemaRegistry = {${entries === '' ? '' : `\n${entries}`}};
`;
};
