/**
 * Where agents may fetch from. An address must be of an origin on the project's list; besides, whatever the list says,
 * names and addresses of the machine itself, of private networks, of link-local ranges and of metadata services are
 * refused, unless the operator opened that very origin. Pure: resolved addresses are handed in.
 */

export interface FetchRules {
  /** Origins that persons allowed for the project. */
  readonly allowed: readonly string[];
  /** Origins that the operator opened although they lead into a private network. */
  readonly opened: readonly string[];
}

const forbiddenNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|arpa|onion|invalid|test)$/u;
const metadataNames: ReadonlySet<string> = new Set(['metadata', 'metadata.google.internal', 'instance-data']);

const octetsOf = (address: string): readonly number[] | undefined => {
  const parts = address.split('.');
  const octets = parts.map(Number);
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/u.test(part)) && octets.every((octet) => octet <= 255)
    ? octets
    : undefined;
};

/** Special-purpose blocks of IPv4 (RFC 6890 and its successors): first octets, and how many bits count. */
const blocks4: readonly (readonly [octets: readonly number[], bits: number, what: string])[] = [
  [[0, 0, 0, 0], 8, 'of this network'],
  [[10, 0, 0, 0], 8, 'private'],
  [[100, 64, 0, 0], 10, 'shared by carriers'],
  [[127, 0, 0, 0], 8, 'of the machine itself'],
  [[169, 254, 0, 0], 16, 'link-local, where metadata services are'],
  [[172, 16, 0, 0], 12, 'private'],
  [[192, 0, 0, 0], 24, 'reserved'],
  [[192, 0, 2, 0], 24, 'for documentation'],
  [[192, 88, 99, 0], 24, 'reserved'],
  [[192, 168, 0, 0], 16, 'private'],
  [[198, 18, 0, 0], 15, 'for benchmarks'],
  [[198, 51, 100, 0], 24, 'for documentation'],
  [[203, 0, 113, 0], 24, 'for documentation'],
  [[224, 0, 0, 0], 3, 'multicast or reserved'],
];

const toNumber = (octets: readonly number[]): number => octets.reduce((sum, octet) => sum * 256 + octet, 0);

const refuse4 = (octets: readonly number[]): string | undefined => {
  const address = toNumber(octets);
  const block = blocks4.find(([start, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(toNumber(start) / size);
  });
  return block === undefined ? undefined : `the address ${octets.join('.')} is ${block[2]}`;
};

/** The eight groups of an IPv6 address; undefined for what is none. */
const groupsOf = (address: string): readonly number[] | undefined => {
  const mapped = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/u.exec(address);
  const octets = mapped === null ? undefined : octetsOf(mapped[2] ?? '');
  const [a = 0, b = 0, c = 0, d = 0] = octets ?? [];
  const text =
    mapped === null || octets === undefined
      ? address
      : `${mapped[1] ?? ''}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = (half: string | undefined): readonly string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const [left, right] = [read(halves[0]), read(halves[1])];
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  return groups.every((group) => /^[0-9a-f]{1,4}$/iu.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
};

const refuse6 = (address: string, groups: readonly number[]): string | undefined => {
  const [first = 0, second = 0] = groups;
  const [high = 0, low = 0] = groups.slice(6);
  const inner = [high >> 8, high & 255, low >> 8, low & 255];
  const leading = groups.slice(0, 5).every((group) => group === 0);
  // ::ffff:a.b.c.d and ::a.b.c.d, 64:ff9b::a.b.c.d (NAT64) and 2002:a.b.c.d:: (6to4) carry an address of IPv4.
  if (leading && (groups[5] === 0xffff || groups[5] === 0)) {
    return high === 0 && low <= 1 ? `the address ${address} is of the machine itself` : refuse4(inner);
  }
  if (first === 0x64 && second === 0xff9b) return refuse4(inner);
  if (first === 0x2002) return refuse4([second >> 8, second & 255, (groups[2] ?? 0) >> 8, (groups[2] ?? 0) & 255]);
  // Only 2000::/3 is given out for the open network; 2001:db8::/32 is for documentation, 2001::/32 is Teredo.
  const isGlobal = first >= 0x2000 && first <= 0x3fff;
  if (!isGlobal || (first === 0x2001 && (second === 0xdb8 || second === 0))) {
    return `the address ${address} is not of the open network`;
  }
  return undefined;
};

/** Why an address must not be connected to, as the rest of a sentence; undefined for one of the open network. */
export const refuseAddress = (address: string): string | undefined => {
  const octets = octetsOf(address);
  if (octets !== undefined) return refuse4(octets);
  const bare = address.replaceAll(/^\[|\]$/gu, '').replace(/%.*$/u, '');
  const groups = groupsOf(bare);
  return groups === undefined ? `${address} is no address` : refuse6(bare, groups);
};

/** True for the host of a URL that is an address and not a name. */
export const isAddress = (host: string): boolean => octetsOf(host) !== undefined || host.startsWith('[');

const refuseHost = (host: string): string | undefined => {
  if (isAddress(host)) return refuseAddress(host);
  const name = host.replace(/\.$/u, '');
  if (metadataNames.has(name) || forbiddenNames.test(name)) return `the name ${name} is not of the open network`;
  return name.includes('.') ? undefined : `the name ${name} is none of the open network`;
};

/** The parts of an address that decide. */
interface FetchTarget {
  readonly url: string;
  readonly origin: string;
  /** `https:` and so on. */
  readonly protocol: string;
  readonly host: string;
  readonly hasCredentials: boolean;
}

/** Why this address may not be fetched, as the rest of a sentence; undefined when it may, as far as its text tells. */
export const refuseFetch = (target: FetchTarget, { allowed, opened }: FetchRules): string | undefined => {
  const { protocol, origin, host, hasCredentials } = target;
  if (protocol !== 'https:' && protocol !== 'http:')
    return `only http and https are possible, not ${protocol.replace(':', '')}`;
  if (hasCredentials) return 'addresses with a user or a password are not fetched';
  if (!allowed.includes(origin)) {
    return `${origin} is not on the list of this project${allowed.length === 0 ? ', which is empty: a person has to allow origins first' : ` (${allowed.join(', ')})`}`;
  }
  if (opened.includes(origin)) return undefined;
  return refuseHost(host);
};
