/** Where each name that generated modules share comes from, so that imports follow from use. */
import type { Design, ResourceDesign } from './design.ts';
import { computedFunction } from './expression/access.ts';
import { pascalCase } from './names.ts';

export interface SymbolSource {
  readonly module: string;
  readonly isType: boolean;
}

const valueNames: Readonly<Record<string, string>> = {
  'src/clock.ts': 'readMoment systemClock',
  'src/compare.ts': 'isLess isAtMost whenPresent',
  'src/figures.ts': 'average countEach exact largest ratio smallest sum',
  'src/time.ts': 'addTime dayOf daysBetween hoursBetween',
  'src/http/body.ts': 'readForm readJson readOptionalJson maximumBodyBytes',
  'src/http/list-query.ts': 'readListQuery',
  'src/http/problem.ts': 'Problem badRequest conflict invalid notFound unprocessable',
  'src/http/query.ts': 'readParameters readWholeNumber',
  'src/http/respond.ts': 'created json noContent seeOther',
  'src/http/router.ts': 'createRouter readPrefix',
  'src/storage/checks.ts':
    'refuseInUse refuseMissing refuseMove refuseOutOfBounds refuseStart refuseTwin requireRecord',
  'src/storage/page.ts': 'selectPage usesFields',
  'src/storage/store.ts': 'openStore',
  'src/storage/table.ts': 'prepareTable',
  'src/validation/field.ts': 'defaulted fromText immutable inAction optional readOnly required',
  'src/validation/number.ts': 'decimal flag integer',
  'src/validation/record.ts': 'findInvalid readChange readNew refuseFixed',
  'src/validation/text.ts': 'choice email list reference text url uuid',
  'src/validation/time.ts': 'day moment',
  'src/state/stores.ts': 'openStores prepareTables flushStores',
  'src/state/context.ts': 'openContext',
  'src/page-kit/html.ts': 'html showValue',
  'src/page-kit/form.ts': 'choices words',
  'src/page-kit/resource-pages.ts': 'createResourcePages',
  'test/support/client.ts': 'call errorFields itemIds send submit',
  'test/support/clock.ts': 'createTestClock',
  'test/support/database.ts': 'openTestDatabase',
};

const typeNames: Readonly<Record<string, string>> = {
  'src/clock.ts': 'Clock Moment',
  'src/database.ts': 'Database',
  'src/http/list-query.ts': 'ListShape',
  'src/http/router.ts': 'Exchange Handler Route',
  'src/storage/page.ts': 'Page PageRequest',
  'src/storage/store.ts': 'Store',
  'src/storage/table.ts': 'Identity Table',
  'src/validation/record.ts': 'Fields',
  'src/state/stores.ts': 'Stores',
  'src/state/context.ts': 'Context Environment',
  'src/page-kit/form.ts': 'FormField',
  'src/page-kit/resource-pages.ts': 'Column PageAction',
  'test/support/client.ts': 'Answer Reply',
  'test/support/clock.ts': 'TestClock',
  'test/support/database.ts': 'TestDatabase',
};

const modelNames = (resource: ResourceDesign): readonly (readonly [string, SymbolSource])[] => {
  const module = modelPath(resource);
  const { camel, entity, pascal } = resource;
  const values = [
    `${camel}Fields`,
    `${camel}Table`,
    `draft${pascal}`,
    ...resource.stored.map((field) => valuesName(resource, field.name)),
  ];
  const derived = [`present${pascal}`, ...resource.computed.map((field) => computedFunction(resource, field.name))];
  return [
    ...[entity, `New${pascal}`, ...resource.stored.map((field) => wordType(resource, field.name))].map(
      (name) => [name, { module, isType: true }] as const,
    ),
    ...values.map((name) => [name, { module, isType: false }] as const),
    ...derived.map((name) => [name, { module: derivedPath(resource), isType: false }] as const),
    [`${pascal}View`, { module: derivedPath(resource), isType: true }],
    [`give${pascal}`, { module: givenPath, isType: false }],
    [`new${pascal}Body`, { module: givenPath, isType: false }],
  ];
};

/** The constant with the words an enum field may have: `bookStatusWords`. */
export const valuesName = (resource: ResourceDesign, field: string): string =>
  computedFunction(resource, `${field}-words`);

/** The type of those words: `BookStatusWord`. */
export const wordType = (resource: ResourceDesign, field: string): string =>
  pascalCase(`${resource.name}-${field}-word`);

export const modelPath = (resource: ResourceDesign): string => `src/model/${resource.plural}.ts`;
export const derivedPath = (resource: ResourceDesign): string => `src/model/derived/${resource.plural}.ts`;
export const givenPath = 'test/support/given.ts';

const listed = (
  names: Readonly<Record<string, string>>,
  isType: boolean,
): readonly (readonly [string, SymbolSource])[] =>
  Object.entries(names).flatMap(([module, text]) => text.split(' ').map((name) => [name, { module, isType }] as const));

export type SymbolTable = ReadonlyMap<string, SymbolSource>;

/** All shared names of an application. */
export const createSymbols = (design: Design): SymbolTable =>
  new Map([...listed(valueNames, false), ...listed(typeNames, true), ...design.resources.flatMap(modelNames)]);
