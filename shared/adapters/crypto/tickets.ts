/**
 * Short-lived tickets that open one WebSocket or one event stream: browsers cannot send a header there, and a key must
 * never stand in an address. `adt.<claims, each after a dot>.<hmac>`; the hmac is checked before anything is looked up.
 */
import type { KeyedHash } from './keyed-hash.ts';

export interface TicketClaims {
  readonly ticketId: string;
  readonly workspaceId: string;
  readonly keyId: string;
  readonly role: string;
  /** The key is the one from the configuration. */
  readonly bootstrap: boolean;
  readonly expiresAt: number;
}

const pattern = /^adt\.([a-z0-9_.]{1,256})\.([0-9a-f]{64})$/;

/** Separates what is signed here from what else is signed under the same secret. */
const signedText = (payload: string): string => `ticket:${payload}`;

const fieldSeparator = '.';

const encode = (claims: TicketClaims): string =>
  [
    claims.ticketId,
    claims.workspaceId,
    claims.keyId,
    claims.role,
    claims.bootstrap ? '1' : '0',
    claims.expiresAt.toString(),
  ].join(fieldSeparator);

const decode = (payload: string): TicketClaims | undefined => {
  const [ticketId, workspaceId, keyId, role, bootstrap, expiresAt] = payload.split(fieldSeparator);
  if (ticketId === undefined || workspaceId === undefined || keyId === undefined) return undefined;
  if (role === undefined || expiresAt === undefined) return undefined;
  return { ticketId, workspaceId, keyId, role, bootstrap: bootstrap === '1', expiresAt: Number(expiresAt) };
};

/** Writes a ticket. */
export const issueTicket = async (hash: KeyedHash, claims: TicketClaims): Promise<string> => {
  const payload = encode(claims);
  return `adt.${payload}.${await hash.sign(signedText(payload))}`;
};

/** The claims of a genuine ticket that has not run out, or undefined. Whether it was used before is the workspace's to say. */
export const verifyTicket = async (hash: KeyedHash, ticket: string, now: number): Promise<TicketClaims | undefined> => {
  const [, payload, signature] = pattern.exec(ticket) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  if (!(await hash.verify(signedText(payload), signature))) return undefined;
  const claims = decode(payload);
  return claims !== undefined && claims.expiresAt > now ? claims : undefined;
};
