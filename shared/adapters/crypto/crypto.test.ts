import { describe, expect, it } from 'vitest';
import { parseApiKey } from '../../domain/access/api-key.ts';
import { testCreateIds } from '../../ports/ids.ts';
import { createApiKey, hashApiKey } from './api-keys.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { createRandomIds } from './random-ids.ts';
import { issueTicket, verifyTicket, type TicketClaims } from './tickets.ts';

const pepper = 'a pepper for the tests, long enough';

describe('keyed hash', () => {
  it('is HMAC-SHA256: test case 2 of RFC 4231', async () => {
    expect(await createKeyedHash('Jefe').sign('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('verifies its own and nothing else', async () => {
    const hash = createKeyedHash(pepper);
    const signed = await hash.sign('text');
    expect(await hash.verify('text', signed)).toBe(true);
    expect(await hash.verify('other', signed)).toBe(false);
    expect(await createKeyedHash(`${pepper}!`).verify('text', signed)).toBe(false);
    for (const broken of ['', signed.slice(1), signed.toUpperCase(), `${signed}00`, 'g'.repeat(64)]) {
      expect(await hash.verify('text', broken)).toBe(false);
    }
  });
});

describe('api keys', () => {
  it('are different each time and carry the id they were made for', async () => {
    const keyId = testCreateIds().create('key');
    const [first, second] = [await createApiKey('local', keyId, pepper), await createApiKey('local', keyId, pepper)];
    expect(first.key).not.toBe(second.key);
    expect(parseApiKey(first.key)).toEqual({ environment: 'local', keyId });
    expect(await hashApiKey(first.key, pepper)).toBe(first.hash);
  });
});

describe('random ids', () => {
  it('sort by time and do not repeat', () => {
    let now = 1_000;
    const ids = createRandomIds({ now: () => (now += 1) });
    const made = Array.from({ length: 1_000 }, () => ids.create('tsk'));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });
});

describe('tickets', () => {
  const hash = createKeyedHash(pepper);
  const ids = testCreateIds();
  const claims: TicketClaims = {
    ticketId: ids.create('cmd'),
    workspaceId: ids.create('wsp'),
    keyId: ids.create('key'),
    role: 'viewer',
    bootstrap: false,
    expiresAt: 1_000,
  };

  it('give back what they were made from, until they run out', async () => {
    const ticket = await issueTicket(hash, claims);
    expect(ticket).toMatch(/^[\w.]+$/);
    expect(await verifyTicket(hash, ticket, 999)).toEqual(claims);
    expect(await verifyTicket(hash, ticket, 1_000)).toBeUndefined();
  });

  it('are refused when any part was changed or made with another secret', async () => {
    const ticket = await issueTicket(hash, claims);
    for (const [part, other] of [
      ['viewer', 'operator'],
      ['.1000.', '.9000.'],
      ['.0.', '.1.'],
      ['adt.', 'adt..'],
    ] as const) {
      expect(await verifyTicket(hash, ticket.replace(part, other), 1)).toBeUndefined();
    }
    expect(await verifyTicket(createKeyedHash(`${pepper}!`), ticket, 1)).toBeUndefined();
    expect(await verifyTicket(hash, 'x'.repeat(100_000), 1)).toBeUndefined();
  });
});
