/**
 * A copy of a log under ids of its own. New ids follow from the old ones and the copy's project, so nothing has to be
 * remembered: what is copied again, or by another object, gets the same ids. Every id is found by its form, wherever it
 * stands, so events of any type can be copied.
 */
import { deriveId, type ProjectId } from '../ids.ts';
import type { HashText } from './canonical.ts';

const idPattern = /\b(agt|tsk|run|msg|prj)_[0-9a-hjkmnp-tv-z]{26}\b/g;

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));

export interface Rekey {
  id<Id extends string>(id: Id): Id;
  /** A copy of any JSON value. Ids of other projects stay. */
  value<Value>(value: Value): Value;
}

export const createRekey = (from: ProjectId, to: ProjectId, hash: HashText): Rekey => {
  const known = new Map<string, string>([[from, to]]);
  const map = (id: string): string => {
    const mapped = known.get(id);
    if (mapped !== undefined) return mapped;
    if (id.startsWith('prj_')) return id;
    const made = deriveId(id, bytesOf(hash(`${to}/${id}`)));
    known.set(id, made);
    return made;
  };
  return {
    // SAFETY: an id of the same kind and form.
    id: <Id extends string>(id: Id): Id => map(id) as Id,
    value: <Value>(value: Value): Value =>
      // SAFETY: the text was made from the value, and ids in it were replaced by others of the same form.
      JSON.parse(JSON.stringify(value).replaceAll(idPattern, map)) as Value,
  };
};
