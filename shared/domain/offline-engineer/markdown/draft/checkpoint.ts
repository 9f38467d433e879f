/** Takes back what a failed attempt to read a sentence has already put into the draft. */

import type { Chain, Move } from '../rules/context.ts';
import type { Draft, DraftField, DraftResource } from './draft.ts';

interface Mutable {
  readonly draft: Draft;
  readonly moves: Move[];
  readonly chains: Chain[];
}

const refill = <Item>(list: Item[], items: readonly Item[]): void => {
  list.splice(0, list.length, ...items);
};

const refillSet = <Item>(set: Set<Item>, items: ReadonlySet<Item>): void => {
  set.clear();
  for (const item of items) set.add(item);
};

/** Fields are changed in place, so the same objects get their former content back. */
const fieldCheckpoint = (field: DraftField): (() => DraftField) => {
  const before = { ...field };
  return () => {
    for (const key of Object.keys(field)) if (!(key in before)) Reflect.deleteProperty(field, key);
    return Object.assign(field, before);
  };
};

const resourceCheckpoint = (resource: DraftResource): (() => void) => {
  const fields = resource.fields.map(fieldCheckpoint);
  const unique = [...resource.unique];
  const sets = [
    resource.operations,
    resource.searchable,
    resource.filterable,
    resource.sortable,
  ] as readonly Set<string>[];
  const contents = sets.map((set) => new Set(set));
  const { hasPage } = resource;
  return () => {
    refill(
      resource.fields,
      fields.map((restore) => restore()),
    );
    refill(resource.unique, unique);
    sets.forEach((set, index) => refillSet(set, contents[index] ?? new Set()));
    resource.hasPage = hasPage;
  };
};

/** Runs the attempt; when it fails, the draft is as if it had never been made. */
export const attempt = (state: Mutable, work: () => boolean): boolean => {
  const { draft } = state;
  const rules = [...draft.rules];
  const endpoints = [...draft.endpoints];
  const moves = [...state.moves];
  const chains = [...state.chains];
  const pagination = { ...draft.pagination };
  const { wantsPages } = draft;
  const resources = draft.resources.map(resourceCheckpoint);
  if (work()) return true;
  refill(draft.rules, rules);
  refill(draft.endpoints, endpoints);
  refill(state.moves, moves);
  refill(state.chains, chains);
  draft.pagination = pagination;
  draft.wantsPages = wantsPages;
  for (const restore of resources) restore();
  return false;
};
