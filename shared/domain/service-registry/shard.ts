/**
 * Which registry object of a workspace holds a name. A name lives in one shard for good: the number of shards is part of
 * the addresses and never changes for a workspace that has services.
 */

/** Registry objects of a workspace. */
export const registryShards = 4;

/** All shards, in order. */
export const allShards: readonly number[] = Array.from({ length: registryShards }, (_entry, shard) => shard);

/** 32-bit FNV-1a over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/), with a final avalanche of its bits. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // Names that differ in their last character alone would otherwise differ in few bits.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** The shard of a service's name. */
export const shardOf = (name: string): number => hashText(name) % registryShards;
