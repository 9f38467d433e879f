/** Prints `test/acceptance/<plural>.test.ts`: the journeys through the whole application, as tests. */
import type { Design, ResourceDesign } from '../design.ts';
import { docComment, printCall, printList, propertyName, quote } from '../print.ts';
import { printInline } from '../literal.ts';
import type { Journey, Request } from '../scenario/journeys.ts';
import { isGivenSlot } from '../scenario/scenario.ts';
import type { Slot } from '../scenario/scenario.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { printSuite, printTest } from './test-file.ts';

export const journeyTestPath = (resource: ResourceDesign): string => `test/acceptance/${resource.plural}.test.ts`;

const printSlot = (slot: Slot): string => {
  if (isGivenSlot(slot)) return `${slot.given}.body['id']`;
  return printInline(slot).replaceAll('{run}', '1');
};

const printPath = (path: string): string =>
  path.includes('{') ? `\`${path.replaceAll(/\{(?<label>\w+)\}/gu, "${String($<label>.body['id'])}")}\`` : quote(path);

const printRequest = (request: Request, name: string): string => {
  const before = `    const ${name} = await `;
  const parts = ['answer', quote(request.method), printPath(request.path)];
  const entries = Object.entries(request.body ?? {}).map(
    ([field, slot]) => `${propertyName(field)}: ${printSlot(slot)}`,
  );
  const start = `${before}call(${parts.join(', ')}, `;
  const body = request.body ? printList(entries, ['{', '}'], { indent: 4, before: start, after: ');' }) : undefined;
  if (body?.includes('\n') === true) return `${start}${body});\n`;
  const all = body === undefined ? parts : [...parts, entries.length === 0 ? '{}' : body];
  return `${before}${printCall('call', all, before, 4)};\n`;
};

const printJourney = (journey: Journey): string => {
  const { requests } = journey;
  let count = 0;
  const lines = requests.map((request, index) => {
    const isLast = index === requests.length - 1;
    count += 1;
    const name = request.keeps ?? (isLast ? 'reply' : `reply${count}`);
    const shows = Object.entries(request.shows ?? {}).map(
      ([field, value]) => `    assert.equal(${name}.body[${quote(field)}], ${printInline(value)});\n`,
    );
    return `${printRequest(request, name)}    assert.equal(${name}.status, ${request.status});\n${shows.join('')}`;
  });
  return lines.join('');
};

/** The acceptance tests of one resource, or nothing when there is no journey. */
export const printJourneyTests = (
  design: Design,
  resource: ResourceDesign,
  journeys: readonly Journey[],
  symbols: SymbolTable,
): SourceFile | undefined => {
  const own = journeys.filter((journey) => journey.resource === resource.name);
  if (own.length === 0) return undefined;
  const header = docComment(`${design.model.title}, used from outside: ${resource.pluralWords}.`);
  const file = createSourceFile(journeyTestPath(resource), symbols, header);
  file.useFrom('node:assert/strict', 'default assert');
  file.useFrom('node:test', 'afterEach', 'beforeEach', 'describe', 'it');
  file.know('createApp', { module: 'src/app.ts', isType: false });
  for (const name of ['call', 'createTestClock', 'openTestDatabase']) file.use(name);
  file.add(
    `let database: ${file.use('TestDatabase')};\nlet answer: ${file.use('Answer')};`,
    'beforeEach(() => {\n  database = openTestDatabase();\n  answer = createApp({ database, clock: createTestClock() });\n});',
    'afterEach(() => {\n  database.close();\n});',
    printSuite(
      `acceptance of ${resource.pluralWords}`,
      own.map((journey) => printTest(journey.title, printJourney(journey))),
    ),
  );
  return file;
};
