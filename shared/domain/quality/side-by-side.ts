/** The difference of what was expected and what came, line by line, for a person to read. */
import { diffLines, splitLines } from '../repository/line-diff.ts';

const contextLines = 3;
const maxLines = 60;

/** Lines with `-` (expected only), `+` (received only) or a space; equal stretches are shortened. */
export const sideBySide = (expected: string, received: string): readonly string[] => {
  const [base, other] = [splitLines(`${expected}\n`), splitLines(`${received}\n`)];
  const clean = (line: string | undefined): string => (line ?? '').replace(/\n$/, '');
  const lines: string[] = [];
  let at = 0;
  const equal = (end: number): void => {
    const isLong = end - at > contextLines * 2 + 1;
    for (let index = at; index < end; index += 1) {
      const isNear = index < at + contextLines || index >= end - contextLines;
      if (!isLong || isNear) lines.push(`  ${clean(base[index])}`);
      else if (index === at + contextLines) lines.push('  …');
    }
  };
  for (const { baseStart, baseEnd, otherStart, otherEnd } of diffLines(base, other)) {
    equal(baseStart);
    lines.push(...base.slice(baseStart, baseEnd).map((line) => `- ${clean(line)}`));
    lines.push(...other.slice(otherStart, otherEnd).map((line) => `+ ${clean(line)}`));
    at = baseEnd;
  }
  equal(base.length);
  return lines.length > maxLines ? [...lines.slice(0, maxLines), `  … ${lines.length - maxLines} more lines`] : lines;
};
