/** So many numbers below `size`, evenly apart; all of them where there are not more. */
export const spread = (size: number, samples: number): readonly number[] => {
  const count = Math.min(size, samples);
  return Array.from({ length: count }, (_, index) => Math.floor((index * size) / count));
};
