/** What two requests have in common that may be given the same answer: the caller's workspace, and every field. */
import { canonicalJson } from '../../../shared/domain/replay/canonical.ts';
import type { CallPlan } from './call.ts';

/** The body of a request: its text, and what that says. */
export interface RequestBody {
  readonly text: string;
  readonly value: unknown;
}

/** True where two numbers of the text may have become one. */
const hasLargeNumber = (value: unknown): boolean => {
  if (typeof value === 'number')
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLargeNumber);
};

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of workspace, wire, model and the canonical body, 64 hex digits. */
export const cacheKeyOf = async (
  workspaceId: string,
  { wire, model }: Pick<CallPlan, 'wire' | 'model'>,
  { text, value }: RequestBody,
): Promise<string> => {
  // A body whose numbers JavaScript cannot tell apart is like no other text than its own.
  const body = hasLargeNumber(value) ? ['text', text] : ['json', canonicalJson(value)];
  const parts = [workspaceId, wire, model, ...body];
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts))));
};
