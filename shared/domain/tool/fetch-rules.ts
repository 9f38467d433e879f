/**
 * Where agents may fetch from. An address must be of an origin on the project's list; besides, whatever the list says,
 * names and addresses of the machine itself, of private networks, of link-local ranges and of metadata services are
 * refused, unless the operator opened that very origin. Pure: resolved addresses are handed in.
 */
import { classifyAddress, classifyHost, places, type HostClass } from '../egress/address.ts';

export interface FetchRules {
  /** Origins that persons allowed for the project. */
  readonly allowed: readonly string[];
  /** Origins that the operator opened although they lead into a private network. */
  readonly opened: readonly string[];
}

const refuse = (what: string, kind: HostClass): string | undefined =>
  kind === 'public' ? undefined : `${what} is ${places[kind]}, not of the open network`;

/** Why an address that a name resolved to must not be connected to, as the rest of a sentence. */
export const refuseResolved = (address: string): string | undefined =>
  refuse(`the address ${address}`, classifyAddress(address));

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
  return refuse(host, classifyHost(host));
};
