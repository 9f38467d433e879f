import { describe, expect, it } from 'vitest';
import { findDuplicates } from './duplication.ts';
import { plainFacts, type FileFacts } from './facts.ts';
import { TokenCollector } from './tokens.ts';

/** A file whose lines are these, ten tokens each. */
const fileOf = (lines: readonly string[]): FileFacts => {
  const collector = new TokenCollector();
  for (const [index, line] of lines.entries())
    for (let token = 0; token < 10; token += 1) collector.add(`${line}${token}`, index + 1);
  const facts = plainFacts('typescript', { total: lines.length, code: lines.length, comment: 0, blank: 0 }, '');
  return { ...facts, tokens: collector.lines };
};

const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('findDuplicates', () => {
  it('tells a copy once, as long as it is', () => {
    const shared = lines('same', 8);
    const project = new Map([
      ['a.ts', fileOf([...lines('a', 3), ...shared, 'end a'])],
      ['b.ts', fileOf([...lines('b', 5), ...shared, 'end b'])],
    ]);
    expect(findDuplicates(project, 10)).toEqual([
      {
        tokens: 80,
        lines: 8,
        first: { path: 'a.ts', startLine: 4, endLine: 11 },
        second: { path: 'b.ts', startLine: 6, endLine: 13 },
      },
    ]);
  });

  it('does not tell what is too short, and does not take a repetition for its own copy', () => {
    const short = new Map([
      ['a.ts', fileOf([...lines('same', 4), 'a'])],
      ['b.ts', fileOf([...lines('same', 4), 'b'])],
    ]);
    expect(findDuplicates(short, 10)).toEqual([]);
    const repeated = findDuplicates(new Map([['a.ts', fileOf(Array.from({ length: 12 }, () => 'x'))]]), 100);
    for (const { first, second } of repeated) expect(second.startLine).toBeGreaterThan(first.endLine);
  });
});
