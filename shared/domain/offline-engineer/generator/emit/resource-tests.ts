/** Prints `test/resources/<plural>.test.ts`: the JSON interface of a resource, operation by operation. */
import { isRemovable } from '../cascades.ts';
import { referencesTo } from '../design.ts';
import type { Design, FieldDesign, ResourceDesign } from '../design.ts';
import { camelCase, withArticle } from '../names.ts';
import { printInline } from '../literal.ts';
import { member, propertyName, quote } from '../print.ts';
import type { Catalogue, ResourceScenarios } from '../scenario/catalogue.ts';
import { demandedFields, sampleValue } from '../sample/values.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { routesPath } from './routes.ts';
import { printListTests } from './list-tests.ts';
import { createTestFile, printSuite, printTest } from './test-file.ts';
import { printAct, printExpected, printGivens, printPlay, printSlots } from './test-play.ts';

interface Printer {
  readonly design: Design;
  readonly resource: ResourceDesign;
  readonly scenarios: ResourceScenarios;
  readonly file: SourceFile;
}

const unknownId = '00000000-0000-4000-8000-000000000000';

/** A stored value that an answer must show, for each field that was sent or has a default of its own. */
const printFieldChecks = (printer: Printer): string => {
  const { created } = printer.scenarios;
  if (!created?.outcome.ok) return '';
  const { record } = created.outcome;
  const sent = created.scenario.act.kind === 'create' ? created.scenario.act.body : {};
  const isShown = (field: FieldDesign): boolean => {
    const isSentExactly = field.name in sent;
    const isDefault = !demandedFields(printer.resource).includes(field) && !isSentExactly;
    return isSentExactly || isDefault;
  };
  return printer.resource.stored
    .filter(isShown)
    .map((field) => {
      const value = record[field.name] ?? null;
      const check = field.column === 'list' ? 'deepEqual' : 'equal';
      return `    assert.${check}(reply.body[${quote(field.name)}], ${printExpected(created, value)});\n`;
    })
    .join('');
};

const printCreateTests = (printer: Printer): readonly string[] => {
  const { design, resource, scenarios, file } = printer;
  const { created } = scenarios;
  if (!created) return [];
  const body = [
    printPlay(design, resource, created, file),
    '    assert.equal(reply.status, 201);\n',
    `    assert.equal(reply.headers.get('location'), \`/${resource.plural}/\${String(reply.body['id'])}\`);\n`,
    "    assert.equal(reply.body['createdAt'], '2030-01-15T12:00:00.000Z');\n",
    printFieldChecks(printer),
    resource.resource.operations.includes('read')
      ? `    const found = await ${file.use('call')}(answer, 'GET', \`/${resource.plural}/\${String(reply.body['id'])}\`);\n    assert.deepEqual(found.body, reply.body);\n`
      : '',
  ].join('');
  return [
    printTest(`stores ${withArticle(resource.words)} and gives it an address`, body),
    ...printRefusedBodies(printer),
  ];
};

/** The givens of a creation, and its body as an expression. */
const printValidBody = ({
  resource,
  scenarios,
  design,
  file,
}: Printer): { readonly givens: string; readonly body: string } => {
  const { created } = scenarios;
  if (created?.scenario.act.kind !== 'create') return { givens: '', body: '{}' };
  const { givens, act } = created.scenario;
  const entries = printSlots(act.body);
  return {
    givens: printGivens(design, givens, file, { act }),
    body: `${file.use(`new${resource.pascal}Body`)}(${entries.length === 0 ? '' : `{ ${entries.join(', ')} }`})`,
  };
};

const printRefusedBodies = (printer: Printer): readonly string[] => {
  const { resource, file } = printer;
  const { givens, body } = printValidBody(printer);
  const demanded = demandedFields(resource).map(({ name }) => quote(name));
  const post = (value: string): string => `await ${file.use('call')}(answer, 'POST', '/${resource.plural}', ${value})`;
  const system = ['id', ...resource.fields.filter((field) => !field.isWritable).map(({ name }) => name)].map(quote);
  return [
    ...(demanded.length === 0
      ? []
      : [
          printTest(
            'refuses a body without what is required, and names each field',
            `    const reply = ${post('{}')};\n    assert.equal(reply.status, 422);\n    assert.deepEqual([...${file.use('errorFields')}(reply)].sort(), [${[...demanded].sort().join(', ')}]);\n`,
          ),
        ]),
    printTest(
      'refuses fields that it does not know or that only the application sets',
      `${givens}    for (const name of ['surprise', ${system.join(', ')}]) {\n      const body = { ...${body}, [name]: null };\n      const reply = ${post('body')};\n      assert.equal(reply.status, 422, name);\n      assert.deepEqual(${file.use('errorFields')}(reply), [name]);\n    }\n`,
    ),
    printTest(
      'refuses what is not JSON, not an object, or not called JSON',
      [
        `    const headers = { 'content-type': 'application/json' };\n`,
        `    const broken = await ${file.use('send')}(answer, '/${resource.plural}', { method: 'POST', headers, body: '{"' });\n`,
        '    assert.equal(broken.status, 400);\n',
        `    assert.equal((${post('[]')}).status, 400);\n`,
        `    const untyped = await send(answer, '/${resource.plural}', { method: 'POST', body: '{}' });\n`,
        '    assert.equal(untyped.status, 415);\n',
      ].join(''),
    ),
    ...printMissingReferences(printer),
    ...printTwins(printer),
  ];
};

