/** Whether a request carries the credentials that an operation asks for. */

import { own } from '../json.ts';
import type { CredentialContract, OperationContract } from './operation.ts';
import type { RawParameters } from './parameters.ts';

/**
 * Without configured keys every non-empty credential is accepted, because the API's document says where a credential
 * stands but not which ones are good. With keys, the credential must be one of them.
 */
export const isAuthorised = (operation: OperationContract, raw: RawParameters, keys: readonly string[]): boolean => {
  const alternatives = operation.security ?? [];
  return (
    alternatives.length === 0 ||
    alternatives.some((credentials) => credentials.every((credential) => accepts(credential, raw, keys)))
  );
};

const accepts = (credential: CredentialContract, raw: RawParameters, keys: readonly string[]): boolean => {
  const given = credentialIn(credential, raw);
  return given !== undefined && given !== '' && (keys.length === 0 || keys.includes(given));
};

const credentialIn = (credential: CredentialContract, raw: RawParameters): string | undefined => {
  if (credential.kind !== 'api_key') {
    const match = /^(\S+)\s+(.+)$/.exec(own(raw.headers, 'authorization') ?? '');
    return match?.[1]?.toLowerCase() === credential.kind ? match?.[2]?.trim() : undefined;
  }
  if (credential.in === 'header') return own(raw.headers, credential.name.toLowerCase());
  const pairs = credential.in === 'query' ? raw.query : raw.cookies;
  return pairs.find(([name]) => name === credential.name)?.[1];
};
