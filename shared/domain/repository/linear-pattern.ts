/**
 * Regular expressions that take time proportional to the text, whatever the pattern: they are run as a set of
 * states, never by backtracking (Thompson, "Regular Expression Search Algorithm", 1968). The syntax is RE2's without
 * Unicode classes and named groups; groups only group, and there are no back-references or look-arounds.
 */

import { err, ok, type Result } from '../../errors/result.ts';
import { parsePattern, type PatternNode } from './pattern-parser.ts';

type Instruction =
  | { readonly type: 'character'; readonly test: (character: string) => boolean }
  | { readonly type: 'assert'; readonly test: (before: string, after: string) => boolean }
  | { readonly type: 'split'; first: number; second: number }
  | { readonly type: 'match' };

/** Every character of the text may visit every instruction, so their number bounds the time. */
const maximumInstructions = 300;

/** A test that tells whether a line contains a match, or what is wrong with the pattern. */
export const compileLinearPattern = (source: string): Result<(line: string) => boolean, string> => {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const program: Instruction[] = [];
  if (!emit(parsed.value, program)) return err('is too large when its repetitions are written out');
  program.push({ type: 'match' });
  return ok((line) => run(program, line));
};

/** Appends the code of a node; falling off its end is success. False when the program grows too large. */
const emit = (node: PatternNode, program: Instruction[]): boolean => {
  if (program.length > maximumInstructions) return false;
  switch (node.type) {
    case 'character':
    case 'assert':
      program.push(node);
      return true;
    case 'sequence':
      return node.parts.every((part) => emit(part, program));
    case 'choice':
      return emitChoice(node.options, program);
    case 'repeat':
      return emitRepeat(node, program);
  }
};

const split = (program: Instruction[]): Extract<Instruction, { type: 'split' }> => {
  const instruction: Extract<Instruction, { type: 'split' }> = { type: 'split', first: 0, second: 0 };
  program.push(instruction);
  return instruction;
};

const emitChoice = (options: readonly PatternNode[], program: Instruction[]): boolean => {
  const ends: Extract<Instruction, { type: 'split' }>[] = [];
  for (const [index, option] of options.entries()) {
    const fork = index < options.length - 1 ? split(program) : undefined;
    if (fork !== undefined) fork.first = program.length;
    if (!emit(option, program)) return false;
    if (fork !== undefined) {
      ends.push(split(program));
      fork.second = program.length;
    }
  }
  for (const end of ends) {
    end.first = program.length;
    end.second = program.length;
  }
  return true;
};

const emitRepeat = (node: Extract<PatternNode, { type: 'repeat' }>, program: Instruction[]): boolean => {
  for (let count = 0; count < node.minimum; count += 1) {
    const before = program.length;
    if (!emit(node.part, program)) return false;
    // Nothing any number of times is nothing; nested, it would be counted for ever.
    if (program.length === before) return true;
  }
  if (node.maximum === undefined) {
    const fork = split(program);
    const start = program.length - 1;
    fork.first = program.length;
    if (!emit(node.part, program)) return false;
    const back = split(program);
    back.first = start;
    back.second = start;
    fork.second = program.length;
    return true;
  }
  const forks: Extract<Instruction, { type: 'split' }>[] = [];
  for (let count = node.minimum; count < node.maximum; count += 1) {
    const fork = split(program);
    fork.first = program.length;
    forks.push(fork);
    if (!emit(node.part, program)) return false;
  }
  for (const fork of forks) fork.second = program.length;
  return true;
};

const run = (program: readonly Instruction[], line: string): boolean => {
  const characters = Array.from(line);
  let current: number[] = [];
  for (let position = 0; position <= characters.length; position += 1) {
    const before = characters[position - 1] ?? '';
    const after = characters[position] ?? '';
    // A match may begin anywhere, so the start is added at each position.
    const states = closure(program, [...current, 0], before, after);
    if (states === 'matched') return true;
    current = [];
    if (position === characters.length) return false;
    for (const state of states) {
      const instruction = program[state];
      if (instruction?.type === 'character' && instruction.test(after)) current.push(state + 1);
    }
  }
  return false;
};

/** The character instructions that can be reached without taking a character. */
const closure = (
  program: readonly Instruction[],
  starts: readonly number[],
  before: string,
  after: string,
): readonly number[] | 'matched' => {
  const reached = new Set<number>();
  const waiting: number[] = [];
  const stack = [...starts];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    const instruction = program[state];
    if (instruction === undefined || instruction.type === 'match') return 'matched';
    if (instruction.type === 'character') waiting.push(state);
    else if (instruction.type === 'split') stack.push(instruction.first, instruction.second);
    else if (instruction.test(before, after)) stack.push(state + 1);
  }
  return waiting;
};
