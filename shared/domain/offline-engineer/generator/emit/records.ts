/** Prints what lets an application keep its records in the platform's Data service: its kinds of records as collections. */
import type { AppModel } from '../../app-model.ts';
import type { BlueprintFile } from '../../blueprint.ts';
import type { Design, ResourceDesign } from '../design.ts';
import { printInline, printLiteral } from '../literal.ts';
import { docComment, quote } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { templatesUnder } from '../templates/index.ts';
import type { JsonObject } from './openapi-schemas.ts';

/** Key of the item that writes these files. */
export const recordsItem = 'records';

/**
 * Whether the records are kept in the Data service. They are when the specification asks for what tables of one's own do
 * not have: import, export, or a feed of changes. How large it is makes no difference.
 */
export const keepsRecords = ({ data }: AppModel): boolean => data !== undefined;

/** The Data service takes `a-z`, `0-9` and `_`. */
const collectionName = ({ plural }: ResourceDesign): string => plural.replaceAll('-', '_');

const kinds = { text: 'string', integer: 'integer', real: 'number', boolean: 'boolean', list: 'array' } as const;

/**
 * What the service checks: types alone. Bounds belong to the application, where a later version may narrow them without
 * records that are there being refused.
 */
const schemaOf = ({ stored }: ResourceDesign): JsonObject => ({
  type: 'object',
  required: ['createdAt', 'updatedAt'],
  properties: {
    createdAt: { type: 'string' },
    updatedAt: { type: 'string' },
    ...Object.fromEntries(stored.map(({ name, column }) => [name, { type: [kinds[column], 'null'] }])),
  },
});

/** What `services.json` declares of the Data service. */
export const dataDeclaration = (design: Design): JsonObject => ({
  collections: design.resources.map((resource) => ({
    name: collectionName(resource),
    ...(design.model.access?.isPersonal === true ? { isOwned: true } : {}),
    schema: schemaOf(resource),
  })),
});

const printCollection = (design: Design, resource: ResourceDesign, file: SourceFile): string => {
  const table = file.use(`${resource.camel}Table`);
  const references = resource.references.map(({ field, target }) => ({
    field: field.name,
    path: design.resource(target).plural,
  }));
  return `  {
    name: ${quote(collectionName(resource))},
    path: ${quote(resource.plural)},
    table: ${table}.name,
    columns: ${table}.columns,
    fallbacks: ${table}.fallbacks,
    fields: ${file.use(`${resource.camel}Fields`)},
    references: ${printLiteral(references, 4, 16)},
    unique: ${printLiteral(resource.resource.unique, 4, 12)},
    isOwned: ${String(design.model.access?.isPersonal === true)},
  },
`;
};

const printCollections = (design: Design, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile(
    'src/records/collections.ts',
    symbols,
    docComment(
      'The kinds of records of this application as collections of the Data service, and what is offered of them.',
    ),
  );
  file.know('Collection', { module: 'src/records/collection.ts', isType: true });
  file.know('Offers', { module: 'src/records/exchange.ts', isType: true });
  file.use('Collection');
  file.use('Offers');
  const pathsOf = (names: readonly string[]): string => printInline(names.map((name) => design.resource(name).plural));
  const { feed = false, exported = [], imported = [] } = design.model.data ?? {};
  file.add(
    `export const collections: readonly Collection[] = [\n${design.resources.map((resource) => printCollection(design, resource, file)).join('')}];`,
    `export const offers: Offers = {\n  feed: ${String(feed)},\n  exported: ${pathsOf(exported)},\n  imported: ${pathsOf(imported)},\n};`,
  );
  return file;
};

/** `src/records/` with its tests, where the records are kept in the service. */
export const recordsFiles = (design: Design, symbols: SymbolTable): readonly BlueprintFile[] => {
  if (!keepsRecords(design.model)) return [];
  const collections = printCollections(design, symbols);
  return [
    ...templatesUnder('src/records/', 'test/records/').map((template) => ({ ...template, item: recordsItem })),
    { path: collections.path, content: collections.print(), item: recordsItem, kind: 'source' },
  ];
};
