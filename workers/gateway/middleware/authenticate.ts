/**
 * Who is asking: a key as `Authorization: Bearer`, for Anthropic's clients also as `x-api-key`, or, where a browser cannot send a header (WebSockets and event
 * streams), a ticket as `?ticket=` that works once. A key in an address is never taken.
 */
import { createMiddleware } from 'hono/factory';
import { verifyTicket } from '../../../shared/adapters/crypto/tickets.ts';
import { parseRole } from '../../../shared/domain/access/policy.ts';
import { parseId } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { AppContext, AppEnvironment } from '../app-environment.ts';
import { speaksAnthropic } from '../errors/anthropic-error.ts';
import { problem } from '../errors/problem.ts';
import type { Principal } from '../key-ring.ts';
import { ask } from '../objects.ts';

const missing = err({
  type: 'auth.missing',
  detail: 'Send an API key as "Authorization: Bearer <key>".',
  issues: [{ field: 'header.authorization', reason: 'is missing' }],
} as const);

const missingBoth = err({
  type: 'auth.missing',
  detail: 'Send an API key as "x-api-key: <key>" or "Authorization: Bearer <key>".',
  issues: [{ field: 'header.x-api-key', reason: 'is missing' }],
} as const);

const malformed = err({
  type: 'auth.invalid',
  detail: 'The Authorization header must be "Bearer <key>".',
  issues: [{ field: 'header.authorization', reason: 'must be "Bearer <key>"' }],
} as const);

const badTicket = err({
  type: 'auth.invalid',
  detail: 'The ticket is not valid, has run out, or was used before. Get a new one from POST /api/tickets.',
  issues: [{ field: 'query.ticket', reason: 'is not valid any more' }],
} as const);

/** Longest header that is looked at. */
const maxHeaderLength = 512;

const isStream = (context: AppContext): boolean =>
  context.req.method === 'GET' &&
  (context.req.header('upgrade')?.toLowerCase() === 'websocket' ||
    (context.req.header('accept') ?? '').includes('text/event-stream'));

const redeemTicket = async (context: AppContext, ticket: string): Promise<Result<Principal>> => {
  const { services, requestId } = context.var;
  const claims = await verifyTicket(services.hash, ticket, services.clock.now());
  const workspaceId = parseId('wsp', claims?.workspaceId ?? '');
  const keyId = parseId('key', claims?.keyId ?? '');
  const role = parseRole(claims?.role ?? '');
  if (claims === undefined || workspaceId === undefined || keyId === undefined || role === undefined) return badTicket;
  const { ticketId, expiresAt, bootstrap } = claims;
  const redeemed = await ask(
    () => services.objects.workspace(workspaceId).redeemTicket({ ticketId, keyId, expiresAt, bootstrap }),
    // A repeated redeeming would be refused as a second use, so it is not repeated.
    { log: services.log, requestId, part: 'workspace', repeatable: false },
  );
  if (!redeemed.ok) return redeemed.error.type === 'auth.invalid' ? badTicket : redeemed;
  return ok({ workspaceId, keyId, role, bootstrap });
};

/** The holder of the request's key or ticket, or why there is none. */
export const identify = async (context: AppContext): Promise<Result<Principal>> => {
  const header = context.req.header('authorization');
  if (header !== undefined) {
    const [, key] = /^bearer +(\S+)$/i.exec(header.slice(0, maxHeaderLength)) ?? [];
    return key === undefined ? malformed : await context.get('services').keys.authenticate(key);
  }
  if (speaksAnthropic(context)) {
    const key = context.req.header('x-api-key');
    if (key === undefined) return missingBoth;
    return await context.var.services.keys.authenticate(key.slice(0, maxHeaderLength).trim());
  }
  const ticket = context.req.query('ticket');
  if (ticket === undefined || !isStream(context)) return missing;
  return await redeemTicket(context, ticket);
};

/** Refuses the request unless it is known who sends it. */
export const authenticate = () =>
  createMiddleware<AppEnvironment>(async (context, next) => {
    const principal = await identify(context);
    if (!principal.ok) return problem(context, principal.error);
    context.set('principal', principal.value);
    return await next();
  });
