import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '../app-environment.ts';
import { problem } from '../errors/problem.ts';

const pattern = /^[\x21-\x7e]{1,255}$/;

/**
 * Names the command: from `Idempotency-Key` together with the caller and the path, so that nobody meets another's
 * command and the same key on another path is another command; without the header a fresh one.
 */
export const idempotencyKey = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const key = context.req.header('idempotency-key');
    if (key !== undefined && !pattern.test(key)) {
      return problem(context, {
        type: 'request.invalid',
        detail: 'header.idempotency-key: must have 1 to 255 visible ASCII characters.',
        issues: [{ field: 'header.idempotency-key', reason: 'must have 1 to 255 visible ASCII characters' }],
      });
    }
    const { principal, services } = context.var;
    const commandId =
      key === undefined
        ? services.ids.create('cmd')
        : `idem_${await services.hash.sign(`command:${principal.keyId}:${context.req.path}:${key}`)}`;
    context.set('commandId', commandId);
    return await next();
  });
