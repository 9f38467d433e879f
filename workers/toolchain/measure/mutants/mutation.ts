/** What a mutator says: which text becomes which, and where the choice between both can be made when the code runs. */
import type { Node } from '@babel/types';
import type { MutatorName } from '../../../../shared/domain/quality/mutation/mutant.ts';
import type { Place } from '../source-tree.ts';
import { endOf, startOf } from '../source-tree.ts';

/**
 * Where mutants are switched. `expression`: the range becomes a choice between the mutated and the original text.
 * `statements`: the statements of the range are left out. `condition`: an absent condition becomes `false`.
 */
export interface Slot {
  readonly kind: 'expression' | 'statements' | 'condition';
  readonly start: number;
  readonly end: number;
  /** Orders slots of the same range: the outer one first. */
  readonly depth: number;
}

export interface Mutation {
  readonly mutator: MutatorName;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** Absent: the smallest expression around the range that may become a choice. */
  readonly slot?: Omit<Slot, 'depth'>;
  /** What the mutated choice evaluates to, when it is not the text of the slot with the replacement in it. */
  readonly choice?: string;
}

export type Mutator = (place: Place, text: string) => readonly Mutation[];

/** The whole node becomes the replacement. */
export function replaceNode(mutator: MutatorName, node: Node, replacement: string): Mutation {
  return { mutator, start: startOf(node), end: endOf(node), replacement };
}

/** A part of the node becomes something else; the mutant is named after the whole node. */
export function replacePart(
  mutator: MutatorName,
  node: Node,
  text: string,
  part: { readonly start: number; readonly end: number; readonly replacement: string },
): Mutation {
  const replacement = text.slice(startOf(node), part.start) + part.replacement + text.slice(part.end, endOf(node));
  return replaceNode(mutator, node, replacement);
}

/** Offset of a token that follows with nothing but space, comments and closing parentheses before it. */
export function findToken(text: string, from: number, token: string): number | undefined {
  for (let offset = from; offset < text.length;) {
    if (text.startsWith('//', offset) && token !== '/') {
      offset = indexAfter(text, '\n', offset);
    } else if (text.startsWith('/*', offset)) {
      offset = indexAfter(text, '*/', offset + 2);
    } else if (text.startsWith(token, offset)) {
      return offset;
    } else if (/[\s()!]/.test(text.charAt(offset))) {
      offset += 1;
    } else {
      return undefined;
    }
  }
  return undefined;
}

function indexAfter(text: string, end: string, from: number): number {
  const index = text.indexOf(end, from);
  return index === -1 ? text.length : index + end.length;
}
