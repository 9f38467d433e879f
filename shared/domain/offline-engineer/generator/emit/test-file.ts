/** What every test file of a resource starts with: an empty database, a stopped clock, and the routes under test. */
import { docComment, quote } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';

/** Names that only tests of an application's routes use. */
interface RoutesUnderTest {
  readonly name: string;
  readonly module: string;
}

/** A test as text. */
export const printTest = (name: string, body: string, indent = 2, isAsync = true): string => {
  const pad = ' '.repeat(indent);
  return `${pad}it(${quote(name)}, ${isAsync ? 'async ' : ''}() => {\n${body}${pad}});\n`;
};

/** A suite of tests. */
export const printSuite = (name: string, tests: readonly string[]): string =>
  tests.length === 0 ? '' : `describe(${quote(name)}, () => {\n${tests.join('\n')}});`;

/** Starts a test file over some routes. */
export const createTestFile = (
  path: string,
  symbols: SymbolTable,
  header: string,
  routes: readonly RoutesUnderTest[],
): SourceFile => {
  const file = createSourceFile(path, symbols, docComment(header));
  file.useFrom('node:assert/strict', 'default assert');
  file.useFrom('node:test', 'afterEach', 'beforeEach', 'describe', 'it');
  for (const { name, module } of routes) file.know(name, { module, isType: false });
  for (const name of ['createRouter', 'prepareTables', 'createTestClock', 'openTestDatabase']) file.use(name);
  const list = routes.map(({ name }) => `${name}(environment)`);
  const argument =
    list.length === 1 && list[0] !== undefined ? list[0] : `[${list.map((item) => `...${item}`).join(', ')}]`;
  file.add(
    `let database: ${file.use('TestDatabase')};\nlet clock: ${file.use('TestClock')};\nlet answer: ${file.use('Answer')};`,
    `beforeEach(() => {\n  database = openTestDatabase();\n  clock = createTestClock();\n  prepareTables(database);\n  const environment = { database, clock };\n  answer = createRouter(${argument});\n});`,
    'afterEach(() => {\n  database.close();\n});',
  );
  return file;
};
