import { createMiddleware } from 'hono/factory';
import { isAllowed, type Action } from '../../../shared/domain/access/policy.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';

/** The answer to a caller whose role the policy table does not list for the action. */
export const refuseRole = (context: AppContext, action: Action): Response | undefined => {
  const { role } = context.get('principal');
  if (isAllowed(role, action)) return undefined;
  return problem(context, {
    type: 'auth.forbidden',
    detail: `A key with the role "${role}" may not do this (${action}).`,
  });
};

/** Refuses the request unless the policy table lists the action for the caller's role. */
export const authorize = (action: Action) =>
  createMiddleware<AppEnvironment>(async (context, next) => refuseRole(context, action) ?? (await next()));

/**
 * The part of a route's contract that says who may call it. Every route under `/api` carries one: a test compares the
 * table with the routes.
 */
export const secured = <const Allowed extends Action>(action: Allowed) => ({
  middleware: [authorize(action)],
  security: [{ apiKey: [] }],
  'x-aidevos-action': action,
});
