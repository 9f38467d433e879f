/** Hands out the counters of one file and describes what each counts. Indexes are final only when the file is done. */
import type { Node } from '@babel/types';
import type {
  BranchKind,
  CoveredBranch,
  FileCoverageMap,
  SourceRange,
} from '../../../../shared/domain/quality/coverage/coverage-map.ts';

/** A counter before its index is known: its turn among those of its kind. */
export interface CounterTurn {
  readonly kind: 'statement' | 'function' | 'branch';
  readonly turn: number;
}

export class FileCounters {
  readonly statements: SourceRange[] = [];
  readonly functions: { name: string; range: SourceRange }[] = [];
  readonly #branches: { kind: BranchKind; range: SourceRange; paths: SourceRange[]; turns: number[] }[] = [];
  #branchPaths = 0;

  statement(node: Node): CounterTurn {
    return { kind: 'statement', turn: this.statements.push(rangeOf(node)) - 1 };
  }

  function(name: string | undefined, node: Node): CounterTurn {
    return { kind: 'function', turn: this.functions.push({ name: name ?? '(anonymous)', range: rangeOf(node) }) - 1 };
  }

  /** A new branch; its answer makes the counters of its paths, in any order and mixed with those of other branches. */
  branch(kind: BranchKind, node: Node): (path: Node) => CounterTurn {
    const branch = { kind, range: rangeOf(node), paths: [] as SourceRange[], turns: [] as number[] };
    this.#branches.push(branch);
    return (path) => {
      branch.paths.push(rangeOf(path));
      const turn = this.#branchPaths;
      this.#branchPaths += 1;
      branch.turns.push(turn);
      return { kind: 'branch', turn };
    };
  }

  /** The description, and the function that gives each turn its index in the build. */
  finish(file: string, firstCounter: number): { map: FileCoverageMap; indexOf: (counter: CounterTurn) => number } {
    const functionsFrom = firstCounter + this.statements.length;
    const branchesFrom = functionsFrom + this.functions.length;
    const placeOfTurn = new Map(this.#branches.flatMap(({ turns }) => turns).map((turn, place) => [turn, place]));
    const branches: CoveredBranch[] = this.#branches.map(({ kind, range, paths }) => ({ kind, range, paths }));
    return {
      map: { file, firstCounter, statements: this.statements, functions: this.functions, branches },
      indexOf: ({ kind, turn }) => {
        if (kind === 'statement') return firstCounter + turn;
        return kind === 'function' ? functionsFrom + turn : branchesFrom + (placeOfTurn.get(turn) ?? turn);
      },
    };
  }
}

export function rangeOf(node: Node): SourceRange {
  const start = node.loc?.start ?? { line: 1, column: 0 };
  const end = node.loc?.end ?? start;
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}
