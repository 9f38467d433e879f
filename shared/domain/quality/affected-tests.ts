/** Which test files a change can reach, by the import graph that the toolchain built. */

/** Source files that each source file imports. */
export type ImportGraph = Readonly<Record<string, readonly string[]>>;

/**
 * The test files that import one of the changed files, directly or not, or are among them. A changed file that no graph
 * knows (new, data, a snapshot, a configuration) may be anything, so it reaches all tests.
 */
export const affectedTests = (
  graph: ImportGraph,
  testFiles: readonly string[],
  changed: readonly string[],
): readonly string[] => {
  const importers = new Map<string, string[]>();
  for (const [file, imports] of Object.entries(graph)) {
    for (const imported of imports) importers.set(imported, [...(importers.get(imported) ?? []), file]);
  }
  const tests = new Set(testFiles);
  const isKnown = (file: string): boolean => Object.hasOwn(graph, file) || tests.has(file);
  if (!changed.every(isKnown)) return testFiles;
  const reached = new Set(changed);
  const pending = [...changed];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const importer of importers.get(file) ?? []) {
      if (reached.has(importer)) continue;
      reached.add(importer);
      pending.push(importer);
    }
  }
  return testFiles.filter((file) => reached.has(file));
};
