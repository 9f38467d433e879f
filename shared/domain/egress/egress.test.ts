import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyHost } from './address.ts';
import { decideEgress } from './decide.ts';

const hostOf = (address: string): string => new URL(address).hostname;

describe('the class of a host', () => {
  it.each([
    ['http://127.0.0.1', 'loopback'],
    ['http://127.1', 'loopback'],
    ['http://0x7f.0.0.1', 'loopback'],
    ['http://2130706433', 'loopback'],
    ['http://017700000001', 'loopback'],
    ['http://0.0.0.0', 'loopback'],
    ['http://[::1]', 'loopback'],
    ['http://[::]', 'loopback'],
    ['http://[::ffff:127.0.0.1]', 'loopback'],
    ['http://[::ffff:0:127.0.0.1]', 'loopback'],
    ['http://[::127.0.0.1]', 'loopback'],
    ['http://[64:ff9b::7f00:1]', 'loopback'],
    ['http://[64:ff9b:1::10.0.0.1]', 'private'],
    ['http://[2002:7f00:1::]', 'loopback'],
    ['http://10.1.2.3', 'private'],
    ['http://172.16.0.1', 'private'],
    ['http://172.31.255.255', 'private'],
    ['http://192.168.1.1', 'private'],
    ['http://100.64.0.1', 'private'],
    ['http://169.254.169.254', 'link_local'],
    ['http://[fe80::1]', 'link_local'],
    ['http://[fd00:ec2::254]', 'private'],
    ['http://[fec0::1]', 'private'],
    ['http://224.0.0.1', 'reserved'],
    ['http://255.255.255.255', 'reserved'],
    ['http://[ff02::1]', 'reserved'],
    ['http://[2001:db8::1]', 'reserved'],
    ['http://[2001::1]', 'reserved'],
    ['http://localhost', 'local_name'],
    ['http://LOCALHOST.', 'local_name'],
    ['http://a.localhost', 'local_name'],
    ['http://metadata.google.internal', 'local_name'],
    ['http://printer.local', 'local_name'],
    ['http://router', 'local_name'],
    ['http://172.15.0.1', 'public'],
    ['http://172.32.0.1', 'public'],
    ['http://8.8.8.8', 'public'],
    ['http://[2606:4700::1111]', 'public'],
    ['https://api.example.com', 'public'],
    ['https://xn--mnchen-3ya.example', 'public'],
    ['https://localhost.example.com', 'public'],
  ])('of %s is %s', (address, expected) => {
    expect(classifyHost(hostOf(address))).toBe(expected);
  });

  it.each(['', 'a b', '[::1', '[1:2:3]', '[:::1]', '256.1.1.1', '1.2.3', 'a..b', '-a.example', '١٢٧.0.0.1'])(
    'of %j is never public',
    (host) => {
      expect(classifyHost(host)).not.toBe('public');
    },
  );

  it('of an IPv4 address is the same in whatever IPv6 form it is wrapped', () => {
    const part = fc.nat(255);
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), (parts) => {
        const plain = parts.join('.');
        const expected = classifyHost(plain);
        const [a, b, c, d] = parts.map((value) => value.toString(16).padStart(2, '0'));
        for (const wrapped of [`[::ffff:${plain}]`, `[64:ff9b::${plain}]`, `[2002:${a}${b}:${c}${d}::1]`]) {
          expect([wrapped, classifyHost(hostOf(`http://${wrapped}`))]).toEqual([wrapped, expected]);
        }
      }),
    );
  });

  it('answers for any text without throwing', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => typeof classifyHost(text) === 'string'));
  });
});

describe('egress', () => {
  const decide = (address: string, over: { origins?: readonly string[]; publicHttps?: boolean } = {}) =>
    decideEgress(new URL(address), { origins: [], variable: 'LIST', ...over });

  it('goes to the operator’s origins, whatever they are, and to no neighbour of them', () => {
    const origins = ['http://127.0.0.1:9000', 'https://api.example.com'];
    expect(decide('http://127.0.0.1:9000/a', { origins }).ok).toBe(true);
    expect(decide('https://api.example.com/a?b', { origins }).ok).toBe(true);
    for (const address of [
      'http://127.0.0.1:9001/',
      'http://api.example.com/',
      'https://api.example.com:8443/',
      'https://api.example.com.evil.example/',
      'https://api.example.com@evil.example/',
      'https://user:pass@api.example.com/',
      'https://api.example.com/#a',
      'ftp://api.example.com/',
      'file:///etc/passwd',
      'data:text/plain,a',
    ]) {
      expect([address, decide(address, { origins }).ok]).toEqual([address, false]);
    }
  });

  it('names the list that could allow it', () => {
    expect(decide('https://other.example.com')).toMatchObject({ ok: false, error: expect.stringContaining('LIST') });
    expect(decide('http://169.254.169.254/latest')).toMatchObject({
      ok: false,
      error: expect.stringContaining('LIST'),
    });
  });

  it('goes to public hosts over HTTPS alone where that is allowed', () => {
    expect(decide('https://example.com', { publicHttps: true }).ok).toBe(true);
    for (const address of [
      'http://example.com',
      'https://10.0.0.1',
      'https://localhost',
      'https://[::ffff:10.0.0.1]',
    ]) {
      expect([address, decide(address, { publicHttps: true }).ok]).toEqual([address, false]);
    }
  });
});
