/** The routes of a group: what each asks for, and what serves it. */
import { z } from 'zod';
import { routeAction } from './actions.ts';
import { eventName, jsonSchema } from './parts.ts';

const route = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, 'must be a name like createOrder'),
  summary: z.string().max(200).default(''),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Segments, or parameters like `{id}`. */
  path: z
    .string()
    .max(200)
    .regex(/^(\/([A-Za-z0-9._~-]+|\{[A-Za-z][A-Za-z0-9]*\}))+$/, 'must be like /orders/{id}'),
  /** Who may use it. `any` takes a session or a key. */
  access: z.enum(['public', 'session', 'key', 'any']).default('public'),
  /** Of a key. */
  scope: z.string().max(64).optional(),
  /** Of a person, by the User service. */
  permission: z.string().max(64).optional(),
  parameters: jsonSchema.optional(),
  query: jsonSchema.optional(),
  body: jsonSchema.optional(),
  perMinute: z.int().min(1).max(6_000).optional(),
  action: routeAction.optional(),
  /** Counted by Analytics under this name when it was served. */
  event: eventName.optional(),
});

export const apiConfiguration = z.strictObject({
  title: z.string().min(1).max(200).default('API'),
  version: z.string().min(1).max(50).default('1'),
  /** For each account, key or client, over all routes. */
  perMinute: z.int().min(1).max(60_000).default(600),
  routes: z.array(route).max(200).default([]),
});

export type ApiConfiguration = z.infer<typeof apiConfiguration>;
export type ApiRoute = ApiConfiguration['routes'][number];
