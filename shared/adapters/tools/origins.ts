/** The operator's lists of origins that others may have called, and what an address has to be. */

/** True for an origin as browsers write it: scheme, host, port, nothing else. */
export const isOrigin = (text: string): boolean => {
  try {
    return new URL(text).origin === text && /^https?:/.test(text);
  } catch {
    // Not an address at all, which is the answer asked for.
    return false;
  }
};

/** The entries of a list separated by commas, whether they are origins or not. */
export const splitOrigins = (text: string): readonly string[] =>
  text
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');

/** The origins of the list; entries that are none allow nothing. */
export const parseOrigins = (text: string | undefined): readonly string[] => splitOrigins(text ?? '').filter(isOrigin);

/** Why nothing may be sent to this address, or undefined when it may. `variable` names the operator's list. */
export const refuseUnlisted = (
  address: string,
  allowedOrigins: readonly string[],
  variable: string,
): string | undefined => {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'is not an absolute address';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not contain credentials';
  if (url.hash !== '') return 'must not contain a fragment';
  return allowedOrigins.includes(url.origin)
    ? undefined
    : `is on ${url.origin}, which the operator of this platform does not allow (${variable})`;
};

/** Why a tool may not be called at this address, or undefined when it may. */
export const refuseToolUrl = (address: string, allowedOrigins: readonly string[]): string | undefined =>
  refuseUnlisted(address, allowedOrigins, 'AIDEVOS_TOOL_ORIGINS');
