import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineMatcher } from './line-matcher.ts';
import { compileLinearPattern } from './linear-pattern.ts';

const matches = (pattern: string, line: string): boolean => {
  const compiled = compileLinearPattern(pattern);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value(line);
};

describe('compileLinearPattern', () => {
  it('agrees with the built-in engine', () => {
    const leaf = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '\\b',
      '\\B',
      '^',
      '$',
      '-',
      '\\.',
      '[\\]x-]',
    );
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.tuple(tie('node'), tie('node')).map(([left, right]) => left + right),
        fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(${left}|${right})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '*?'))
          .map(([part, times]) => `(?:${part})${times}`),
      ),
    }));
    const line = fc
      .array(fc.constantFrom('a', 'b', 'c', '1', ' ', '-', '.', ']', 'x'), { maxLength: 8 })
      .map((all) => all.join(''));
    const property = fc.property(node, line, fc.boolean(), (source, text, ignoreCase) => {
      const compiled = compileLinearPattern(ignoreCase ? `(?i)${source}` : source);
      if (!compiled.ok) {
        expect(compiled.error).toMatch(/too large/u);
        return;
      }
      expect(compiled.value(text)).toBe(new RegExp(source, ignoreCase ? 'i' : '').test(text));
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('does not slow down where backtracking would take for ever', () => {
    expect(matches('(a*)*b', 'a'.repeat(20_000))).toBe(false);
    expect(matches('(a|aa)+$', `${'a'.repeat(20_000)}b`)).toBe(false);
  });

  it.each([
    '(',
    ')',
    'a)',
    '[',
    '[b-a]',
    '*',
    'a**',
    'a{3,2}',
    'a{101}',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    '\\p',
    '\\',
    '(a{100}){100}',
    '('.repeat(60),
  ])('refuses %j', (pattern) => {
    expect(compileLinearPattern(pattern)).toEqual({ ok: false, error: expect.any(String) });
  });

  it('is done at once with repetitions of nothing', () => {
    expect(matches(`${'('.repeat(8)}${'){100}'.repeat(8)}x`, 'x')).toBe(true);
  });

  it('treats characters beyond the basic plane as one', () => {
    expect(matches('^.$', '😀')).toBe(true);
    expect(matches('^[😀-😂]$', '😁')).toBe(true);
    expect(matches('(?i)^STRASSE$', 'strasse')).toBe(true);
  });
});

it('takes text literally without the prefix', () => {
  const matcher = createLineMatcher('a.c(');
  if (!matcher.ok) throw new Error(matcher.error);
  expect(matcher.value.matches('xa.c(x')).toBe(true);
  expect(matcher.value.matches('abc(')).toBe(false);
  expect(createLineMatcher('re:(').ok).toBe(false);
});
