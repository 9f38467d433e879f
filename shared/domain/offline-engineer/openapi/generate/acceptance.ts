/** The whole application over HTTP: tests for the repository, and checks for the running deployment. */

import type { AcceptanceCheck } from '../../blueprint.ts';
import type { ApiPlan } from '../plan/plan.ts';
import { camelCase } from '../read/names.ts';
import { findJourneys, idPlaceholder } from './journeys.ts';
import type { Journey, Step } from './journeys.ts';
import type { SampleRequest } from './requests.ts';
import { quote, toSource } from './source.ts';

/** `test/acceptance.test.ts`. */
export const acceptanceTest = (plan: ApiPlan): string => {
  const journeys = findJourneys(plan);
  return `import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createApp } from '../src/app.ts';
import { operations } from '../src/operations/index.ts';
import { send } from './support/client.ts';
import type { Answer } from './support/client.ts';
import { createTestClock } from './support/clock.ts';
import { openTestDatabase } from './support/database.ts';
import type { TestDatabase } from './support/database.ts';

describe(${quote(plan.model.title)}, () => {
  let database: TestDatabase;
  let app: Answer;

  beforeEach(() => {
    database = openTestDatabase();
    app = createApp({ database, clock: createTestClock() });
  });

  afterEach(() => {
    database.close();
  });

  it('serves every operation of the document', () => {
    assert.equal(operations.length, ${plan.operations.length});
    assert.equal(new Set(operations.map(({ id }) => id)).size, ${plan.operations.length});
  });

  it('refuses what the document does not describe', async () => {
    const reply = await send(app, '/there/is/nothing/at/this/address');
    assert.equal(reply.status, 404);
    assert.equal(reply.headers.get('content-type'), 'application/problem+json');
  });
${journeys.map(journeyTest).join('')}});
`;
};

const init = (request: SampleRequest): string => {
  const headers = { ...(request.json === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers };
  const parts = [
    `method: ${quote(request.method)}`,
    ...(Object.keys(headers).length === 0 ? [] : [`headers: ${toSource(headers, 6)}`]),
    ...(request.json === undefined ? [] : [`body: JSON.stringify(${toSource(request.json, 6)})`]),
  ];
  return `{\n${parts.map((part) => `      ${part},\n`).join('')}    }`;
};

const pathSource = (request: SampleRequest): string =>
  request.path.includes(idPlaceholder)
    ? `\`${request.path.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll(idPlaceholder, '${id}')}\``
    : quote(request.path);

const bodyOf = (variable: string, wrapper: string | undefined): string =>
  wrapper === undefined
    ? `${variable}.body`
    : `(${variable}.body[${quote(wrapper)}] as Readonly<Record<string, unknown>>)`;

const journeyTest = (journey: Journey): string => {
  const { collection, create, read, list, remove, kept, readWrapper } = journey;
  const wrapper = create.plan.behaviour.kind === 'create' ? create.plan.behaviour.wrapper : undefined;
  const lines = [
    `const created = await send(app, ${pathSource(create.request)}, ${init(create.request)});`,
    `assert.equal(created.status, ${create.plan.success.status}, created.text);`,
    `const id = encodeURIComponent(String(${bodyOf('created', wrapper)}[${quote(collection.idField ?? 'id')}]));`,
    `const found = await send(app, ${pathSource(read.request)}, ${init(read.request)});`,
    `assert.equal(found.status, ${read.plan.success.status}, found.text);`,
    ...(kept === undefined
      ? []
      : [`assert.deepEqual(${bodyOf('found', readWrapper)}[${quote(kept.name)}], ${toSource(kept.value)});`]),
    ...(list === undefined ? [] : listLines(list)),
    ...(remove === undefined ? [] : removeLines(remove, read)),
  ];
  return `
  it(${quote(`keeps a ${collection.title} from its creation on`)}, async () => {
${lines.map((line) => `    ${line}\n`).join('')}  });
`;
};

const listLines = (list: Step): readonly string[] => [
  `const listed = await send(app, ${pathSource(list.request)}, ${init(list.request)});`,
  `assert.equal(listed.status, ${list.plan.success.status}, listed.text);`,
];

const removeLines = (remove: Step, read: Step): readonly string[] => [
  `const removed = await send(app, ${pathSource(remove.request)}, ${init(remove.request)});`,
  `assert.equal(removed.status, ${remove.plan.success.status}, removed.text);`,
  `assert.equal((await send(app, ${pathSource(read.request)}, ${init(read.request)})).status, 404);`,
];

/** Checks of the running deployment. They carry no headers, so only operations without credentials can be called. */
export const acceptanceChecks = (plan: ApiPlan): readonly AcceptanceCheck[] => [
  {
    criterion: 'The application says that it is well.',
    method: 'GET',
    path: '/health',
    expectStatus: 200,
    expectContains: 'ok',
  },
  {
    criterion: 'The application serves its own document.',
    method: 'GET',
    path: '/openapi.json',
    expectStatus: 200,
    expectContains: '"openapi"',
  },
  ...findJourneys(plan).filter(isOpen).flatMap(journeyChecks),
  ...credentialChecks(plan),
];

const isOpen = ({ create, read, remove }: Journey): boolean =>
  [create, read, remove].every((step) => step?.request.headers === undefined);

const journeyChecks = ({ collection, create, read, remove, idPath }: Journey): readonly AcceptanceCheck[] => {
  const name = `${camelCase(collection.title, 'record')}Id`;
  const at = (path: string): string => path.replaceAll(idPlaceholder, `{${name}}`);
  const { title } = collection;
  return [
    {
      criterion: `A ${title} can be created.`,
      method: create.request.method,
      path: create.request.path,
      body: JSON.stringify(create.request.json ?? {}),
      expectStatus: create.plan.success.status,
      capture: { [name]: idPath },
    },
    {
      criterion: `A ${title} can be read after its creation.`,
      method: 'GET',
      path: at(read.request.path),
      expectStatus: read.plan.success.status,
    },
    ...(remove === undefined
      ? []
      : [
          {
            criterion: `A ${title} can be removed.`,
            method: 'DELETE',
            path: at(remove.request.path),
            expectStatus: remove.plan.success.status,
          },
          { criterion: `A removed ${title} is gone.`, method: 'GET', path: at(read.request.path), expectStatus: 404 },
        ]),
  ];
};

const credentialChecks = (plan: ApiPlan): readonly AcceptanceCheck[] => {
  const guarded = plan.operations.find(
    ({ operation }) =>
      operation.method === 'get' &&
      !operation.path.includes('{') &&
      operation.security.length > 0 &&
      operation.security.every((alternative) => alternative.length > 0),
  );
  return guarded === undefined
    ? []
    : [
        {
          criterion: 'Operations with security refuse requests without credentials.',
          method: 'GET',
          path: guarded.operation.path,
          expectStatus: 401,
        },
      ];
};
