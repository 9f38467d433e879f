/**
 * What can be covered in a file, by istanbul's definitions (istanbul-lib-instrument 6): which nodes count as statements,
 * functions and branches, and that a line is covered when a statement that starts on it was run.
 */

/** Lines are one-based, columns zero-based, ends exclusive. */
export interface SourceRange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface CoveredFunction {
  /** `(anonymous)` when the source gives none. */
  readonly name: string;
  readonly range: SourceRange;
}

export type BranchKind = 'if' | 'switch' | 'cond-expr' | 'binary-expr' | 'default-arg';

export interface CoveredBranch {
  readonly kind: BranchKind;
  readonly range: SourceRange;
  /** One for each way to go. */
  readonly paths: readonly SourceRange[];
}

/** Counters of a file stand one after the other: statements, then functions, then the paths of the branches. */
export interface FileCoverageMap {
  readonly file: string;
  /** Index of the file's first counter among those of the build. */
  readonly firstCounter: number;
  readonly statements: readonly SourceRange[];
  readonly functions: readonly CoveredFunction[];
  readonly branches: readonly CoveredBranch[];
}

/** Number of counters that the file has. */
export const counterCount = (map: FileCoverageMap): number =>
  map.statements.length + map.functions.length + map.branches.reduce((sum, { paths }) => sum + paths.length, 0);
