/** The way to the open network as the operator set it up. */
import type { WebFetcher } from '../../ports/web-fetcher.ts';
import { parseOrigins } from '../tools/origins.ts';
import { createResolve } from './dns-over-https.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

export interface WebVariables {
  /** Origins, separated by commas, that may be fetched although they lead into a private network. */
  readonly AIDEVOS_FETCH_OPEN?: string;
  /** A resolver of names by DNS over HTTPS, in place of the usual one. */
  readonly AIDEVOS_DNS_URL?: string;
}

/** @returns the port, and the origins that the operator opened */
export const webOf = ({
  AIDEVOS_FETCH_OPEN,
  AIDEVOS_DNS_URL,
}: WebVariables): { readonly web: WebFetcher; readonly opened: readonly string[] } => ({
  web: createGuardedFetch({ resolve: createResolve(AIDEVOS_DNS_URL) }),
  opened: parseOrigins(AIDEVOS_FETCH_OPEN),
});