const printMissingReferences = (printer: Printer): readonly string[] => {
  const { resource, file } = printer;
  const writable = resource.references.filter(({ field }) => field.isWritable);
  if (writable.length === 0) return [];
  const { givens, body } = printValidBody(printer);
  const names = writable.map(({ field }) => quote(field.name));
  const test = [
    givens,
    `    const unknownId = '${unknownId}';\n`,
    `    for (const name of [${names.join(', ')}]) {\n`,
    `      const body = { ...${body}, [name]: unknownId };\n`,
    `      const reply = await ${file.use('call')}(answer, 'POST', '/${resource.plural}', body);\n`,
    '      assert.equal(reply.status, 422, name);\n',
    `      assert.deepEqual(${file.use('errorFields')}(reply), [name]);\n    }\n`,
  ].join('');
  return [printTest('refuses references to records that do not exist', test)];
};

/** References that keep the second record from being a twin in another way as well. */
const otherReferences = ({ design, resource, file }: Printer, names: readonly string[]): readonly string[] => {
  const others = resource.resource.unique.filter((set) => set !== names).flat();
  return resource.references
    .filter(({ field }) => field.isWritable && others.includes(field.name) && !names.includes(field.name))
    .map(({ field, target }) => {
      const give = file.use(`give${design.resource(target).pascal}`);
      return `${propertyName(field.name)}: ${give}(database).id`;
    });
};

const printTwins = (printer: Printer): readonly string[] => {
  const { resource, file, scenarios } = printer;
  const { givens, body } = printValidBody(printer);
  if (!scenarios.created) return [];
  return resource.resource.unique
    .filter((names) => names.every((name) => resource.stored.some((field) => field.name === name && field.isWritable)))
    .map((names) => {
      const optional = names.flatMap((name) =>
        resource.stored.filter((field) => field.name === name && field.isNullable),
      );
      const sent = optional.length === 0 ? body : undefined;
      if (sent === undefined) return '';
      const copied = names.map((name) => `${propertyName(name)}: ${member('body', name)}`);
      const test = [
        givens,
        `    const body = ${sent};\n`,
        `    assert.equal((await ${file.use('call')}(answer, 'POST', '/${resource.plural}', body)).status, 201);\n`,
        `    const copy = { ...${sent}, ${[...otherReferences(printer, names), ...copied].join(', ')} };\n`,
        `    const reply = await call(answer, 'POST', '/${resource.plural}', copy);\n`,
        '    assert.equal(reply.status, 409);\n',
        `    assert.deepEqual(${file.use('errorFields')}(reply), [${names.map(quote).join(', ')}]);\n`,
      ].join('');
      return printTest(`refuses a second ${resource.words} with the same ${names.join(' and ')}`, test);
    })
    .filter((test) => test !== '');
};

const printUpdateTests = (printer: Printer): readonly string[] => {
  const { design, resource, scenarios, file } = printer;
  const { updated } = scenarios;
  const tests: string[] = [];
  if (updated?.outcome.ok && updated.scenario.act.kind === 'update') {
    const { record } = updated.outcome;
    const target = updated.scenario.act.target;
    const checks = Object.keys(updated.scenario.act.body).map((name) => {
      const check = Array.isArray(record[name]) ? 'deepEqual' : 'equal';
      return `    assert.${check}(reply.body[${quote(name)}], ${printExpected(updated, record[name] ?? null)});\n`;
    });
    const body = [
      printGivens(design, updated.scenario.givens, file, { act: updated.scenario.act }),
      '    clock.advance(1000);\n',
      printAct(resource, updated.scenario.act, file),
      '    assert.equal(reply.status, 200);\n',
      ...checks,
      `    assert.equal(reply.body['id'], ${target}.id);\n`,
      `    assert.equal(reply.body['createdAt'], ${target}.createdAt);\n`,
      "    assert.equal(reply.body['updatedAt'], '2030-01-15T12:00:01.000Z');\n",
    ].join('');
    tests.push(printTest('changes what is sent and leaves the rest', body));
  }
  const fixed = resource.stored.find(
    ({ field, isWritable, type }) => field.immutable === true && isWritable && type !== 'reference',
  );
  if (fixed && scenarios.updated) tests.push(printFixedTest(printer, fixed));
  tests.push(
    printTest(
      'answers 404 for one that does not exist',
      `    assert.equal((await ${file.use('call')}(answer, 'PATCH', '/${resource.plural}/${unknownId}', {})).status, 404);\n`,
    ),
  );
  return tests;
};

