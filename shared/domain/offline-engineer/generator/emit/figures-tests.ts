/** Prints the tests of an endpoint that answers figures: what it says with few records, and with others. */
import type { Expression } from '../../app-model.ts';
import { findField } from '../design.ts';
import type { Design, FiguresEndpoint, ResourceDesign } from '../design.ts';
import { kebabCase } from '../names.ts';
import { member, propertyName, quote } from '../print.ts';
import { playDirectly } from '../scenario/build.ts';
import type { Play } from '../scenario/build.ts';
import { testNow } from '../scenario/catalogue.ts';
import type { Catalogue } from '../scenario/catalogue.ts';
import { createPlan } from '../scenario/plan.ts';
import { vary } from '../scenario/search.ts';
import { evaluate, readField } from '../simulation/evaluate.ts';
import { recordAt, recordsOf } from '../simulation/world.ts';
import type { Value } from '../simulation/world.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { figuresPath, figuresRoutes } from './figures.ts';
import { createTestFile, printSuite, printTest } from './test-file.ts';
import { printExpected, printGivens } from './test-play.ts';

export const figuresTestPath = (endpoint: FiguresEndpoint): string =>
  `test/endpoints/${kebabCase(endpoint.name)}.test.ts`;

type Expressed = Extract<FiguresEndpoint['values'][number], { readonly expression: Expression }>;

const aggregateResources = (expression: Expression): readonly string[] => {
  switch (expression.kind) {
    case 'aggregate':
      return [expression.resource];
    case 'binary':
      return [...aggregateResources(expression.left), ...aggregateResources(expression.right)];
    case 'not':
    case 'one_of':
    case 'length':
      return aggregateResources(expression.operand);
    case 'date_add':
      return [...aggregateResources(expression.base), ...aggregateResources(expression.amount)];
    case 'literal':
    case 'field':
    case 'now':
    case 'today':
      return [];
  }
};

const subjectOf = (design: Design, endpoint: FiguresEndpoint, value: Expressed): ResourceDesign | undefined => {
  if (endpoint.parent) return design.resource(endpoint.parent.resource);
  const [first] = aggregateResources(value.expression);
  return first === undefined ? undefined : design.resource(first);
};

const printValueTests = (
  catalogue: Catalogue,
  endpoint: FiguresEndpoint,
  value: Expressed,
  file: SourceFile,
): readonly string[] => {
  const { design, samples } = catalogue;
  const subject = subjectOf(design, endpoint, value);
  if (!subject) return [];
  const plan = createPlan(design, subject, 'delete', { now: testNow, samples, conditions: [value.expression] });
  const valueIn = (play: Play): Value => {
    const record = recordAt(play.before, subject.name, play.ids.get(subject.variable));
    return evaluate(value.expression, { world: play.before, record: { resource: subject, record } });
  };
  const first = playDirectly(plan, new Map());
  const isOther = (play: Play): boolean =>
    valueIn(play) !== valueIn(first) && valueIn(play) !== 0 && valueIn(play) !== null;
  const other = vary({ plan, play: playDirectly }, isOther, new Map());
  const path = endpoint.path.replace(/:\w+/u, `\${${subject.variable}.id}`);
  return [first, ...(other ? [other.play] : [])].map((play, index) => {
    const extra = endpoint.parent ? [subject.variable] : [];
    const body = [
      printGivens(design, play.scenario.givens, file, { extra }),
      `    const reply = await ${file.use('call')}(answer, 'GET', ${endpoint.parent ? `\`${path}\`` : quote(path)});\n`,
      '    assert.equal(reply.status, 200);\n',
      `    assert.equal(reply.body[${quote(value.name)}], ${printExpected(play, valueIn(play))});\n`,
    ].join('');
    return printTest(`answers ${value.name}${index === 0 ? '' : ', and another one for other records'}`, body);
  });
};

const printCountTest = (catalogue: Catalogue, endpoint: FiguresEndpoint, file: SourceFile): readonly string[] =>
  endpoint.values.flatMap((value) => {
    if (!('countBy' in value)) return [];
    const { design, samples } = catalogue;
    const resource = design.resource(value.countBy.resource);
    const parent = endpoint.parent && design.resource(endpoint.parent.resource);
    const reference = resource.references.find(({ target }) => target === parent?.name);
    const play = playDirectly(createPlan(design, resource, 'delete', { now: testNow, samples }), new Map());
    const [record] = recordsOf(play.before, resource.name);
    const word = readField({ resource, record }, value.countBy.field, play.before);
    const isComputed = findField(resource, value.countBy.field)?.isComputed === true;
    const path = endpoint.path.replace(/:\w+/u, '${parent.id}');
    const link = reference ? `, { ${propertyName(reference.field.name)}: parent.id }` : '';
    const body = [
      parent ? `    const parent = ${file.use(`give${parent.pascal}`)}(database);\n` : '',
      `    const record = ${file.use(`give${resource.pascal}`)}(database${link});\n`,
      `    const reply = await ${file.use('call')}(answer, 'GET', ${parent ? `\`${path}\`` : quote(path)});\n`,
      `    const counts = reply.body[${quote(value.name)}] as Record<string, number>;\n`,
      `    assert.equal(counts[${isComputed ? quote(String(word)) : `String(${member('record', value.countBy.field)} ?? 'none')`}], 1);\n`,
    ].join('');
    return [printTest(`counts ${value.name}`, body)];
  });

/** The tests of one figures endpoint. */
export const printFiguresTests = (
  catalogue: Catalogue,
  endpoint: FiguresEndpoint,
  symbols: SymbolTable,
): SourceFile => {
  const file = createTestFile(figuresTestPath(endpoint), symbols, `The figures behind GET ${endpoint.path}.`, [
    { name: figuresRoutes(endpoint), module: figuresPath(endpoint) },
  ]);
  const tests = endpoint.values.flatMap((value) =>
    'expression' in value ? printValueTests(catalogue, endpoint, value, file) : [],
  );
  file.add(printSuite(`GET ${endpoint.path}`, [...tests, ...printCountTest(catalogue, endpoint, file)]));
  return file;
};
