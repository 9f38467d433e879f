/** What the platform's services add to the interface of an application: signing in, counts, and records out and in. */
import type { Design, ResourceDesign } from '../design.ts';
import { camelCase } from '../names.ts';
import type { JsonObject } from './openapi-schemas.ts';

export type PathItem = readonly [path: string, operations: JsonObject];

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const problem = (name: string): JsonObject => ({ $ref: `#/components/responses/${name}` });
const content = (schema: JsonObject, type = 'application/json'): JsonObject => ({ [type]: { schema } });

/** Anybody may ask, signed in or not. */
const open = { security: [] };

const credentials = {
  required: true,
  content: {
    ...content(reference('Credentials')),
    ...content(reference('Credentials'), 'application/x-www-form-urlencoded'),
  },
};

const enterOperation = (id: string, summary: string, status: string, refusals: JsonObject): JsonObject => ({
  operationId: id,
  summary,
  tags: ['access'],
  ...open,
  requestBody: credentials,
  responses: {
    [status]: { description: 'Signed in. The token also travels in a cookie.', content: content(reference('Grant')) },
    '303': { description: 'A form was accepted, or is shown again with what is wrong.' },
    '400': problem('BadRequest'),
    ...refusals,
    '413': problem('TooLarge'),
    '415': problem('UnsupportedMediaType'),
    '429': problem('TooMany'),
  },
});

const accessItems: readonly PathItem[] = [
  [
    '/auth/sign-up',
    {
      post: enterOperation('signUp', 'Make an account and sign in', '201', {
        '409': problem('Conflict'),
        '422': problem('Invalid'),
      }),
    },
  ],
  ['/auth/sign-in', { post: enterOperation('signIn', 'Sign in', '200', { '401': problem('Unauthorized') }) }],
  [
    '/auth/sign-out',
    {
      post: {
        operationId: 'signOut',
        summary: 'Sign out',
        tags: ['access'],
        ...open,
        responses: {
          '204': { description: 'The session is over.' },
          '303': { description: 'A form was accepted.' },
        },
      },
    },
  ],
  [
    '/auth/me',
    {
      get: {
        operationId: 'readMe',
        summary: 'Who is signed in',
        tags: ['access'],
        responses: {
          '200': {
            description: 'The account.',
            content: content({
              type: 'object',
              properties: { account: reference('Account') },
              required: ['account'],
            }),
          },
        },
      },
    },
  ],
];

const usageItem: PathItem = [
  '/usage',
  {
    get: {
      operationId: 'readUsage',
      summary: 'How often what was asked for in the last days',
      tags: ['system'],
      responses: {
        '200': {
          description: 'The counts, by method and first part of the path.',
          content: content({
            type: 'object',
            properties: {
              days: { type: 'integer' },
              items: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: { name: { type: 'string' }, count: { type: 'integer' } },
                  required: ['name', 'count'],
                },
              },
            },
            required: ['days', 'items'],
          }),
        },
      },
    },
  },
];

const whole = (name: string, minimum: number, maximum: number | undefined, start: number): JsonObject => ({
  name,
  in: 'query',
  schema: { type: 'integer', minimum, ...(maximum === undefined ? {} : { maximum }), default: start },
});

const feedItem = (design: Design): PathItem => [
  '/changes',
  {
    get: {
      operationId: 'listChanges',
      summary: 'What changed, oldest first, after a place in the feed',
      tags: ['records'],
      parameters: [
        whole('after', 0, undefined, 0),
        whole('limit', 1, 200, 50),
        {
          name: 'kind',
          in: 'query',
          description: 'Only changes of this kind of record.',
          schema: { type: 'string', enum: design.resources.map(({ plural }) => plural) },
        },
      ],
      responses: {
        '200': {
          description: 'Changes; the next question asks after `next`.',
          content: content({
            type: 'object',
            properties: {
              items: { type: 'array', items: reference('Change') },
              next: { type: 'integer' },
              latest: { type: 'integer' },
            },
            required: ['items', 'next', 'latest'],
          }),
        },
        '400': problem('BadRequest'),
        '410': problem('Gone'),
      },
    },
  },
];

const lines = { 'application/x-ndjson': { schema: { type: 'string', description: 'One record a line.' } } };

