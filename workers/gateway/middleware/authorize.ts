import { createMiddleware } from 'hono/factory';
import { isAllowed, type Action } from '../../../shared/domain/access/policy.ts';
import type { AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';

/** Refuses the request unless the policy table lists the action for the caller's role. */
export const authorize = (action: Action) =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const { role } = context.var.principal;
    if (isAllowed(role, action)) return await next();
    return problem(context, {
      type: 'auth.forbidden',
      detail: `A key with the role "${role}" may not do this (${action}).`,
    });
  });

/**
 * The part of a route's contract that says who may call it. Every route under `/api` carries one: a test compares the
 * table with the routes.
 */
export const secured = <const Allowed extends Action>(action: Allowed) => ({
  middleware: [authorize(action)],
  security: [{ apiKey: [] }],
  'x-aidevos-action': action,
});
