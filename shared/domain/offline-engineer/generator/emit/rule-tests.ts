/** Prints `test/resources/<plural>-rules.test.ts`: each sentence of the specification, shown to hold. */
import { findField } from '../design.ts';
import type { Design, ListEndpoint, ResourceDesign, TransitionRule } from '../design.ts';
import { printInline } from '../literal.ts';
import { member, propertyName, quote } from '../print.ts';
import type { Play } from '../scenario/build.ts';
import type {
  Catalogue,
  ComputedScenario,
  EffectScenario,
  ResourceScenarios,
  RuleScenario,
} from '../scenario/catalogue.ts';
import { recordAt, recordsOf } from '../simulation/world.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { routesPath } from './routes.ts';
import { createTestFile, printSuite, printTest } from './test-file.ts';
import { labelOf, printExpected, printGivens, printPlay } from './test-play.ts';

interface Printer {
  readonly design: Design;
  readonly resource: ResourceDesign;
  readonly file: SourceFile;
}

const successStatus = (play: Play): number =>
  ({ create: 201, update: 200, delete: 204, action: 200 })[play.scenario.act.kind];

const occasionWords = (resource: ResourceDesign, occasion: string): string =>
  ['create', 'update', 'delete'].includes(occasion) ? occasion : `${occasion} (${resource.words})`;

const printRule = ({ design, resource, file }: Printer, { rule, occasion, refused, allowed }: RuleScenario): string => {
  const stored = recordsOf(refused.before, resource.name).length;
  const nothingWritten =
    refused.scenario.act.kind === 'create'
      ? `    assert.equal(${file.use('openStores')}(database).${resource.store}.find().length, ${stored});\n`
      : '';
  const refusal = [
    printPlay(design, resource, refused, file),
    `    assert.equal(reply.status, ${rule.status});\n`,
    `    assert.equal(reply.body['detail'], ${quote(rule.message)});\n`,
    rule.field === undefined
      ? ''
      : `    assert.deepEqual(${file.use('errorFields')}(reply), [${quote(rule.field)}]);\n`,
    nothingWritten,
  ].join('');
  const tests = [printTest('is refused', refusal)];
  if (allowed) {
    const body = `${printPlay(design, resource, allowed, file)}    assert.equal(reply.status, ${successStatus(allowed)});\n`;
    tests.push(printTest('is possible otherwise', body));
  }
  return printSuite(`${rule.source.trim()} [${occasionWords(resource, occasion)}]`, tests);
};

/** Checks of the fields that an effect sets, on the records that are there afterwards. */
const effectChecks = (
  { resource, file }: Printer,
  play: Play,
  rule: EffectScenario['rule'],
): { readonly labels: readonly string[]; readonly code: string } => {
  if (!play.outcome.ok) return { labels: [], code: '' };
  const { world, record } = play.outcome;
  const labels: string[] = [];
  const lines = rule.assign.flatMap(({ through, field: name }) => {
    if (through === undefined) {
      const value = recordAt(world, resource.name, record.id)?.[name] ?? null;
      return play.scenario.act.kind === 'delete'
        ? []
        : [`    assert.equal(reply.body[${quote(name)}], ${printExpected(play, value)});\n`];
    }
    const target = findField(resource, through)?.field.reference?.resource;
    const id = record[through];
    const label = typeof id === 'string' ? labelOf(play, id) : undefined;
    if (target === undefined || label === undefined) return [];
    labels.push(label);
    const store = world.design.resource(target).store;
    const value = recordAt(world, target, id)?.[name] ?? null;
    const stored = member(`${file.use('openStores')}(database).${store}.require(${label}.id)`, name);
    return [`    assert.equal(${stored}, ${printExpected(play, value)});\n`];
  });
  return { labels, code: [...new Set(lines)].join('') };
};

const printEffectTest = (printer: Printer, play: Play, rule: EffectScenario['rule'], name: string): string => {
  const { labels, code } = effectChecks(printer, play, rule);
  const body = [
    printPlay(printer.design, printer.resource, play, printer.file, labels),
    `    assert.equal(reply.status, ${successStatus(play)});\n`,
    code,
  ].join('');
  return printTest(name, body);
};

