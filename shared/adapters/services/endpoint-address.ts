/** The addresses of services outside: only on origins that the operator names, looked at again before each request. */
import { decideEgress } from '../../domain/egress/decide.ts';

const variable = 'AIDEVOS_SERVICE_ORIGINS';

/** Why no service may be at this address, or undefined when one may. */
export const refuseEndpoint = (address: string, origins: readonly string[]): string | undefined => {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'is not an absolute address';
  }
  if (url.search !== '') return 'must not have a query; requests bring their own';
  const decided = decideEgress(url, { origins, variable });
  return decided.ok ? undefined : decided.error;
};
