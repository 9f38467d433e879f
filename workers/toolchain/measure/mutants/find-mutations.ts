/** All mutants of one source, in the order of the text, each with the slot in which it can be switched. */
import type { MutantPosition, MutatorName } from '../../../../shared/domain/quality/mutation/mutant.ts';
import { parseSource, walk } from '../source-tree.ts';
import { arrowFunction, blockStatement, returnValue } from './bodies.ts';
import { callExpression, methodExpression, optionalChaining } from './calls.ts';
import { conditionalExpression } from './conditions.ts';
import { ignoredBy } from './ignored.ts';
import { arrayDeclaration, booleanLiteral, objectLiteral, stringLiteral } from './literals.ts';
import type { Mutation, Mutator, Slot } from './mutation.ts';
import {
  arithmeticOperator,
  assignmentOperator,
  equalityOperator,
  logicalOperator,
  unaryOperator,
  updateOperator,
} from './operators.ts';
import { depthOf, slotAround } from './slots.ts';

const mutators: readonly Mutator[] = [
  arithmeticOperator,
  arrayDeclaration,
  arrowFunction,
  assignmentOperator,
  blockStatement,
  booleanLiteral,
  callExpression,
  conditionalExpression,
  equalityOperator,
  logicalOperator,
  methodExpression,
  objectLiteral,
  optionalChaining,
  returnValue,
  stringLiteral,
  unaryOperator,
  updateOperator,
];

export interface FoundMutation extends Mutation {
  readonly startPosition: MutantPosition;
  readonly endPosition: MutantPosition;
  readonly slot: Slot;
}

export interface IgnoredMutation {
  readonly mutator: MutatorName;
  readonly line: number;
  readonly reason: string;
}

type FoundMutations =
  | { readonly ok: true; readonly mutations: readonly FoundMutation[]; readonly ignored: readonly IgnoredMutation[] }
  | { readonly ok: false; readonly reason: string };

export function findMutations(path: string, text: string): FoundMutations {
  const parsed = parseSource(path, text);
  if (!parsed.ok) return parsed;
  const reasonOf = ignoredBy(text, parsed.comments);
  const positionOf = positionsIn(text);
  const mutations: FoundMutation[] = [];
  const ignored: IgnoredMutation[] = [];
  walk(parsed.program, (place) => {
    for (const mutator of mutators) {
      for (const mutation of mutator(place, text)) {
        const slot = mutation.slot === undefined ? slotAround(place) : { ...mutation.slot, depth: depthOf(place) };
        if (slot === undefined) continue;
        const startPosition = positionOf(mutation.start);
        const reason = reasonOf(mutation.mutator, mutation.start, startPosition.line);
        if (reason !== undefined) ignored.push({ mutator: mutation.mutator, line: startPosition.line, reason });
        else mutations.push({ ...mutation, slot, startPosition, endPosition: positionOf(mutation.end) });
      }
    }
    return undefined;
  });
  return { ok: true, mutations, ignored };
}

/** Lines end as Babel and editors count them: LF, CR, CR LF, and the two separators of Unicode. */
function positionsIn(text: string): (offset: number) => MutantPosition {
  const starts = [
    0,
    ...Array.from(text.matchAll(/\r\n|[\n\r\u2028\u2029]/g), (match) => match.index + match[0].length),
  ];
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) };
  };
}