const printFixedTest = ({ design, resource, file, scenarios }: Printer, field: FieldDesign): string => {
  const target = resource.variable;
  const other = printInline(sampleValue(field, 7));
  const body = [
    printGivens(design, scenarios.updated?.scenario.givens ?? [], file, { extra: [target] }),
    `    const body = { ${propertyName(field.name)}: ${other} };\n`,
    `    const reply = await ${file.use('call')}(answer, 'PATCH', \`/${resource.plural}/\${${target}.id}\`, body);\n`,
    '    assert.equal(reply.status, 422);\n',
    `    assert.deepEqual(${file.use('errorFields')}(reply), [${quote(field.name)}]);\n`,
  ].join('');
  return printTest(`does not change ${field.name} once it is set`, body);
};

const printDeleteTests = (printer: Printer): readonly string[] => {
  const { design, resource, scenarios, file } = printer;
  const { deleted } = scenarios;
  const path = `/${resource.plural}`;
  const tests: string[] = [];
  if (deleted?.outcome.ok && deleted.scenario.act.kind === 'delete') {
    const { target } = deleted.scenario.act;
    const body = [
      printPlay(design, resource, deleted, file),
      '    assert.equal(reply.status, 204);\n',
      `    assert.equal(${file.use('openStores')}(database).${resource.store}.get(${target}.id), undefined);\n`,
      `    assert.equal((await ${file.use('call')}(answer, 'DELETE', \`${path}/\${${target}.id}\`)).status, 404);\n`,
    ].join('');
    tests.push(printTest('removes the record', body), ...printDependentTests(printer));
  }
  return tests;
};

const printDependentTests = ({ design, resource, scenarios, file }: Printer): readonly string[] => {
  const { deleted } = scenarios;
  if (!deleted || deleted.scenario.act.kind !== 'delete') return [];
  const { target } = deleted.scenario.act;
  const { givens, act } = deleted.scenario;
  const incoming = referencesTo(design, resource).filter(({ from }) => from.name !== resource.name);
  return incoming
    .filter(({ from, onDelete }) => {
      const isFreeOfRules =
        from.forbids.every((rule) => !rule.on.includes('delete')) &&
        from.effects.every((rule) => !rule.on.includes('delete'));
      const isPlain = onDelete !== 'cascade' || (isFreeOfRules && isRemovable(from));
      return isPlain && resource.forbids.every((rule) => !rule.on.includes('delete'));
    })
    .map(({ from, field, onDelete }) => {
      const variable = camelCase(`dependent-${from.name}`);
      const found = `${file.use('openStores')}(database).${from.store}.get(${variable}.id)`;
      const outcome = {
        restrict: [
          '    assert.equal(reply.status, 409);\n',
          `    assert.ok(openStores(database).${resource.store}.get(${target}.id));\n    assert.ok(${found});\n`,
        ].join(''),
        cascade: `    assert.equal(reply.status, 204);\n    assert.equal(${found}, undefined);\n`,
        set_null: `    assert.equal(reply.status, 204);\n    assert.equal(${member(`${found}?`, field.name)}, null);\n`,
      }[onDelete];
      const body = [
        printGivens(design, givens, file, { act, extra: [target] }),
        `    const ${variable} = ${file.use(`give${from.pascal}`)}(database, { ${propertyName(field.name)}: ${target}.id });\n`,
        printAct(resource, act, file),
        outcome,
      ].join('');
      const what = { restrict: 'is refused while', cascade: 'removes', set_null: 'empties the reference of' }[onDelete];
      const name =
        onDelete === 'restrict'
          ? `${what} ${from.pluralWords} refer to it by ${field.name}`
          : `${what} the ${from.pluralWords} that refer to it by ${field.name}`;
      return printTest(name, body);
    });
};

const printReadTests = ({ resource, file }: Printer): readonly string[] => [
  printTest(
    'answers 404 for one that does not exist',
    `    const reply = await ${file.use('call')}(answer, 'GET', '/${resource.plural}/${unknownId}');\n    assert.equal(reply.status, 404);\n    assert.equal(reply.headers.get('content-type'), 'application/problem+json');\n`,
  ),
];

export const resourceTestPath = (resource: ResourceDesign): string => `test/resources/${resource.plural}.test.ts`;

/** The tests of one resource's JSON interface. */
export const printResourceTests = (
  catalogue: Catalogue,
  scenarios: ResourceScenarios,
  symbols: SymbolTable,
): SourceFile => {
  const { resource } = scenarios;
  const file = createTestFile(resourceTestPath(resource), symbols, `The JSON interface of ${resource.pluralWords}.`, [
    { name: `${resource.camel}Routes`, module: routesPath(resource) },
  ]);
  const printer: Printer = { design: catalogue.design, resource, scenarios, file };
  const { operations } = resource.resource;
  const path = `/${resource.plural}`;
  file.add(
    operations.includes('create') ? printSuite(`POST ${path}`, printCreateTests(printer)) : '',
    operations.includes('read') ? printSuite(`GET ${path}/:id`, printReadTests(printer)) : '',
    operations.includes('list') ? printSuite(`GET ${path}`, printListTests(catalogue.design, resource, file)) : '',
    operations.includes('update') ? printSuite(`PATCH ${path}/:id`, printUpdateTests(printer)) : '',
    operations.includes('delete') ? printSuite(`DELETE ${path}/:id`, printDeleteTests(printer)) : '',
  );
  return file;
};
