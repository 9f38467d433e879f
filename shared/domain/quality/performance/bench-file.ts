/** The files that are benchmarks, by the name that Vitest looks for. */
export const isBenchFile = (path: string): boolean => /\.bench(?:mark)?\.[cm]?[jt]sx?$/.test(path);
