/** Takes some mutants out of many, the same ones each time: spread over all by a hash of the seed and the mutant. */

/** FNV-1a over the UTF-16 code units, 32 bits, with a final mix so that near texts lie far apart. */
const hashText = (text: string): number => {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** At most `limit` items in their own order; which ones depends on the seed and the keys alone. */
export const sampleMutants = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  limit: number,
  seed: string,
): readonly Item[] => {
  if (items.length <= limit) return items;
  const ranked = items
    .map((item, index) => ({ index, rank: hashText(`${seed}\n${keyOf(item)}`) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index);
  const kept = new Set(ranked.slice(0, Math.max(0, limit)).map(({ index }) => index));
  return items.filter((_, index) => kept.has(index));
};
