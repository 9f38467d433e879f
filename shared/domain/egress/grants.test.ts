import { describe, expect, it } from 'vitest';
import { decideEgress } from './decide.ts';
import { egressPolicy } from './grants.ts';

const may = (address: string, operator: string | undefined, granted: readonly string[]): boolean =>
  decideEgress(new URL(address), egressPolicy(operator, granted)).ok;

describe('grants', () => {
  it('let nothing out unless somebody lists it', () => {
    expect(may('https://api.example.com/x', undefined, [])).toBe(false);
    expect(may('https://api.example.com/x', undefined, ['https://api.example.com'])).toBe(true);
    expect(may('https://api.example.com:8443/x', undefined, ['https://api.example.com'])).toBe(false);
    expect(may('https://evil.example.com/', undefined, ['https://api.example.com'])).toBe(false);
  });

  it.each([
    'http://api.example.com',
    'https://127.0.0.1',
    'https://169.254.169.254',
    'https://[::1]',
    'https://router.local',
  ])('%s is the operator’s to allow, not an app’s', (origin) => {
    expect(may(`${origin}/`, undefined, [origin])).toBe(false);
    expect(may(`${origin}/`, `https://other.test ${origin}/,`, [])).toBe(true);
  });

  it('take no entry that is not an origin', () => {
    expect(egressPolicy('https://a.test/path * , https://user@b.test', ['https://c.test/x']).origins).toEqual([]);
  });
});
