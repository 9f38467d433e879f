/** A request to a service outside, checked against the connector that is declared. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { OutsideRequest } from '../../../rpc/services/connector.ts';
import type { ConnectorConfiguration } from '../../../schemas/services/declaration.ts';

const maxBodyCharacters = 256 * 1024;
const maxPathCharacters = 4_000;
const headerName = /^[a-z0-9-]{1,64}$/;
/** Set by the connection, or able to lead elsewhere or to speak for somebody else. */
const reserved = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'cookie',
]);

interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const refused = (field: string, reason: string): Result<never> =>
  err({ type: 'request.invalid', detail: `${field}: ${reason}`, issues: [{ field, reason }] });

/** The path stays below the base address: no `..`, no other host, no backslash that a parser takes for a slash. */
const isBelow = (path: unknown): path is string =>
  typeof path === 'string' &&
  path.length <= maxPathCharacters &&
  /^\/(?!\/)[\x21-\x7e]*$/.test(path) &&
  !path.includes('\\') &&
  !path.includes('#') &&
  !(path.split('?')[0] ?? '').split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part));

export const checkOutgoing = (
  declared: ConnectorConfiguration['connectors'][number],
  { method, path, headers = {}, body }: OutsideRequest,
): Result<Outgoing> => {
  const allowed = declared.methods.find((each) => each === method);
  if (allowed === undefined)
    return refused('method', `must be one of ${declared.methods.join(', ')}, which the connector declares`);
  if (!isBelow(path))
    return refused('path', 'must be a path below the base address, from one "/", without "..", percent-encoded');
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const bad = lower.find(
    ([name, value]) =>
      !headerName.test(name) ||
      reserved.has(name) ||
      name === declared.secretHeader?.name ||
      typeof value !== 'string' ||
      !/^[\t\x20-\x7e]{0,4000}$/.test(value),
  );
  if (bad !== undefined) return refused(`headers.${bad[0].slice(0, 64)}`, 'may not be set');
  if (body !== undefined && (typeof body !== 'string' || body.length > maxBodyCharacters || method === 'GET'))
    return refused('body', `must be text of at most ${maxBodyCharacters} characters, and none with GET`);
  return ok({
    url: `${declared.baseUrl.replace(/\/$/, '')}${path}`,
    method: allowed,
    headers: Object.fromEntries(lower),
    ...(body === undefined ? {} : { body }),
  });
};
