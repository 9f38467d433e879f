/**
 * Tests of an application from its OpenAPI 3 document: every body and query parameter with valid, boundary and invalid
 * values, and the life of a record from its creation to its end. They run against `createApp` as the platform's own
 * applications have it.
 */
import type { JsonSchema } from '../../../ports/model-client.ts';
import type { SourceFiles } from '../../../rpc/toolchain.ts';
import { isSchema } from '../../offline-engineer/chat/schema-merge.ts';
import type { Candidate } from './function-tests.ts';
import type { TestLayout } from './layout.ts';
import { resolved, schemaCases } from './schema-cases.ts';
import { pluralOf } from '../behaviour/words.ts';

const documentPath = 'openapi.json';
const needed = ['src/app.ts', 'test/support/client.ts', 'test/support/clock.ts', 'test/support/database.ts'];
const mostTests = 400;
const deepestReference = 3;

interface Collection {
  readonly path: string;
  readonly create: JsonSchema;
  readonly body: JsonSchema;
  /** `/books/{id}` with the methods that it has. */
  readonly item?: { readonly parameter: string; readonly methods: JsonSchema };
  readonly list?: JsonSchema;
}

const bodySchemaOf = (operation: JsonSchema, root: JsonSchema): JsonSchema | undefined => {
  const body = resolved(operation['requestBody'], root);
  const content = isSchema(body['content']) ? body['content']['application/json'] : undefined;
  return isSchema(content) && isSchema(content['schema']) ? content['schema'] : undefined;
};

const collectionsOf = (root: JsonSchema): readonly Collection[] => {
  const { paths } = root;
  if (!isSchema(paths)) return [];
  return Object.entries(paths).flatMap(([path, methods]): readonly Collection[] => {
    const create = isSchema(methods) ? methods['post'] : undefined;
    if (!isSchema(methods) || !isSchema(create) || path.includes('{')) return [];
    const body = bodySchemaOf(create, root);
    if (body === undefined) return [];
    const item = Object.entries(paths).find(
      ([other]) => /^\{\w+\}$/.test(other.slice(path.length + 1)) && other.startsWith(`${path}/`),
    );
    const list = methods['get'];
    return [
      {
        path,
        create,
        body,
        ...(item !== undefined && isSchema(item[1])
          ? { item: { parameter: item[0].slice(path.length + 1), methods: item[1] } }
          : {}),
        ...(isSchema(list) ? { list } : {}),
      },
    ];
  });
};

const source = (value: unknown): string => JSON.stringify(value) ?? 'undefined';

interface Arrangement {
  readonly lines: readonly string[];
  /** The body as source text, with the ids of what was created before. */
  readonly body: string;
}

