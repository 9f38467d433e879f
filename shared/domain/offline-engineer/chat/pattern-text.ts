/**
 * A text that matches a regular expression: the shortest by its first branches, longer where a length is asked for. Only
 * expressions that no text can make slow are read, because they come from strangers and are run on the text at last.
 */
import { RegExpParser, type AST } from '@eslint-community/regexpp';
import { err, ok, type Result } from '../../../errors/result.ts';

const longestPattern = 500;
const longestText = 200;
const mostUnbounded = 4;

/** Repetitions up to here, inside of another one, cost no time that matters. */
const mostNested = 16;

type Node = AST.Alternative | AST.Element | AST.QuantifiableElement;

const branchesOf = (node: Node): readonly AST.Alternative[] => ('alternatives' in node ? node.alternatives : []);

/** Repetitions without an end; Infinity where one is inside of another or holds a choice, which may take for ever. */
const unboundedIn = (node: Node, isRepeated: boolean): number => {
  if (node.type === 'Backreference') return Infinity;
  if (node.type === 'Alternative') return sumOf(node.elements, isRepeated);
  if (node.type === 'Quantifier') {
    const isUnbounded = node.max > longestText;
    if (isUnbounded && isRepeated) return Infinity;
    return (isUnbounded ? 1 : 0) + unboundedIn(node.element, isRepeated || node.max > mostNested);
  }
  const branches = branchesOf(node);
  return isRepeated && branches.length > 1 ? Infinity : sumOf(branches, isRepeated);
};

const sumOf = (nodes: readonly Node[], isRepeated: boolean): number =>
  nodes.reduce((sum, node) => sum + unboundedIn(node, isRepeated), 0);

const parse = (pattern: string): AST.Pattern | undefined => {
  if (pattern.length > longestPattern) return undefined;
  try {
    const parsed = new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode: true, unicodeSets: false });
    return sumOf(parsed.alternatives, false) > mostUnbounded ? undefined : parsed;
  } catch {
    // No regular expression; the caller refuses it.
    return undefined;
  }
};

/** Whether the expression may be run on texts of up to 200 characters without a thought about time. */
export const isTamePattern = (pattern: string): boolean => parse(pattern) !== undefined;

/** Tried first where a set of letters leaves the choice, then everything that can be printed, and some of beyond. */
const candidates = [
  ...Array.from('a0A-_ .@/'),
  ...Array.from({ length: 95 }, (_, index) => String.fromCodePoint(index + 32)),
  ...Array.from('\t\néΩжあ漢😀'),
];

/** A set is asked by its own source, which is one letter's worth of an expression. */
const letterOf = (set: AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass): string => {
  const expression = new RegExp(`^${set.raw}$`, 'u');
  const own =
    set.type === 'CharacterClass'
      ? set.elements.flatMap((element) =>
          element.type === 'CharacterClassRange'
            ? [element.min.value]
            : element.type === 'Character'
              ? [element.value]
              : [],
        )
      : [];
  return (
    [...candidates, ...own.map((value) => String.fromCodePoint(value))].find((letter) => expression.test(letter)) ?? ''
  );
};

class Writer {
  #missing: number;

  constructor(missing: number) {
    this.#missing = missing;
  }

  write(node: Node): string {
    switch (node.type) {
      case 'Alternative':
        return node.elements.map((element) => this.write(element)).join('');
      case 'Character':
        return String.fromCodePoint(node.value);
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return letterOf(node);
      case 'Group':
      case 'CapturingGroup':
        return this.first(node.alternatives);
      case 'Quantifier': {
        const once = this.write(node.element);
        const wanted = once === '' ? 0 : Math.ceil(this.#missing / once.length);
        const more = Math.max(0, Math.min(node.max - node.min, wanted, longestText));
        this.#missing -= more * once.length;
        return once.repeat(Math.min(node.min, longestText + 1) + more);
      }
      case 'Assertion':
      case 'Backreference':
        return '';
    }
  }

  first(alternatives: readonly AST.Alternative[]): string {
    const [alternative] = alternatives;
    return alternative === undefined ? '' : this.write(alternative);
  }
}

/** The text, or what about the expression is too much. Lengths are in characters. */
export const textMatching = (pattern: string, least: number, most: number): Result<string, string> => {
  const parsed = parse(pattern);
  if (parsed === undefined) return err('has a pattern that is too complex');
  const expression = new RegExp(pattern, 'u');
  for (const alternative of parsed.alternatives) {
    const shortest = new Writer(0).write(alternative);
    const text = shortest.length >= least ? shortest : new Writer(least - shortest.length).write(alternative);
    // An expression that is not tied to an end lets anything follow.
    for (const padded of [text, text.padEnd(least, 'a')]) {
      const isWithin = padded.length <= Math.min(most, longestText) && padded.length >= least;
      if (isWithin && expression.test(padded)) return ok(padded);
    }
  }
  return err('has a pattern that is not easily kept to');
};
