/** Which origins a group of an app may reach: what the operator lists, and of what its own people list the public ones. */
import { classifyHost } from './address.ts';
import type { EgressPolicy } from './decide.ts';

const variable = 'APP_EGRESS_ORIGINS';

/** The origin of an address that somebody listed, or undefined when it is none. */
const originOf = (entry: string): { readonly origin: string; readonly isPublic: boolean } | undefined => {
  const match = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^/:?#@\s[\]]+)(:\d{1,5})?\/?$/i.exec(entry.trim());
  if (match === null) return undefined;
  const [, scheme = '', host = '', port = ''] = match;
  const usual = scheme.toLowerCase() === 'https' ? ':443' : ':80';
  return {
    origin: `${scheme}://${host}${port === usual ? '' : port}`.toLowerCase(),
    isPublic: scheme.toLowerCase() === 'https' && classifyHost(host.toLowerCase()) === 'public',
  };
};

/** @param operator the variable's text: origins separated by spaces or commas, private ones too. */
export const egressPolicy = (operator: string | undefined, granted: readonly string[]): EgressPolicy => {
  const trusted = (operator ?? '').split(/[\s,]+/).flatMap((entry) => originOf(entry)?.origin ?? []);
  const open = granted.flatMap((entry) => {
    const parsed = originOf(entry);
    return parsed?.isPublic === true ? [parsed.origin] : [];
  });
  return { origins: [...trusted, ...open], variable };
};
