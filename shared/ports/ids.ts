import { createId, type Id, type IdPrefix } from '../domain/ids.ts';

/** Makes new identifiers, as a dependency, so that runs can be replayed. */
export interface Ids {
  readonly create: <Prefix extends IdPrefix>(prefix: Prefix) => Id<Prefix>;
}

/** Identifiers for tests: the same sequence each time, still sorted by creation. */
export const testCreateIds = (): Ids => {
  let count = 0;
  return {
    create: (prefix) => {
      count += 1;
      return createId(prefix, 1_700_000_000_000 + count, new Uint8Array(16));
    },
  };
};