const printEffect = (printer: Printer, { rule, occasion, applied, spared }: EffectScenario): string =>
  printSuite(`${rule.source.trim()} [after ${occasionWords(printer.resource, occasion)}]`, [
    printEffectTest(printer, applied, rule, 'follows'),
    ...(spared ? [printEffectTest(printer, spared, rule, 'does not follow otherwise')] : []),
  ]);

const printActions = (printer: Printer, scenarios: ResourceScenarios): string => {
  const { design, resource, file } = printer;
  const tests = [...scenarios.actions].map(([action, play]) => {
    const record = play.outcome.ok ? play.outcome.record : undefined;
    const names = [
      ...new Set([
        ...Object.keys('body' in play.scenario.act ? play.scenario.act.body : {}),
        ...action.assign.map(({ field }) => field),
      ]),
    ];
    const checks = names.map((name) => {
      const check = Array.isArray(record?.[name]) ? 'deepEqual' : 'equal';
      return `    assert.${check}(reply.body[${quote(name)}], ${printExpected(play, record?.[name] ?? null)});\n`;
    });
    const body = [printPlay(design, resource, play, file), '    assert.equal(reply.status, 200);\n', ...checks].join(
      '',
    );
    return printTest(`${action.method} ${action.path}`, body);
  });
  return printSuite('actions', tests);
};

const printMove = (printer: Printer, rule: TransitionRule, from: string, to: string): string => {
  const { resource, file } = printer;
  const path = `\`/${resource.plural}/\${${resource.variable}.id}\``;
  const key = propertyName(rule.field);
  return [
    `    const ${resource.variable} = ${file.use(`give${resource.pascal}`)}(database, { ${key}: ${quote(from)} });\n`,
    `    const reply = await ${file.use('call')}(answer, 'PATCH', ${path}, { ${key}: ${quote(to)} });\n`,
  ].join('');
};

const printTransition = (printer: Printer, rule: TransitionRule): string => {
  const { resource } = printer;
  const field = findField(resource, rule.field);
  const words = field?.field.values ?? [];
  if (field?.isWritable !== true || !resource.resource.operations.includes('update')) return '';
  const refused = words.flatMap((from) =>
    words.filter((to) => to !== from && !(rule.moves[from] ?? []).includes(to)).map((to) => [from, to] as const),
  );
  const tests = refused
    .slice(0, 12)
    .map(([from, to]) =>
      printTest(
        `does not go from ${from} to ${to}`,
        `${printMove(printer, rule, from, to)}    assert.equal(reply.status, 409);\n    assert.deepEqual(${printer.file.use('errorFields')}(reply), [${quote(rule.field)}]);\n`,
      ),
    );
  const isFree =
    resource.forbids.every(({ on }) => !on.includes('update')) &&
    resource.effects.every(({ on }) => !on.includes('update'));
  const allowed = isFree ? words.flatMap((from) => (rule.moves[from] ?? []).map((to) => [from, to] as const)) : [];
  const moves = allowed
    .slice(0, 12)
    .map(([from, to]) =>
      printTest(
        `goes from ${from} to ${to}`,
        `${printMove(printer, rule, from, to)}    assert.equal(reply.status, 200);\n    assert.equal(reply.body[${quote(rule.field)}], ${quote(to)});\n`,
      ),
    );
  return printSuite(rule.source.trim(), [...moves, ...tests, ...printStarts(printer, rule, words)]);
};

