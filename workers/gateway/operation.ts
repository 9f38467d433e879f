import type { RouteConfig, RouteHandler, z } from '@hono/zod-openapi';
import type { TypedResponse } from 'hono';
import type { AppEnvironment } from './app-environment.ts';

/** One operation: its contract and its handler, typed by each other. */
export const operation = <Route extends RouteConfig>(route: Route, handler: RouteHandler<Route, AppEnvironment>) => ({
  route,
  handler,
});

/** A JSON answer in a contract. */
export const jsonResponse = <Schema>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

/**
 * A JSON answer in a contract that can also come in other media types, which only the document tells of: typed clients
 * ask for JSON. A handler returns the others through `otherForm`.
 */
export const jsonResponseOr = <Schema>(description: string, schema: Schema, others: readonly string[]) => ({
  description,
  content: {
    'application/json': { schema },
    ...Object.fromEntries(others.map((mediaType) => [mediaType, { schema: { type: 'string' as const } }])),
  } as { readonly 'application/json': { schema: Schema } },
});

/** An answer that typed clients do not read: a stream of text. A handler returns it through `otherForm`. */
export const textResponse = (description: string, mediaType: string) => {
  const content: unknown = { [mediaType]: { schema: { type: 'string' } } };
  // SAFETY: `never` says that no typed client gets this answer as JSON.
  return { description, content: content as { readonly 'application/json': { readonly schema: z.ZodNever } } };
};

/** An answer in one of the other media types. */
export const otherForm = (answer: Response): Response & TypedResponse<never, 200, 'json'> => {
  const untyped: unknown = answer;
  // SAFETY: `never` says that no typed client gets this form.
  return untyped as Response & TypedResponse<never, 200, 'json'>;
};
