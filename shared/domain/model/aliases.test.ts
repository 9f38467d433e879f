import { describe, expect, it } from 'vitest';
import { parseAliases, parseFallbacks, resolveAlias } from './aliases.ts';

describe('aliases', () => {
  it('stand for models', () => {
    const parsed = parseAliases(' fast=openai/gpt-5-mini, gpt-4o=openai/gpt-4o ,any=auto:cheap');
    if (!parsed.ok) throw new Error(parsed.error);
    expect([...parsed.value]).toEqual([
      ['fast', 'openai/gpt-5-mini'],
      ['gpt-4o', 'openai/gpt-4o'],
      ['any', 'auto:cheap'],
    ]);
    expect(resolveAlias('fast', parsed.value)).toBe('openai/gpt-5-mini');
    expect(resolveAlias('openai/gpt-5', parsed.value)).toBe('openai/gpt-5');
    expect(parseAliases('')).toEqual({ ok: true, value: new Map() });
  });

  it.each([
    ['fast', 'must name a model'],
    ['fast=slow', 'must name a model'],
    ['Fast=openai/x', 'cannot be an alias'],
    ['openai/x=openai/y', 'cannot be an alias'],
    ['auto=openai/x', 'cannot be an alias'],
    ['a=openai/x,a=openai/y', 'twice'],
  ])('refuse %s', (text, reason) => {
    expect(parseAliases(text)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe('fallback chains', () => {
  it('are ordered', () => {
    const parsed = parseFallbacks('openai/gpt-5=anthropic/claude-sonnet-4-5|offline/engineer,ollama/a=openai/b');
    expect(parsed).toEqual({
      ok: true,
      value: new Map([
        ['openai/gpt-5', ['anthropic/claude-sonnet-4-5', 'offline/engineer']],
        ['ollama/a', ['openai/b']],
      ]),
    });
  });

  it.each([
    ['openai/a', 'must name other models'],
    ['openai/a=', 'must name other models'],
    ['openai/a=openai/a', 'must name other models'],
    ['a=openai/b', 'must begin with'],
    ['openai/a=b/1|b/2|b/3|b/4|b/5|b/6', 'more than 5'],
    ['openai/a=b/1,openai/a=b/2', 'twice'],
  ])('refuse %s', (text, reason) => {
    expect(parseFallbacks(text)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});