const printStarts = (
  { design, resource, file }: Printer,
  rule: TransitionRule,
  words: readonly string[],
): readonly string[] => {
  if (rule.initial.length === 0 || !resource.resource.operations.includes('create')) return [];
  const other = words.find((word) => !rule.initial.includes(word));
  if (other === undefined) return [];
  const references = resource.references.filter(({ field }) => !field.isNullable && field.isWritable);
  const values = references.map(
    ({ field, target }) =>
      `${propertyName(field.name)}: ${file.use(`give${design.resource(target).pascal}`)}(database).id`,
  );
  const body = `${file.use(`new${resource.pascal}Body`)}({ ${[...values, `${propertyName(rule.field)}: ${quote(other)}`].join(', ')} })`;
  return [
    printTest(
      `does not start as ${other}`,
      `    const body = ${body};\n    const reply = await ${file.use('call')}(answer, 'POST', '/${resource.plural}', body);\n    assert.equal(reply.status, 409);\n    assert.deepEqual(${file.use('errorFields')}(reply), [${quote(rule.field)}]);\n`,
    ),
  ];
};

const printComputed = ({ design, resource, file }: Printer, { field, plays }: ComputedScenario): string => {
  if (!resource.resource.operations.includes('read')) return '';
  const tests = plays.map(({ play, value }) => {
    const target = resource.variable;
    const body = [
      printGivens(design, play.scenario.givens, file, { extra: [target] }),
      `    const reply = await ${file.use('call')}(answer, 'GET', \`/${resource.plural}/\${${target}.id}\`);\n`,
      `    assert.equal(reply.body[${quote(field.name)}], ${printExpected(play, value)});\n`,
    ].join('');
    return printTest(
      `is ${printInline(value)} ${play.scenario.givens.length > 1 ? 'with what is given' : 'by itself'}`,
      body,
    );
  });
  const distinct = new Map(tests.map((test) => [test.split('\n')[0], test]));
  return printSuite(`${field.name}: ${field.field.source.trim()}`, [...distinct.values()]);
};

const printNarrowed = ({ design, resource, file }: Printer, endpoint: ListEndpoint): string => {
  if (!endpoint.parent || endpoint.where) return '';
  const parent = design.resource(endpoint.parent.resource);
  const path = endpoint.path.replace(/:\w+/u, '${parent.id}');
  const missing = endpoint.path.replace(/:\w+/u, '00000000-0000-4000-8000-000000000000');
  const key = propertyName(endpoint.parent.field);
  const body = [
    `    const parent = ${file.use(`give${parent.pascal}`)}(database);\n`,
    `    const record = ${file.use(`give${resource.pascal}`)}(database, { ${key}: parent.id });\n`,
    `    give${resource.pascal}(database);\n`,
    `    const reply = await ${file.use('call')}(answer, 'GET', \`${path}\`);\n`,
    `    assert.deepEqual(${file.use('itemIds')}(reply), [record.id]);\n    assert.equal(reply.body['total'], 1);\n`,
    `    assert.equal((await call(answer, 'GET', '${missing}')).status, 404);\n`,
  ].join('');
  return printSuite(`GET ${endpoint.path}`, [printTest('lists those and no others', body)]);
};

export const ruleTestPath = (resource: ResourceDesign): string => `test/resources/${resource.plural}-rules.test.ts`;

/** The tests of a resource's rules, or nothing when it has none. */
export const printRuleTests = (
  catalogue: Catalogue,
  scenarios: ResourceScenarios,
  symbols: SymbolTable,
): SourceFile | undefined => {
  const { resource } = scenarios;
  const file = createTestFile(
    ruleTestPath(resource),
    symbols,
    `What the specification says of ${resource.pluralWords}, sentence by sentence.`,
    [{ name: `${resource.camel}Routes`, module: routesPath(resource) }],
  );
  const printer: Printer = { design: catalogue.design, resource, file };
  const suites = [
    ...resource.transitions.map((rule) => printTransition(printer, rule)),
    ...scenarios.rules.map((scenario) => printRule(printer, scenario)),
    ...scenarios.effects.map((scenario) => printEffect(printer, scenario)),
    printActions(printer, scenarios),
    ...scenarios.computed.map((scenario) => printComputed(printer, scenario)),
    ...resource.lists.map((endpoint) => printNarrowed(printer, endpoint)),
  ].filter((suite) => suite !== '');
  if (suites.length === 0) return undefined;
  file.add(...suites);
  return file;
};