const exportItem = (resource: ResourceDesign): PathItem => [
  `/export/${resource.plural}`,
  {
    get: {
      operationId: camelCase(`export-${resource.plural}`),
      summary: `All ${resource.pluralWords} as lines of JSON, as they are stored`,
      tags: ['records'],
      responses: { '200': { description: 'The records.', content: lines } },
    },
  },
];

const importItem = (resource: ResourceDesign): PathItem => [
  `/import/${resource.plural}`,
  {
    post: {
      operationId: camelCase(`import-${resource.plural}`),
      summary: `Take in ${resource.pluralWords} as an export gives them; one whose id is there is replaced`,
      tags: ['records'],
      requestBody: { required: true, content: lines },
      responses: {
        '200': {
          description: 'How many were taken in, and why lines were not.',
          content: content({
            type: 'object',
            properties: {
              imported: { type: 'integer' },
              refused: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: { line: { type: 'integer' }, reason: { type: 'string' } },
                  required: ['line', 'reason'],
                },
              },
            },
            required: ['imported', 'refused'],
          }),
        },
        '413': problem('TooLarge'),
        '415': problem('UnsupportedMediaType'),
      },
    },
  },
];

/** The paths that come with the services which the application uses. */
export const serviceItems = (design: Design): readonly PathItem[] => {
  const { access, usage, data } = design.model;
  return [
    ...(access ? accessItems : []),
    ...(usage ? [usageItem] : []),
    ...(data?.feed === true ? [feedItem(design)] : []),
    ...(data?.exported ?? []).map((name) => exportItem(design.resource(name))),
    ...(data?.imported ?? []).map((name) => importItem(design.resource(name))),
  ];
};

const account: JsonObject = {
  type: 'object',
  properties: { accountId: { type: 'string' }, email: { type: 'string', format: 'email' } },
  required: ['accountId', 'email'],
};

const change: JsonObject = {
  type: 'object',
  properties: {
    sequence: { type: 'integer' },
    kind: { type: 'string' },
    id: { type: 'string' },
    change: { type: 'string', enum: ['inserted', 'updated', 'removed'] },
    at: { type: 'string', format: 'date-time' },
    record: {
      description: 'As it is now, without what is computed; absent when it was removed.',
      type: 'object',
    },
  },
  required: ['sequence', 'kind', 'id', 'change', 'at'],
};

/** Schemas that those paths use. */
export const serviceSchemas = (design: Design): Readonly<Record<string, JsonObject>> => ({
  ...(design.model.access
    ? {
        Account: account,
        Credentials: {
          type: 'object',
          properties: { email: { type: 'string', format: 'email' }, password: { type: 'string' } },
          required: ['email', 'password'],
        },
        Grant: {
          type: 'object',
          properties: { token: { type: 'string' }, account: reference('Account') },
          required: ['token', 'account'],
        },
      }
    : {}),
  ...(design.model.data?.feed === true ? { Change: change } : {}),
});

/** A refusal, as a response that operations refer to. */
export const problemResponse = (description: string): JsonObject => ({
  description,
  content: { 'application/problem+json': { schema: reference('Problem') } },
});

/** Answers that come with the services. */
export const serviceResponses = ({ model }: Design): Readonly<Record<string, JsonObject>> => ({
  ...(model.access
    ? {
        Unauthorized: problemResponse('Nobody is signed in, or the password is wrong.'),
        TooMany: problemResponse('Too many tries: try again later.'),
      }
    : {}),
  ...(model.data?.feed === true ? { Gone: problemResponse('That place in the feed is no longer kept.') } : {}),
});

/** How whoever is signed in shows it. */
export const securitySchemes: JsonObject = {
  bearer: { type: 'http', scheme: 'bearer' },
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
};

/** What the gate lets everybody have. */
const openPaths = new Set(['/health']);

const isOperation = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** Paths behind the gate: each operation that is not open can be refused with 401. */
export const behindGate = (paths: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(isOperation(item) ? item : {}).map(([method, operation]) => {
          if (!isOperation(operation) || 'security' in operation) return [method, operation];
          if (openPaths.has(path)) return [method, { ...operation, ...open }];
          const responses = isOperation(operation['responses']) ? operation['responses'] : {};
          return [method, { ...operation, responses: { ...responses, '401': problem('Unauthorized') } }];
        }),
      ),
    ]),
  );
