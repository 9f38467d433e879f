import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../app-environment.ts';

/** Puts what a call of a model has to tell of its limits on whatever it was answered. */
export const callHeaders = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    await next();
    for (const [name, value] of context.get('callHeaders') ?? []) context.header(name, value);
  });