/** Creates first what a body refers to: `bookId` is the id of a new record of `/books`. */
const arrange = (
  collections: readonly Collection[],
  root: JsonSchema,
  value: unknown,
  usual: unknown,
  depth = 0,
): Arrangement => {
  if (!isSchema(value) || depth > deepestReference) return { lines: [], body: source(value) };
  const lines: string[] = [];
  const fields = Object.entries(value).map(([name, field]) => {
    const noun = /^([a-z]\w*)Id$/.exec(name)?.[1];
    const target =
      noun === undefined ? undefined : collections.find(({ path }) => path.endsWith(`/${kebab(pluralOf(noun))}`));
    // A reference that a case is about stays as it is.
    const isUsual = isSchema(usual) && usual[name] === field;
    if (noun === undefined || target === undefined || !isUsual) return `${source(name)}: ${source(field)}`;
    const body = usualBody(target, root);
    const made = arrange(collections, root, body, body, depth + 1);
    lines.push(...made.lines, `const ${noun} = await create(app, ${source(target.path)}, ${made.body});`);
    return `${source(name)}: ${noun}.id`;
  });
  return { lines: [...new Set(lines)], body: `{ ${fields.join(', ')} }` };
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const usualBody = ({ body }: Collection, root: JsonSchema): unknown => schemaCases(body, root)[0]?.value ?? {};

const api = (name: string, lines: readonly string[]): Candidate => ({
  name,
  kind: 'api',
  subject: documentPath,
  imports: [],
  body: lines.join('\n    '),
});

const isSuccess = 'assert.ok(reply.status >= 200 && reply.status < 300, reply.text);';
const isRefusal = 'assert.ok(reply.status >= 400 && reply.status < 500, reply.text);';

const bodyTests = (
  collections: readonly Collection[],
  root: JsonSchema,
  collection: Collection,
): readonly Candidate[] => {
  const cases = schemaCases(collection.body, root);
  const usual = cases[0]?.value;
  return cases.map(({ label, value, isValid }) => {
    const { lines, body } = arrange(collections, root, value, usual);
    return api(`POST ${collection.path} ${isValid ? 'takes' : 'refuses'}: ${label}`, [
      ...lines,
      `const reply = await call(app, 'POST', ${source(collection.path)}, ${body});`,
      isValid ? isSuccess : isRefusal,
    ]);
  });
};

const queryTests = ({ path, list }: Collection, root: JsonSchema): readonly Candidate[] => {
  const parameters = Array.isArray(list?.['parameters']) ? list['parameters'] : [];
  return parameters.flatMap((parameter): readonly Candidate[] => {
    const { in: where, name, schema } = resolved(parameter, root);
    if (where !== 'query' || typeof name !== 'string' || !isSchema(schema)) return [];
    return (
      schemaCases(schema, root)
        // Everything in a query is a text: what is none in JSON may be a fine one here.
        .filter(({ value }) => typeof value === 'string' || (typeof value !== 'object' && schema['type'] !== 'string'))
        .map(({ label, value, isValid }) => {
          const query = `${path}?${name}=${encodeURIComponent(String(value))}`;
          const lines = [`const reply = await call(app, 'GET', ${source(query)});`, isValid ? isSuccess : isRefusal];
          return api(`GET ${path} with ${name} ${label}`, lines);
        })
    );
  });
};

/** Create, read, change, read, remove, read: as far as there are methods for it. */
const lifeTest = (
  collections: readonly Collection[],
  root: JsonSchema,
  collection: Collection,
): readonly Candidate[] => {
  const { path, item } = collection;
  if (item === undefined) return [];
  const usual = usualBody(collection, root);
  const { lines, body } = arrange(collections, root, usual, usual);
  const update = ['patch', 'put'].find((method) => isSchema(item.methods[method]));
  const kept = isSchema(usual)
    ? Object.keys(usual).map((name) => `assert.deepEqual(found.body[${source(name)}], sent[${source(name)}]);`)
    : [];
  return [
    api(`a record of ${path} lives from its creation to its end`, [
      ...lines,
      `const sent: Readonly<Record<string, unknown>> = ${body};`,
      `const made = await create(app, ${source(path)}, sent);`,
      `const at = \`${path}/\${encodeURIComponent(made.id)}\`;`,
      ...(isSchema(item.methods['get'])
        ? [`const found = await call(app, 'GET', at);`, 'assert.equal(found.status, 200, found.text);', ...kept]
        : []),
      ...(update === undefined
        ? []
        : [
            `const changed = await call(app, '${update.toUpperCase()}', at, sent);`,
            'assert.ok(changed.status < 300, changed.text);',
          ]),
      ...(isSchema(item.methods['delete'])
        ? [
            `const removed = await call(app, 'DELETE', at);`,
            'assert.ok(removed.status < 300, removed.text);',
            ...(isSchema(item.methods['get']) ? [`assert.equal((await call(app, 'GET', at)).status, 404);`] : []),
          ]
        : []),
    ]),
    ...['get', 'patch', 'put', 'delete']
      .filter((method) => isSchema(item.methods[method]))
      .map((method) =>
        api(`${method.toUpperCase()} ${path} does not know a record that is not there`, [
          `const reply = await call(app, '${method.toUpperCase()}', '${path}/00000000-0000-4000-8000-000000000000'${method === 'get' || method === 'delete' ? '' : `, ${source(usual)}`});`,
          'assert.equal(reply.status, 404, reply.text);',
        ]),
      ),
  ];
};

const writeFile = (tests: readonly Candidate[]): string =>
  [
    `/** Generated from ${documentPath}: each test was seen to pass, and to notice a change that no other test noticed. */`,
    `import assert from 'node:assert/strict';`,
    `import { test } from 'node:test';`,
    `import { createApp } from '../../src/app.ts';`,
    `import { call } from '../support/client.ts';`,
    `import type { Answer } from '../support/client.ts';`,
    `import { createTestClock } from '../support/clock.ts';`,
    `import { openTestDatabase } from '../support/database.ts';`,
    '',
    'const withApp = async (work: (app: Answer) => Promise<void>): Promise<void> => {',
    '  const database = openTestDatabase();',
    '  try {',
    '    await work(createApp({ database, clock: createTestClock() }));',
    '  } finally {',
    '    database.close();',
    '  }',
    '};',
    ...(tests.some(({ body }) => body.includes('create(app'))
      ? [
          '',
          'const create = async (app: Answer, path: string, body: unknown): Promise<{ readonly id: string }> => {',
          `  const reply = await call(app, 'POST', path, body);`,
          '  assert.ok(reply.status >= 200 && reply.status < 300, reply.text);',
          `  return { id: String(reply.body['id']) };`,
          '};',
        ]
      : []),
    ...tests.map(
      ({ name, body }) => `\ntest(${JSON.stringify(name)}, () =>\n  withApp(async (app) => {\n    ${body}\n  }));`,
    ),
    '',
  ].join('\n');

const parseDocument = (text: string): JsonSchema | undefined => {
  try {
    const document: unknown = JSON.parse(text);
    return isSchema(document) && typeof document['openapi'] === 'string' ? document : undefined;
  } catch {
    // What is no JSON is no document; the functions are looked at all the same.
    return undefined;
  }
};

/** The tests of a project’s API; none when it has no `openapi.json`, or no `createApp` with the support of its tests. */
export const apiTests = (files: SourceFiles, folder = 'test/generated'): readonly TestLayout[] => {
  const text = files[documentPath];
  if (text === undefined || needed.some((path) => files[path] === undefined)) return [];
  const root = parseDocument(text);
  if (root === undefined) return [];
  const collections = collectionsOf(root);
  const tests = collections.flatMap((collection) => [
    ...lifeTest(collections, root, collection),
    ...bodyTests(collections, root, collection),
    ...queryTests(collection, root),
  ]);
  const unique = [...new Map(tests.map((test) => [test.name, test])).values()].slice(0, mostTests);
  return unique.length === 0 ? [] : [{ path: `${folder}/api.test.ts`, tests: unique, write: writeFile }];
};
