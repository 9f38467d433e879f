import { describe, expect, it } from 'vitest';
import { connectorConfiguration } from '../../../schemas/services/declaration.ts';
import { countOutcome, isOpen, type Breaker } from './breaker.ts';
import { checkOutgoing } from './outgoing.ts';

const [declared] = connectorConfiguration.parse({
  connectors: [
    {
      name: 'pay',
      baseUrl: 'https://pay.test/v1/',
      methods: ['GET', 'POST'],
      secretHeader: { name: 'authorization', secretName: 'APP_SECRET_PAY' },
    },
  ],
}).connectors;

const check = (request: object) =>
  checkOutgoing(declared!, { connector: 'pay', method: 'GET', path: '/a', ...request });

describe('requests to services outside', () => {
  it('stay below the base address', () => {
    expect(check({ path: '/charges?amount=1' })).toMatchObject({
      value: { url: 'https://pay.test/v1/charges?amount=1' },
    });
  });

  it.each([
    [{ path: '//evil.test/' }, 'path'],
    [{ path: '/../admin' }, 'path'],
    [{ path: '/%2e%2e/admin' }, 'path'],
    [{ path: '/a\\..\\b' }, 'path'],
    [{ path: 'a' }, 'path'],
    [{ path: '/a b' }, 'path'],
    [{ path: '/a\r\nx: y' }, 'path'],
    [{ method: 'DELETE' }, 'method'],
    [{ headers: { Host: 'evil.test' } }, 'headers.host'],
    [{ headers: { Authorization: 'mine' } }, 'headers.authorization'],
    [{ headers: { 'x-a': 'b\r\nc: d' } }, 'headers.x-a'],
    [{ body: 'x' }, 'body'],
    [{ method: 'POST', body: 'x'.repeat(300_000) }, 'body'],
  ])('are refused: %j', (request, field) => {
    expect(check(request)).toMatchObject({ ok: false, error: { issues: [{ field }] } });
  });
});

describe('the breaker', () => {
  it('opens at the fifth failure in a row, longer each time, and closes at a success', () => {
    let breaker: Breaker | undefined;
    const pauses: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      breaker = countOutcome(breaker, true, 1_000);
      pauses.push(isOpen(breaker, 1_000) ? breaker.openUntil - 1_000 : 0);
    }
    expect(pauses.slice(3, 7)).toEqual([0, 5_000, 10_000, 20_000]);
    expect(pauses.at(-1)).toBe(300_000);
    expect(isOpen(countOutcome(breaker, false, 1_000), 1_000)).toBe(false);
    // A clock that went far back does not keep it open.
    expect(isOpen({ failures: 9, openUntil: 10_000_000 }, 0)).toBe(false);
  });
});
