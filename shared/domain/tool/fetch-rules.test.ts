import { assert, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refuseFetch, refuseResolved, type FetchRules } from './fetch-rules.ts';

const rules: FetchRules = {
  allowed: ['https://example.com', 'http://10.0.0.1', 'http://[::1]', 'http://localhost:9'],
  opened: [],
};

const refuse = (text: string, more: Partial<FetchRules> = {}): string | undefined => {
  const url = new URL(text);
  return refuseFetch(
    {
      url: url.href,
      origin: url.origin,
      protocol: url.protocol,
      host: url.hostname,
      hasCredentials: url.username !== '' || url.password !== '',
    },
    { ...rules, ...more },
  );
};

describe('refuseResolved', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '2002:7f00:1::',
    '2001:db8::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'FE80::1%eth0',
    '[::ffff:10.0.0.1]',
    '::FFFF:192.168.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b:1::10.0.0.1',
    '2001::1',
    '3fff::1',
    '::ffff:1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:1',
    'ff02::1',
    'fec0::1',
    'example.com',
    '1.2.3',
    '1.2.3.4.5',
    '',
    ':::',
  ])('refuses %s', (address) => {
    expect(refuseResolved(address)).toBeDefined();
  });

  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
  ])('lets %s pass', (address) => {
    expect(refuseResolved(address)).toBeUndefined();
  });

  it('judges an address alike in each of its forms', () => {
    const octet = nat(255);
    assert(
      property(tuple(octet, octet, octet, octet), ([a, b, c, d]) => {
        const plain = refuseResolved(`${a}.${b}.${c}.${d}`) === undefined;
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        expect(refuseResolved(`::ffff:${a}.${b}.${c}.${d}`) === undefined).toBe(plain);
        expect(refuseResolved(`::ffff:${hex}`) === undefined).toBe(plain);
        expect(refuseResolved(`0:0:0:0:0:ffff:${hex}`) === undefined).toBe(plain);
        expect(refuseResolved(`64:ff9b::${hex}`) === undefined).toBe(plain);
        expect(refuseResolved(`2002:${hex}::`) === undefined).toBe(plain);
      }),
    );
  });
});

describe('refuseFetch', () => {
  it.each([
    ['ftp://example.com/', 'only http and https'],
    ['file:///etc/passwd', 'only http and https'],
    ['https://user:secret@example.com/', 'user or a password'],
    ['https://example.com.evil.test/', 'not on the list'],
    ['http://example.com/', 'not on the list'],
    ['https://example.com:8443/', 'not on the list'],
    ['http://10.0.0.1/', 'private'],
    ['http://0x0a000001/', 'private'],
    ['http://167772161/', 'private'],
    ['http://[::1]/', 'on this machine'],
    ['http://localhost:9/', 'not of the open network'],
  ])('refuses %s', (url, reason) => {
    expect(refuse(url)).toContain(reason);
  });

  it.each(['http://metadata.google.internal/', 'http://router/', 'http://printer.local/', 'http://db.corp./'])(
    'refuses the name of %s although it is on the list',
    (url) => {
      expect(refuse(url, { allowed: [new URL(url).origin] })).toContain('open network');
    },
  );

  it('says that nothing is allowed yet, and lets pass what is', () => {
    expect(refuse('https://example.com/', { allowed: [] })).toContain('which is empty');
    expect(refuse('https://example.com/a?b#c')).toBeUndefined();
    expect(refuse('http://10.0.0.1/', { opened: ['http://10.0.0.1'] })).toBeUndefined();
  });
});
