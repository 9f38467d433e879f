/**
 * Fetching for agents. Each hop, the first and every redirect, is checked by its address, by the list of the project
 * and, for a name, by all addresses that it resolves to; nothing of the platform's is sent along; time and bytes are
 * bounded. Between the look at the addresses and the connection a name could still be pointed elsewhere; that is why
 * only origins that a person has named are fetched at all.
 */
import { isAddressHost } from '../../domain/egress/address.ts';
import { refuseFetch, refuseResolved, type FetchRules } from '../../domain/tool/fetch-rules.ts';
import type { WebAnswer, WebFetcher, WebRequest } from '../../ports/web-fetcher.ts';
import { readBoundedText } from '../tools/bounded-text.ts';

const maxHops = 5;
const totalMs = 20_000;
const maxBytes = 1_000_000;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that an agent may choose; everything else could carry a secret or deceive a server. */
const allowedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'if-none-match',
  'if-modified-since',
]);

/** All addresses of a name; rejects when they cannot be found out. */
export type Resolve = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

export interface GuardedFetchOptions {
  readonly resolve: Resolve;
  readonly fetch?: typeof fetch;
}

type Checked = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly reason: string };

const parseUrl = (text: string, base?: URL): URL | undefined => {
  try {
    return new URL(text, base);
  } catch {
    // Told as an address that is none.
    return undefined;
  }
};

const reasonOf = (thrown: unknown): string => {
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'TimeoutError' || name === 'AbortError') return `There was no whole answer within ${totalMs / 1_000} s.`;
  return `The connection failed: ${thrown instanceof Error ? thrown.message : 'no reason given'}`;
};

const check = async (
  text: string,
  base: URL | undefined,
  rules: FetchRules,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<Checked> => {
  const url = parseUrl(text, base);
  if (url === undefined) return { ok: false, reason: `${text.slice(0, 200)} is no address` };
  const { origin, protocol, hostname: host } = url;
  const hasCredentials = url.username !== '' || url.password !== '';
  const reason = refuseFetch({ url: url.href, origin, protocol, host, hasCredentials }, rules);
  if (reason !== undefined) return { ok: false, reason };
  if (rules.opened.includes(origin) || isAddressHost(host)) return { ok: true, url };
  const addresses = await resolve(host, signal);
  if (addresses.length === 0) return { ok: false, reason: `the name ${host} has no address` };
  const refused = addresses.map(refuseResolved).find((each) => each !== undefined);
  return refused === undefined ? { ok: true, url } : { ok: false, reason: `${host} leads elsewhere: ${refused}` };
};

/** The port over the runtime's `fetch`. */
export const createGuardedFetch = (options: GuardedFetchOptions): WebFetcher => {
  const send = options.fetch ?? ((input: URL, init: RequestInit) => fetch(input, init));
  const follow = async ({ url, method, headers, rules }: WebRequest, signal: AbortSignal): Promise<WebAnswer> => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => allowedHeaders.has(name.toLowerCase())));
    let next = url;
    let base: URL | undefined;
    for (let hop = 0; hop <= maxHops; hop += 1) {
      const checked = await check(next, base, rules, options.resolve, signal);
      if (!checked.ok) {
        const where = hop === 0 ? '' : `Redirect ${hop} to ${next.slice(0, 200)} was not followed: `;
        return { type: 'refused', reason: `${where}${checked.reason}.` };
      }
      base = checked.url;
      const response = await send(checked.url, { method, headers: sent, redirect: 'manual', signal });
      const location = redirects.has(response.status) ? response.headers.get('location') : null;
      if (location === null) {
        const { text, cut } = await readBoundedText(response, maxBytes);
        const contentType = response.headers.get('content-type') ?? '';
        return { type: 'answered', url: checked.url.href, status: response.status, contentType, text, cut };
      }
      await response.body?.cancel();
      next = location;
    }
    return { type: 'refused', reason: `There were more than ${maxHops} redirects.` };
  };
  return {
    fetch: async (request) => {
      try {
        return await follow(request, AbortSignal.timeout(totalMs));
      } catch (thrown) {
        return { type: 'failed', reason: reasonOf(thrown) };
      }
    },
  };
};
