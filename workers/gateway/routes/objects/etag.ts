/** Versions as HTTP has them: strong entity tags (RFC 9110, section 8.8.3). */
import type { ObjectState } from '../../../../shared/rpc/managed-object.ts';

/** The tag of a state. Where there are no versions, that of its contents. */
export const etagOf = ({ source, version, hash }: ObjectState): string =>
  `"${source === 'events' ? version : hash.slice(0, 16)}"`;

/** The version that an `If-Match` names; undefined when any will do. */
export const expectedVersionOf = (header: string | undefined): number | undefined =>
  header === undefined || header === '*' ? undefined : Number(header.slice(1, -1));
