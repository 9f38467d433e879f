/** Turns what zod found into issues that name the field as the caller wrote it. */
import type { Hook } from '@hono/zod-openapi';
import type { AppEnvironment } from '../app-environment.ts';
import { notFound, problem } from './problem.ts';
import type { Issue } from '../../../shared/errors/result.ts';

const prefixes: Readonly<Record<string, string>> = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'path',
  header: 'header',
  cookie: 'cookie',
};

interface ZodIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

const fieldOf = (target: string, path: readonly PropertyKey[]): string =>
  [prefixes[target] ?? target, ...path.map((part) => String(part).slice(0, 100))].join('.');

const toIssues = (target: string, issue: ZodIssue): readonly Issue[] =>
  issue.code === 'unrecognized_keys' && issue.keys !== undefined
    ? issue.keys.map((key) => ({
        field: fieldOf(target, [...issue.path, key]),
        reason: 'is not a field of this request',
      }))
    : [{ field: fieldOf(target, issue.path), reason: issue.message }];

/** Parts of paths that callers name themselves: what is wrong with one is told, as it is of a body. */
const chosenNames: ReadonlySet<PropertyKey> = new Set(['topic', 'group', 'subscription']);

/** The hook of every validated route. An id that has not the form of one names nothing that exists, so it is 404. */
export const validationHook: Hook<unknown, AppEnvironment, string, Response | undefined> = (result, context) => {
  if (result.success) return undefined;
  const isChosen = result.error.issues.some(({ path }) => path[0] !== undefined && chosenNames.has(path[0]));
  if (result.target === 'param' && !isChosen) return problem(context, notFound('thing'));
  const issues = result.error.issues.flatMap((issue) => toIssues(result.target, issue));
  const first = issues[0];
  return problem(context, {
    type: 'request.invalid',
    detail: first === undefined ? 'The request is not valid.' : `${first.field}: ${first.reason}.`,
    issues,
  });
};
