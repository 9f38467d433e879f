/** Prints `test/pages/<plural>.test.ts`: the pages used as a person would use them. */
import type { FieldDesign, ResourceDesign } from '../design.ts';
import { quote, propertyName } from '../print.ts';
import type { Catalogue, ResourceScenarios } from '../scenario/catalogue.ts';
import { fullBodySlots } from '../scenario/plan.ts';
import { isGivenSlot } from '../scenario/scenario.ts';
import type { Slot } from '../scenario/scenario.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { isDemanded } from './fields.ts';
import { pagesPath } from './pages.ts';
import { createTestFile, printSuite, printTest } from './test-file.ts';
import { printGivens } from './test-play.ts';

export const pagesTestPath = (resource: ResourceDesign): string => `test/pages/${resource.plural}.test.ts`;

/** A value as a form sends it. */
const formText = (slot: Slot): string => {
  if (isGivenSlot(slot)) return `${slot.given}.id`;
  return quote(Array.isArray(slot) ? slot.join('\n') : String(slot));
};

const printForm = (body: Readonly<Record<string, Slot>>): string => {
  const entries = Object.entries(body)
    .filter(([, slot]) => slot !== null && slot !== false)
    .map(([name, slot]) => `      ${propertyName(name)}: ${formText(slot)},\n`);
  return entries.length === 0 ? '{}' : `{\n${entries.join('')}    }`;
};

const labelChecks = (resource: ResourceDesign): string =>
  resource.stored
    .filter((field) => field.isWritable)
    .map((field) => `    assert.match(reply.text, /<label for="new-${field.name}">/u);\n`)
    .join('');

const printCreateTest = (catalogue: Catalogue, { resource, created }: ResourceScenarios, file: SourceFile): string => {
  if (created?.scenario.act.kind !== 'create') return '';
  const { givens, act } = created.scenario;
  const body = fullBodySlots(resource, act.body, catalogue.samples);
  const test = [
    printGivens(catalogue.design, givens, file, { act }),
    `    const reply = await ${file.use('submit')}(answer, '/pages/${resource.plural}', ${printForm(body)});\n`,
    `    assert.equal(reply.status, 303);\n    assert.equal(reply.headers.get('location'), '/pages/${resource.plural}');\n`,
    `    assert.match((await ${file.use('call')}(answer, 'GET', '/pages/${resource.plural}')).text, /1–\\d+ of \\d+/u);\n`,
  ].join('');
  return printTest('take a new record from their form', test);
};

const printRefusalTest = (resource: ResourceDesign, file: SourceFile): string => {
  const demanded: readonly FieldDesign[] = resource.stored.filter(isDemanded);
  if (demanded.length === 0) return '';
  return printTest(
    'say what is wrong with a form and store nothing',
    `    const reply = await ${file.use('submit')}(answer, '/pages/${resource.plural}', {});\n    assert.equal(reply.status, 422);\n    assert.match(reply.text, /role="alert"/u);\n    assert.equal(${file.use('openStores')}(database).${resource.store}.find().length, 0);\n`,
  );
};

/** The tests of one resource's pages. */
export const printPagesTests = (
  catalogue: Catalogue,
  scenarios: ResourceScenarios,
  symbols: SymbolTable,
): SourceFile => {
  const { resource } = scenarios;
  const file = createTestFile(pagesTestPath(resource), symbols, `The pages of ${resource.pluralWords}.`, [
    { name: `${resource.camel}Pages`, module: pagesPath(resource) },
  ]);
  const { operations } = resource.resource;
  const give = file.use(`give${resource.pascal}`);
  const deletable = scenarios.deleted?.scenario.givens.length === 1;
  const tests = [
    printTest(
      'are empty at first',
      `    const reply = await ${file.use('call')}(answer, 'GET', '/pages/${resource.plural}');\n    assert.equal(reply.status, 200);\n    assert.match(reply.text, /Nothing here yet/u);\n${operations.includes('create') ? labelChecks(resource) : ''}`,
    ),
    printTest(
      'list the records and show each of them',
      `    const record = ${give}(database);\n    const table = await ${file.use('call')}(answer, 'GET', '/pages/${resource.plural}');\n    assert.ok(table.text.includes(\`href="pages/${resource.plural}/\${record.id}"\`));\n    assert.equal((await call(answer, 'GET', \`/pages/${resource.plural}/\${record.id}\`)).status, 200);\n    assert.equal((await call(answer, 'GET', '/pages/${resource.plural}/nobody')).status, 404);\n`,
    ),
    ...(operations.includes('create')
      ? [printCreateTest(catalogue, scenarios, file), printRefusalTest(resource, file)]
      : []),
    ...(operations.includes('delete') && deletable
      ? [
          printTest(
            'delete a record',
            `    const record = ${give}(database);\n    const reply = await ${file.use('submit')}(answer, \`/pages/${resource.plural}/\${record.id}/delete\`, {});\n    assert.equal(reply.status, 303);\n    assert.equal(${file.use('openStores')}(database).${resource.store}.get(record.id), undefined);\n`,
          ),
        ]
      : []),
  ].filter((test) => test !== '');
  file.add(printSuite(`the pages of ${resource.pluralWords}`, tests));
  return file;
};
