/**
 * Whether the platform may send a request to an address that somebody else named. Pure: the caller parses the address
 * (`new URL`), asks here for the first address and again for each redirect, and must not let `fetch` follow redirects by
 * itself.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import { classifyHost, places } from './address.ts';

/** The parts of a parsed address that count; a `URL` is one. */
export interface ParsedAddress {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  /** IPv6 in brackets, without the port. */
  readonly hostname: string;
  readonly origin: string;
  readonly hash: string;
}

export interface EgressPolicy {
  /** Exact origins. The operator who names one means it, also where it is a private address or plain HTTP. */
  readonly origins: readonly string[];
  /** Any public host over HTTPS besides; absent: no. */
  readonly publicHttps?: boolean;
  /** Names the operator's list in refusals, for example `AIDEVOS_SERVICE_ORIGINS`. */
  readonly variable: string;
}

/** The address, or why nothing may be sent to it: the end of a sentence about it. */
export const decideEgress = (address: ParsedAddress, policy: EgressPolicy): Result<ParsedAddress, string> => {
  const { protocol, username, password, hash, origin, hostname } = address;
  if (protocol !== 'https:' && protocol !== 'http:') return err('must begin with https:// or http://');
  if (username !== '' || password !== '') return err('must not contain credentials');
  if (hash !== '') return err('must not contain a fragment');
  if (policy.origins.includes(origin)) return ok(address);
  const place = classifyHost(hostname);
  if (place !== 'public')
    return err(`is ${places[place]} (${hostname}), which only the operator can allow (${policy.variable})`);
  if (policy.publicHttps === true) return protocol === 'https:' ? ok(address) : err('must begin with https://');
  return err(`is on ${origin}, which the operator of this platform does not allow (${policy.variable})`);
};
