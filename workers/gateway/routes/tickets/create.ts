import { createRoute } from '@hono/zod-openapi';
import { issueTicket } from '../../../../shared/adapters/crypto/tickets.ts';
import { ticketSchema } from '../../../../shared/schemas/workspace.ts';
import { problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

/** How long a ticket may wait to be used, in milliseconds. */
const ticketLifeMs = 60_000;

const route = createRoute({
  method: 'post',
  path: '/api/tickets',
  tags: ['events'],
  summary: 'Get a ticket for one WebSocket or event stream',
  description: 'For browsers, which cannot send a header there: `?ticket=…`, once, within a minute.',
  ...secured('ticket.create'),
  responses: { 201: jsonResponse('The ticket.', ticketSchema), ...problemResponses },
});

export const createTicket = operation(route, async (context) => {
  const { services, principal } = context.var;
  const expiresAt = services.clock.now() + ticketLifeMs;
  const ticketId = services.ids.create('cmd');
  const ticket = await issueTicket(services.hash, { ...principal, ticketId, expiresAt });
  return context.json({ ticket, expiresAt }, 201, { 'cache-control': 'no-store' });
});
