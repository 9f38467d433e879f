/** Journeys as checks that a machine runs against a deployed application. */
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
export const createChecks = (journeys: readonly Journey[], pages: readonly string[]): readonly AcceptanceCheck[] => [
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
  ...['/', ...pages].map(pageCheck),
  ...journeys.flatMap((journey, index) =>
    [...journey.requests, ...journey.cleanup].map((request) => toCheck(journey, index, request)),
  ),
];
