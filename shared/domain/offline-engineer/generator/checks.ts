/** Journeys as checks that a machine runs against a deployed application. */
import type { AppModel } from '../app-model.ts';
import type { AcceptanceCheck } from '../blueprint.ts';
import type { Journey, Request } from './scenario/journeys.ts';
import { isGivenSlot } from './scenario/scenario.ts';
import type { Slots } from './scenario/scenario.ts';

const prefixed = (index: number, label: string): string => `j${index + 1}_${label}`;

const toBody = (index: number, body: Slots): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(body).map(([name, slot]) => [name, isGivenSlot(slot) ? `{${prefixed(index, slot.given)}}` : slot]),
    ),
  );

const toCheck = (journey: Journey, index: number, request: Request): AcceptanceCheck => {
  const [shown] = Object.entries(request.shows ?? {});
  return {
    criterion: journey.title,
    method: request.method,
    path: request.path.replaceAll(/\{(?<label>\w+)\}/gu, (_, label: string) => `{${prefixed(index, label)}}`),
    ...(request.body ? { body: toBody(index, request.body) } : {}),
    expectStatus: request.status,
    ...(shown ? { expectContains: `${JSON.stringify(shown[0])}:${JSON.stringify(shown[1])}` } : {}),
    ...(request.keeps === undefined ? {} : { capture: { [prefixed(index, request.keeps)]: 'id' } }),
  };
};

const pageCheck = (path: string): AcceptanceCheck => ({
  criterion: `There is a page at ${path}.`,
  method: 'GET',
  path,
  expectStatus: 200,
  expectContains: '<!doctype html>',
});

/** All checks, in the order in which they must run. */
export const createChecks = (
  model: AppModel,
  journeys: readonly Journey[],
  pages: readonly string[],
): readonly AcceptanceCheck[] => [
  {
    criterion: 'The application is well.',
    method: 'GET',
    path: '/health',
    expectStatus: 200,
    expectContains: '"status":"ok"',
    capture: { run: 'time' },
  },
  {
    criterion: 'The application describes its interface.',
    method: 'GET',
    path: '/openapi.json',
    expectStatus: 200,
    expectContains: '"openapi":"3.1.0"',
  },
  pageCheck('/'),
  ...entryChecks(model),
  ...[
    ...pages.map(pageCheck),
    ...journeys.flatMap((journey, index) =>
      [...journey.requests, ...journey.cleanup].map((request) => toCheck(journey, index, request)),
    ),
    ...recordChecks(model),
  ].map((check) => (model.access ? signedIn(check, 'ada') : check)),
  ...apartChecks(model),
];

const signedIn = (check: AcceptanceCheck, person: string): AcceptanceCheck => ({
  ...check,
  headers: { ...check.headers, authorization: `Bearer {${person}}` },
});

const signUp = (person: string): AcceptanceCheck => ({
  criterion: `Somebody signs up, ${person}.`,
  method: 'POST',
  path: '/auth/sign-up',
  body: JSON.stringify({ email: `${person}-{run}@example.com`, password: `a password of ${person}` }),
  expectStatus: 201,
  capture: { [person]: 'token' },
});

/** Nobody gets in who has not signed in; two people do. */
const entryChecks = ({ access, resources }: AppModel): readonly AcceptanceCheck[] => {
  if (!access) return [];
  const [first] = resources;
  const path = `/${first?.plural ?? ''}`;
  return [
    { criterion: 'Nobody gets in who has not signed in.', method: 'GET', path, expectStatus: 401 },
    signUp('ada'),
    signUp('bob'),
    {
      criterion: 'A wrong password lets nobody in.',
      method: 'POST',
      path: '/auth/sign-in',
      body: JSON.stringify({ email: 'ada-{run}@example.com', password: 'a password of bob' }),
      expectStatus: 401,
    },
  ];
};

const ndjson = { 'content-type': 'application/x-ndjson' };

/** What was asked of the Data service: what the journeys changed stands in the feed, and records go out and come in. */
const recordChecks = ({ data, resources }: AppModel): readonly AcceptanceCheck[] => {
  if (!data) return [];
  const [source = 'The records are kept in the Data service.'] = data.sources;
  const plural = (name: string): string => resources.find((resource) => resource.name === name)?.plural ?? name;
  return [
    ...(data.feed
      ? [
          {
            criterion: source,
            method: 'GET',
            path: '/changes?limit=200',
            expectStatus: 200,
            expectContains: '"change":"inserted"',
          } as const,
        ]
      : []),
    ...data.exported.map((name): AcceptanceCheck => ({
      criterion: source,
      method: 'GET',
      path: `/export/${plural(name)}`,
      expectStatus: 200,
    })),
    ...data.imported.map((name): AcceptanceCheck => ({
      criterion: source,
      method: 'POST',
      path: `/import/${plural(name)}`,
      headers: ndjson,
      body: '{"nothing":"of the kind"}',
      expectStatus: 200,
      expectContains: '"refused":[{"line":1,',
    })),
  ];
};

/** The other person has seen nothing of all that, and what was asked for was counted. */
const apartChecks = ({ access, resources, usage }: AppModel): readonly AcceptanceCheck[] => [
  ...(access?.isPersonal === true
    ? resources
        .filter(({ operations }) => operations.includes('list'))
        .map(({ plural }): AcceptanceCheck =>
          signedIn(
            {
              criterion: `Nobody sees the ${plural} of somebody else.`,
              method: 'GET',
              path: `/${plural}`,
              expectStatus: 200,
              expectContains: '"total":0',
            },
            'bob',
          ),
        )
    : []),
  ...(usage
    ? [
        ((check: AcceptanceCheck) => (access ? signedIn(check, 'ada') : check))({
          criterion: usage.source,
          method: 'GET',
          path: '/usage',
          expectStatus: 200,
          expectContains: '"get.health"',
        }),
      ]
    : []),
];
