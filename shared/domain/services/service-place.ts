/**
 * Names of service objects within a workspace: `prj_….production.auth` is Auth of that slot of a deployed app,
 * `shop.data` Data of a composition; `….group` is the object that sets the others up.
 */
import { groupMembers, type GroupMember } from '../../rpc/services/service-states.ts';
import { slots, type Slot } from '../../rpc/sandbox.ts';
import { parseId, type ProjectId } from '../ids.ts';

export type GroupOwner =
  | { readonly kind: 'app'; readonly projectId: ProjectId; readonly slot: Slot }
  | { readonly kind: 'composition'; readonly name: string };

export interface ServicePlace {
  readonly owner: GroupOwner;
  readonly member: GroupMember;
}

/** Undefined for a text that no service object is named by. */
export const parseServicePlace = (text: string): ServicePlace | undefined => {
  const words = text.split('.');
  const member = groupMembers.find((one) => one === words.at(-1));
  const [first = '', second] = words;
  if (member === undefined) return undefined;
  if (words.length === 2) {
    return /^[a-z][a-z0-9-]{0,62}$/.test(first) ? { owner: { kind: 'composition', name: first }, member } : undefined;
  }
  const projectId = parseId('prj', first);
  const slot = slots.find((one) => one === second);
  if (words.length !== 3 || projectId === undefined || slot === undefined) return undefined;
  return { owner: { kind: 'app', projectId, slot }, member };
};
