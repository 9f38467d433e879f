/**
 * What kind of network a host of an address belongs to. The host is what a URL parser made of it (WHATWG URL, section
 * 3.5): lower case, IPv4 in four decimal parts whatever was written (`0x7f.1`, `2130706433`), IPv6 in brackets. Ranges are
 * those of the IANA special-purpose registries (RFC 6890 and its successors).
 *
 * A name says nothing of the address that it will resolve to: where the runtime resolves names itself, only a list of
 * origins that the operator trusts protects, which is why `decideEgress` asks for one.
 */

export type HostClass = 'public' | 'loopback' | 'private' | 'link_local' | 'reserved' | 'local_name' | 'malformed';

/** Where hosts of a kind are, as the rest of a sentence. */
export const places: Readonly<Record<Exclude<HostClass, 'public'>, string>> = {
  loopback: 'on this machine',
  private: 'in a private network',
  link_local: 'in the network segment of the machine itself, where clouds keep their secrets',
  reserved: 'in a reserved range',
  local_name: 'a name within a network',
  malformed: 'not a host name',
};

type Range4 = readonly [network: number, prefixBits: number, what: HostClass];

const ipv4 = (a: number, b: number, c: number, d: number): number => ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

/** The first that fits counts; what fits none is public. */
const ranges4: readonly Range4[] = [
  [ipv4(0, 0, 0, 0), 8, 'loopback'],
  [ipv4(10, 0, 0, 0), 8, 'private'],
  [ipv4(100, 64, 0, 0), 10, 'private'],
  [ipv4(127, 0, 0, 0), 8, 'loopback'],
  // The address of the metadata services of clouds is among these.
  [ipv4(169, 254, 0, 0), 16, 'link_local'],
  [ipv4(172, 16, 0, 0), 12, 'private'],
  [ipv4(192, 0, 0, 0), 24, 'reserved'],
  [ipv4(192, 0, 2, 0), 24, 'reserved'],
  [ipv4(192, 88, 99, 0), 24, 'reserved'],
  [ipv4(192, 168, 0, 0), 16, 'private'],
  [ipv4(198, 18, 0, 0), 15, 'private'],
  [ipv4(198, 51, 100, 0), 24, 'reserved'],
  [ipv4(203, 0, 113, 0), 24, 'reserved'],
  // Multicast, class E and broadcast.
  [ipv4(224, 0, 0, 0), 3, 'reserved'],
];

const classify4 = (address: number): HostClass => {
  const found = ranges4.find(([network, bits]) => address >>> (32 - bits) === network >>> (32 - bits));
  return found?.[2] ?? 'public';
};

const parse4 = (host: string): number | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  return ipv4(a, b, c, d);
};

const parseGroups = (text: string): readonly number[] | undefined => {
  if (text === '') return [];
  const groups = text
    .split(':')
    .map((group) => (/^[0-9a-f]{1,4}$/.test(group) ? Number.parseInt(group, 16) : Number.NaN));
  return groups.some(Number.isNaN) ? undefined : groups;
};

/** An IPv4 address at the end (RFC 4291, section 2.2) as the two groups that it stands for. */
const withoutDots = (text: string): string => {
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  const address = parse4(dotted?.[2] ?? '');
  if (dotted === null || address === undefined) return text;
  return `${dotted[1] ?? ''}${(address >>> 16).toString(16)}:${(address & 0xffff).toString(16)}`;
};

/** The eight groups of an IPv6 address in lower case, without brackets; undefined when it is none. */
const parse6 = (address: string): readonly number[] | undefined => {
  const text = withoutDots(address);
  const [head = '', tail, ...rest] = text.split('::');
  if (rest.length > 0) return undefined;
  const first = parseGroups(head);
  const last = tail === undefined ? [] : parseGroups(tail);
  if (first === undefined || last === undefined) return undefined;
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...first, ...Array.from({ length: missing }, () => 0), ...last];
};

/** An address that carries an IPv4 address leads to where that one leads. */
const embedded4 = (groups: readonly number[]): number | undefined => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const isZeroTo = (count: number): boolean => groups.slice(0, count).every((group) => group === 0);
  const low = ((g << 16) | h) >>> 0;
  // IPv4-mapped (::ffff:0:0/96), IPv4-translated (::ffff:0:0:0/96), IPv4-compatible (::/96, deprecated).
  if (isZeroTo(5) && f === 0xffff) return low;
  if (isZeroTo(4) && e === 0xffff && f === 0) return low;
  if (isZeroTo(6)) return low;
  // NAT64 (64:ff9b::/96 and the local 64:ff9b:1::/48), 6to4 (2002::/16).
  if (a === 0x64 && b === 0xff9b && (c === 1 || [c, d, e, f].every((group) => group === 0))) return low;
  if (a === 0x2002) return ((b << 16) | c) >>> 0;
  return undefined;
};

const classify6 = (groups: readonly number[]): HostClass => {
  const first = groups[0] ?? 0;
  if (groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1) return 'loopback';
  const inner = embedded4(groups);
  if (inner !== undefined) return classify4(inner);
  if ((first & 0xfe00) === 0xfc00) return 'private';
  if ((first & 0xffc0) === 0xfe80) return 'link_local';
  // Site-local, deprecated.
  if ((first & 0xffc0) === 0xfec0) return 'private';
  // Only 2000::/3 is given out to anybody; of it, documentation, benchmarks, Teredo and ORCHID are not.
  if ((first & 0xe000) !== 0x2000) return 'reserved';
  const second = groups[1] ?? 0;
  if (first === 0x2001 && (second === 0xdb8 || second < 0x200)) return 'reserved';
  return first === 0x3fff && second < 0x1000 ? 'reserved' : 'public';
};

/** Names that never leave a network (RFC 2606, 6761, 6762, 7686, 8375, 9476), and those that clouds and containers use inside. */
const localSuffixes = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'arpa',
  'corp',
  'home',
  'private',
  'alt',
  'onion',
  'invalid',
  'test',
];

const namePattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** True for the `hostname` of a URL that is an address and not a name. */
export const isAddressHost = (hostname: string): boolean => hostname.startsWith('[') || parse4(hostname) !== undefined;

/**
 * The kind of network of an address as a resolver writes it: also in capitals, with an IPv4 address at the end, in
 * brackets, or with the zone of a link (`fe80::1%eth0`). What is no address, a name too, is `malformed`.
 */
export const classifyAddress = (address: string): HostClass => {
  const bare = address
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .toLowerCase();
  if (bare.includes(':')) return classifyHost(`[${bare}]`);
  return parse4(bare) === undefined ? 'malformed' : classifyHost(bare);
};

/** The kind of network of a host as a URL parser wrote it (`hostname`). */
export const classifyHost = (hostname: string): HostClass => {
  if (hostname.startsWith('[') && hostname.endsWith(']')) {
    const groups = parse6(hostname.slice(1, -1));
    return groups === undefined ? 'malformed' : classify6(groups);
  }
  const address = parse4(hostname);
  if (address !== undefined) return classify4(address);
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  if (!namePattern.test(name)) return 'malformed';
  // A name without a dot is looked up within the network, and one that ends in a number is no name at all.
  if (!name.includes('.')) return 'local_name';
  if (/(^|\.)\d+$/.test(name)) return 'malformed';
  return localSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`)) ? 'local_name' : 'public';
};
