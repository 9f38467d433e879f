import { createMiddleware } from 'hono/factory';
import { setAnswerHeaders } from '../answer-headers.ts';
import { speaksAnthropic } from '../errors/anthropic-error.ts';
import type { AppEnvironment } from '../app-environment.ts';

/** Gives each request an id of our own and answers it as `x-request-id`, which Anthropic calls `request-id`. A caller's id is not taken over. */
export const requestId = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const id = context.var.services.ids.create('req');
    context.set('requestId', id);
    await next();
    // A WebSocket answer's headers cannot be changed.
    if (context.res.status === 101) return;
    setAnswerHeaders(context, { 'x-request-id': id, ...(speaksAnthropic(context) ? { 'request-id': id } : {}) });
  });
