/**
 * Mutants: small changes of a source that its tests ought to notice. Names and replacements follow StrykerJS
 * (https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators), so that scores can be compared;
 * `ReturnValue` is ours, and `CallExpression` here also takes calls with mutants inside.
 */

export const mutatorNames = [
  'ArithmeticOperator',
  'ArrayDeclaration',
  'ArrowFunction',
  'AssignmentOperator',
  'BlockStatement',
  'BooleanLiteral',
  'CallExpression',
  'ConditionalExpression',
  'EqualityOperator',
  'LogicalOperator',
  'MethodExpression',
  'ObjectLiteral',
  'OptionalChaining',
  'ReturnValue',
  'StringLiteral',
  'UnaryOperator',
  'UpdateOperator',
] as const;

export type MutatorName = (typeof mutatorNames)[number];

/** One-based line, zero-based column. */
export interface MutantPosition {
  readonly line: number;
  readonly column: number;
}

export interface Mutant {
  /** Number of the mutant within its build, from 1: the switch that turns it on. */
  readonly id: number;
  readonly file: string;
  readonly mutator: MutatorName;
  readonly start: MutantPosition;
  readonly end: MutantPosition;
  /** Offsets into the source: the text between them becomes the replacement. */
  readonly startOffset: number;
  readonly endOffset: number;
  readonly replacement: string;
  /** Counter that grows when the place of the mutant is run; undefined when no test file reaches the source. */
  readonly site?: number;
}

/** Names a mutant within the text of its file: the same in every build of that text. */
export const mutantKey = ({
  file,
  mutator,
  startOffset,
  endOffset,
  replacement,
}: Pick<Mutant, 'file' | 'mutator' | 'startOffset' | 'endOffset' | 'replacement'>): string =>
  `${file}:${startOffset}-${endOffset}:${mutator}:${replacement}`;

/** The source with the mutant in it. */
export const applyMutant = (source: string, { startOffset, endOffset, replacement }: Mutant): string =>
  source.slice(0, startOffset) + replacement + source.slice(endOffset);
