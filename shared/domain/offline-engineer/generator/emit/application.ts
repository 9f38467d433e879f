/** Prints `src/app.ts`, where all routes come together, and the routes that belong to no resource. */
import type { Design } from '../design.ts';
import { docComment } from '../print.ts';
import { createSourceFile } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import type { SymbolTable } from '../symbols.ts';
import { figuresPath, figuresRoutes } from './figures.ts';
import { routesPath } from './routes.ts';

const systemSource = `/** Routes that tell about the application itself. */
export const systemRoutes = ({ clock }: Environment): readonly Route[] => [
  {
    method: 'GET',
    path: '/health',
    handle: () => json({ status: 'ok', time: clock.now() }),
  },
  {
    method: 'GET',
    path: '/openapi.json',
    handle: ({ prefix }) => json({ ...openApiDocument, servers: [{ url: prefix === '' ? '/' : prefix }] }),
  },
];`;

const printSystem = (symbols: SymbolTable): SourceFile => {
  const file = createSourceFile('src/system.ts', symbols, docComment('Health and the description of the interface.'));
  for (const name of ['json', 'Route', 'Environment']) file.use(name);
  file.know('openApiDocument', { module: 'src/openapi/document.ts', isType: false });
  file.add(systemSource);
  return file;
};

/** The names of the route lists that take the environment, in the order in which they are mounted. */
const routeLists = (design: Design): readonly { readonly name: string; readonly module: string }[] => [
  ...design.resources.map((resource) => ({ name: `${resource.camel}Routes`, module: routesPath(resource) })),
  ...design.figures.map((endpoint) => ({ name: figuresRoutes(endpoint), module: figuresPath(endpoint) })),
  ...design.resources
    .filter(({ resource }) => resource.hasPage)
    .map((resource) => ({ name: `${resource.camel}Pages`, module: `src/pages/${resource.plural}.ts` })),
];

const printApp = (design: Design, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile('src/app.ts', symbols, docComment('The application: its routes over one database.'));
  const lists = routeLists(design);
  for (const { name, module } of lists) file.know(name, { module, isType: false });
  file.know('systemRoutes', { module: 'src/system.ts', isType: false });
  file.know('frontRoutes', { module: 'src/page-kit/front.ts', isType: false });
  for (const name of ['createRouter', 'prepareTables', 'Environment', 'Route']) file.use(name);
  const routes = lists.map(({ name }) => `    ...${name}(environment),\n`).join('');
  file.add(
    `${docComment('Brings the tables up to date, and gives the function that answers requests.')}export const createApp = (environment: Environment): ((request: Request) => Promise<Response>) => {\n  prepareTables(environment.database);\n  const routes: readonly Route[] = [\n${routes}    ...frontRoutes,\n    ...systemRoutes(environment),\n  ];\n  return createRouter(routes);\n};`,
  );
  return file;
};

/** The files of the application item, tests aside. */
export const printApplication = (design: Design, symbols: SymbolTable): readonly SourceFile[] => [
  printApp(design, symbols),
  printSystem(symbols),
];

const appTest = (design: Design): string => {
  const [first] = design.resources;
  const path = first ? `/${first.plural}` : '/health';
  return `describe('the application', () => {
  it('says that it is well', async () => {
    const reply = await call(answer, 'GET', '/health');
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body, { status: 'ok', time: clock.now() });
  });

  it('describes its interface, with the address it is mounted at', async () => {
    const reply = await send(answer, '/openapi.json', { headers: { 'x-forwarded-prefix': '/apps/here' } });
    assert.equal(reply.status, 200);
    assert.equal(reply.body['openapi'], '3.1.0');
    assert.deepEqual(reply.body['servers'], [{ url: '/apps/here' }]);
    assert.deepEqual((await call(answer, 'GET', '/openapi.json')).body['servers'], [{ url: '/' }]);
  });

  it('answers every address that it describes', async () => {
    const document = await call(answer, 'GET', '/openapi.json');
    const paths = document.body['paths'] as Record<string, Record<string, unknown>>;
    for (const [path, operations] of Object.entries(paths)) {
      const address = path.replaceAll(/\\{\\w+\\}/gu, '00000000-0000-4000-8000-000000000000');
      for (const method of Object.keys(operations)) {
        const reply = await call(answer, method.toUpperCase(), address, method === 'get' ? undefined : {});
        assert.notEqual(reply.status, 405, \`\${method} \${path}\`);
        assert.ok(reply.status < 500, \`\${method} \${path}\`);
      }
    }
  });

  it('has a front page that leads to the others', async () => {
    const reply = await call(answer, 'GET', '/');
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('content-type') ?? '', /text\\/html/u);
    assert.match(reply.text, /<h1>/u);
  });

  it('refuses a body that is too large', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(1_100_000) });
    const headers = { 'content-type': 'application/json' };
    const reply = await send(answer, '${path}', { method: 'POST', headers, body });
    assert.ok(reply.status === 413 || reply.status === 405);
  });

  it('keeps its data when it is started again', async () => {
    const again = createApp({ database, clock });
    assert.equal((await call(again, 'GET', '${path}')).status, (await call(answer, 'GET', '${path}')).status);
  });
});`;
};

/** The integration tests of the whole application. */
export const printAppTests = (design: Design, symbols: SymbolTable): SourceFile => {
  const file = createSourceFile('test/app.test.ts', symbols, docComment('The application as a whole.'));
  file.useFrom('node:assert/strict', 'default assert');
  file.useFrom('node:test', 'afterEach', 'beforeEach', 'describe', 'it');
  file.know('createApp', { module: 'src/app.ts', isType: false });
  for (const name of ['call', 'send', 'createTestClock', 'openTestDatabase']) file.use(name);
  file.add(
    `let database: ${file.use('TestDatabase')};\nlet answer: ${file.use('Answer')};\nconst clock = createTestClock();`,
    'beforeEach(() => {\n  database = openTestDatabase();\n  answer = createApp({ database, clock });\n});',
    'afterEach(() => {\n  database.close();\n});',
    appTest(design),
  );
  return file;
};
