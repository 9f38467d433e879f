/** Pages of lists: how many entries, whatever a caller asks for. */
const usualLimit = 50;
const maxLimit = 200;

/** 1 to 200; 50 where it is not told or is no number. */
export const pageLimit = (limit: number | undefined): number =>
  limit === undefined || !Number.isFinite(limit) ? usualLimit : Math.min(maxLimit, Math.max(1, Math.trunc(limit)));
