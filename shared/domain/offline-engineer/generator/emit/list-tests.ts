/** Prints the tests of a list: pages, filters, order and search. */
import { findField } from '../design.ts';
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { printInline } from '../literal.ts';
import { propertyName } from '../print.ts';
import { acceptsValue } from '../simulation/accepts.ts';
import { sampleValue } from '../sample/values.ts';
import type { SourceFile } from '../source-file.ts';
import { searchableFields, sortableFields } from './routes.ts';
import { printTest } from './test-file.ts';

const get = (file: SourceFile, path: string): string => `await ${file.use('call')}(answer, 'GET', ${path})`;

const printPages = (design: Design, resource: ResourceDesign, file: SourceFile): readonly string[] => {
  const give = file.use(`give${resource.pascal}`);
  const path = `/${resource.plural}`;
  const { defaultLimit, maxLimit } = design.model.pagination;
  const pages = [
    `    const ids = [${give}(database), ${give}(database), ${give}(database)].map(({ id }) => id);\n`,
    `    const whole = ${get(file, `'${path}'`)};\n    assert.equal(whole.status, 200);\n`,
    `    assert.deepEqual(${file.use('itemIds')}(whole), ids);\n    assert.equal(whole.body['total'], 3);\n`,
    `    assert.equal(whole.body['limit'], ${defaultLimit});\n    assert.equal(whole.body['offset'], 0);\n`,
    `    const part = ${get(file, `'${path}?limit=1&offset=1'`)};\n`,
    "    assert.deepEqual(itemIds(part), ids.slice(1, 2));\n    assert.equal(part.body['total'], 3);\n",
  ].join('');
  const refused = [
    `    for (const query of ['limit=0', 'limit=${maxLimit + 1}', 'limit=many', 'offset=-1', 'sort=surprise', 'surprise=1']) {\n`,
    `      assert.equal((${get(file, `\`${path}?\${query}\``)}).status, 400, query);\n    }\n`,
    `    assert.equal((${get(file, `'${path}?limit=${maxLimit}'`)}).status, 200);\n`,
  ].join('');
  return [
    printTest('answers page by page, oldest first', pages),
    printTest('refuses pages and parameters that it does not know', refused),
  ];
};

/** Two different values that a field can have, the lesser first; nothing when there are none. */
const twoValues = (field: FieldDesign): readonly [string, string] | undefined => {
  if (field.type === 'reference' || field.isComputed) return undefined;
  if (field.type === 'boolean') return ['false', 'true'];
  if (field.type === 'string_list') {
    return acceptsValue(field, ['amber']) ? ["['amber']", "['birch']"] : undefined;
  }
  const values = [sampleValue(field, 1), sampleValue(field, 2)].filter((value) => acceptsValue(field, value));
  const [first, second] = values.map(printInline);
  return first === undefined || second === undefined || first === second ? undefined : [first, second];
};

const queryValue = (field: FieldDesign, code: string): string =>
  field.type === 'string_list' ? 'birch' : encodeURIComponent(code.replace(/^['"](?<text>.*)['"]$/u, '$<text>'));

const printFilter = (design: Design, resource: ResourceDesign, field: FieldDesign, file: SourceFile): string => {
  const give = file.use(`give${resource.pascal}`);
  const key = propertyName(field.name);
  const target = field.field.reference && design.resource(field.field.reference.resource);
  const values = twoValues(field);
  if (target) {
    const giveTarget = file.use(`give${target.pascal}`);
    const body = [
      `    const wanted = ${giveTarget}(database);\n`,
      `    const record = ${give}(database, { ${key}: wanted.id });\n`,
      `    ${give}(database, { ${key}: ${giveTarget}(database).id });\n`,
      `    const reply = ${get(file, `\`/${resource.plural}?${field.name}=\${wanted.id}\``)};\n`,
      `    assert.deepEqual(${file.use('itemIds')}(reply), [record.id]);\n`,
      `    assert.equal((${get(file, `'/${resource.plural}?${field.name}=nobody'`)}).status, 400);\n`,
    ].join('');
    return printTest(`can be narrowed by ${field.name}`, body);
  }
  if (!values) return '';
  const body = [
    `    ${give}(database, { ${key}: ${values[0]} });\n`,
    `    const record = ${give}(database, { ${key}: ${values[1]} });\n`,
    `    const reply = ${get(file, `'/${resource.plural}?${field.name}=${queryValue(field, values[1])}'`)};\n`,
    `    assert.deepEqual(${file.use('itemIds')}(reply), [record.id]);\n`,
  ].join('');
  return printTest(`can be narrowed by ${field.name}`, body);
};

/** Compares as the lists do: numbers by size, text by letters without regard to case. */
const isAscending = ([first, second]: readonly [string, string]): boolean => {
  const [left, right] = [Number(first), Number(second)];
  return Number.isNaN(left) || Number.isNaN(right) ? first.toLowerCase() < second.toLowerCase() : left < right;
};

const printSort = (resource: ResourceDesign, file: SourceFile): string => {
  const field = sortableFields(resource)
    .map((name) => findField(resource, name))
    .find((candidate) => candidate && candidate.type !== 'boolean' && twoValues(candidate));
  const values = field && twoValues(field);
  if (!field || !values) return '';
  const [low, high] = isAscending(values) ? values : [values[1], values[0]];
  const give = file.use(`give${resource.pascal}`);
  const body = [
    `    const high = ${give}(database, { ${propertyName(field.name)}: ${high} });\n`,
    `    const low = ${give}(database, { ${propertyName(field.name)}: ${low} });\n`,
    `    const up = ${get(file, `'/${resource.plural}?sort=${field.name}'`)};\n    assert.deepEqual(${file.use('itemIds')}(up), [low.id, high.id]);\n`,
    `    const down = ${get(file, `'/${resource.plural}?sort=-${field.name}'`)};\n    assert.deepEqual(itemIds(down), [high.id, low.id]);\n`,
  ].join('');
  return printTest(`can be sorted by ${field.name}, both ways`, body);
};

const printSearch = (resource: ResourceDesign, file: SourceFile): string => {
  const field = searchableFields(resource)
    .map((name) => findField(resource, name))
    .find((candidate) => candidate && acceptsValue(candidate, 'A needle here'));
  if (!field) return '';
  const give = file.use(`give${resource.pascal}`);
  const body = [
    `    const record = ${give}(database, { ${propertyName(field.name)}: 'A needle here' });\n`,
    `    ${give}(database);\n`,
    `    const reply = ${get(file, `'/${resource.plural}?q=NEEDLE'`)};\n    assert.deepEqual(${file.use('itemIds')}(reply), [record.id]);\n`,
  ].join('');
  return printTest(`can be searched in ${field.name} without regard to case`, body);
};

/** The tests of a resource's list. */
export const printListTests = (design: Design, resource: ResourceDesign, file: SourceFile): readonly string[] => {
  const filters = resource.resource.filterable.flatMap((name) => {
    const field = findField(resource, name);
    return field ? [printFilter(design, resource, field, file)] : [];
  });
  return [
    ...printPages(design, resource, file),
    ...filters,
    printSort(resource, file),
    printSearch(resource, file),
  ].filter((test) => test !== '');
};
