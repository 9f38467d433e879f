/**
 * Whether the holder of a lease may write: tokens only grow, so whoever comes with a lower one than was seen before has
 * lost the lease, however sure it is that it holds it.
 */
export const decideFence = (seenToken: number, offeredToken: number): 'refuse' | 'pass' | 'raise' => {
  if (offeredToken < seenToken) return 'refuse';
  return offeredToken > seenToken ? 'raise' : 'pass';
};
