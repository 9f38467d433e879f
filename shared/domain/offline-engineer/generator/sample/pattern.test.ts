import { describe, expect, it } from 'vitest';
import { wholePattern } from '../emit/fields.ts';
import { samplePattern } from './pattern.ts';

const sample = (source: string, number: number): string | undefined =>
  samplePattern(source, number, (text) => wholePattern(source)?.test(text) === true);

describe('samples of patterns', () => {
  it.each([
    '[0-9]{13}',
    '^[A-Z]{3}-[0-9]{4}$',
    String.raw`(?:EU|US)-\d{2,4}[a-f]?`,
    String.raw`\+?\d{3}( \d{2})+`,
    String.raw`[^\d\s]{2}\.\w*`,
    'a|b|c',
    String.raw`(?<year>\d{4})/[a-z]+?`,
    String.raw`[\w.-]+@[a-z]{2,}\.com`,
    String.raw`\p{Lu}\p{L}*`,
  ])('match %s, and differ from each other', (source) => {
    const samples = [1, 2, 3].map((number) => sample(source, number));
    for (const text of samples) expect(text).toMatch(new RegExp(`^(?:${source})$`, 'u'));
    if (source !== 'a|b|c') expect(new Set(samples).size).toBe(3);
  });

  it.each([String.raw`(a)\1`, '(?=x)y', '[a-', 'a{2', '(', '[^\\s\\S]'])('are not made for %s', (source) => {
    expect(() => sample(source, 1)).not.toThrow();
    const text = sample(source, 1);
    if (text !== undefined) expect(wholePattern(source)?.test(text)).toBe(true);
  });
});
