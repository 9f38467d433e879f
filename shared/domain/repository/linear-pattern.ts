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
  const states = new StateSet(program);
  let current: number[] = [];
  for (let position = 0; position <= characters.length; position += 1) {
    const before = characters[position - 1] ?? '';
    const after = characters[position] ?? '';
    states.begin();
    for (const state of current) if (states.enter(state, before, after)) return true;
    // A match may begin anywhere, so the start is added at each position.
    if (states.enter(0, before, after)) return true;
    if (position < characters.length) current = states.step(after);
  }
  return false;
};

/** The character instructions that can be reached at one position without taking a character. */
class StateSet {
  readonly #program: readonly Instruction[];
  /** Where a state was last entered, by position: saves clearing a set for every character. */
  readonly #enteredAt: Int32Array;
  readonly #stack: number[] = [];
  readonly #waiting: number[] = [];
  #position = 0;

  constructor(program: readonly Instruction[]) {
    this.#program = program;
    this.#enteredAt = new Int32Array(program.length);
  }

  begin(): void {
    this.#position += 1;
    this.#waiting.length = 0;
  }

  /** True when the state, or one that follows without a character, is the end of a match. */
  enter(start: number, before: string, after: string): boolean {
    this.#stack.push(start);
    for (let state = this.#stack.pop(); state !== undefined; state = this.#stack.pop()) {
      if (this.#enteredAt[state] === this.#position) continue;
      this.#enteredAt[state] = this.#position;
      const instruction = this.#program[state];
      if (instruction === undefined || instruction.type === 'match') return true;
      if (instruction.type === 'character') this.#waiting.push(state);
      else if (instruction.type === 'split') this.#stack.push(instruction.first, instruction.second);
      else if (instruction.test(before, after)) this.#stack.push(state + 1);
    }
    return false;
  }

  /** The states after taking the character. */
  step(character: string): number[] {
    const next: number[] = [];
    for (const state of this.#waiting) {
      const instruction = this.#program[state];
      if (instruction?.type === 'character' && instruction.test(character)) next.push(state + 1);
    }
    return next;
  }
}
