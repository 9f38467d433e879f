/** Coverage as an lcov tracefile, the format of `geninfo(1)` that editors and CI systems read. */

interface Placed {
  /** One-based. */
  readonly startLine: number;
}

/** What of a file's coverage map is needed; counters stand as statements, functions, paths of the branches. */
interface CountedFile {
  readonly file: string;
  /** Index of the file's first counter. */
  readonly firstCounter: number;
  readonly statements: readonly Placed[];
  readonly functions: readonly { readonly name: string; readonly range: Placed }[];
  readonly branches: readonly { readonly range: Placed; readonly paths: readonly Placed[] }[];
}

/** A function's name on its line: commas and line ends would end the record. */
const cleanName = (name: string): string => name.replaceAll(/[,\r\n]/g, '_');

const countHit = (counts: readonly number[]): number => counts.filter((count) => count > 0).length;

const fileRecord = (counted: CountedFile, hits: readonly number[]): string => {
  let next = counted.firstCounter;
  const take = (): number => {
    const count = hits[next] ?? 0;
    next += 1;
    return count;
  };
  const lines = new Map<number, number>();
  for (const { startLine } of counted.statements) lines.set(startLine, Math.max(lines.get(startLine) ?? 0, take()));
  const functions = counted.functions.map(({ name, range }, index) => {
    // The name has to be the only one in the file.
    return { line: range.startLine, name: `${cleanName(name)}#${index + 1}`, count: take() };
  });
  const branches = counted.branches.flatMap(({ range, paths }, block) => {
    const counts = paths.map(() => take());
    const isReached = countHit(counts) > 0;
    return counts.map((count, path) => ({ line: range.startLine, block, path, count, isReached }));
  });
  const ordered = [...lines].toSorted(([a], [b]) => a - b);
  return [
    'TN:',
    `SF:${counted.file}`,
    ...functions.map(({ line, name }) => `FN:${line},${name}`),
    ...functions.map(({ name, count }) => `FNDA:${count},${name}`),
    `FNF:${functions.length}`,
    `FNH:${countHit(functions.map(({ count }) => count))}`,
    ...branches.map(
      ({ line, block, path, count, isReached }) => `BRDA:${line},${block},${path},${isReached ? count : '-'}`,
    ),
    `BRF:${branches.length}`,
    `BRH:${countHit(branches.map(({ count }) => count))}`,
    ...ordered.map(([line, count]) => `DA:${line},${count}`),
    `LF:${lines.size}`,
    `LH:${countHit([...lines.values()])}`,
    'end_of_record',
    '',
  ].join('\n');
};

/** One record for each file; counters that are missing count as 0. */
export const toLcov = (files: readonly CountedFile[], hits: readonly number[]): string =>
  files.map((file) => fileRecord(file, hits)).join('');
