import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calculate } from './arithmetic.ts';

describe('arithmetic', () => {
  it.each([
    ['2+2', 4],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['2^3^2', 512],
    ['-3 - -4', 1],
    ['10 / 4', 2.5],
    ['1,000 × 3', 3_000],
    ['0.1 + 0.2', 0.3],
  ])('%s', (formula, value) => {
    expect(calculate(formula)).toBe(value);
  });

  it.each(['', '5', '1 / 0', '2 +', '(1 + 2', 'a + b', '1 + process', `${'('.repeat(90)}1+1${')'.repeat(90)}`])(
    'is not worked out: %s',
    (formula) => {
      expect(calculate(formula)).toBeUndefined();
    },
  );

  it('is that of any two numbers', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (left, right) => {
        expect(calculate(`${left} - ${right} * 2`)).toBe(left - right * 2);
      }),
    );
  });
});
