import { describe, expect, it } from 'vitest';
import { parseCustomProviders } from './custom-providers.ts';

const server = { name: 'lab', baseUrl: 'https://lab.test/v1' };

describe('AIDEVOS_PROVIDERS', () => {
  it('names servers, with defaults for what most of them are', () => {
    expect(parseCustomProviders(' ')).toEqual({ ok: true, value: [] });
    expect(parseCustomProviders(JSON.stringify([server]))).toEqual({
      ok: true,
      value: [
        { ...server, title: 'lab', wire: 'openai', embeds: false, variables: {}, quirks: { tokenLimit: 'max_tokens' } },
      ],
    });
  });

  it.each([
    ['{', 'must be JSON'],
    ['{}', 'expected array'],
    [JSON.stringify([{ ...server, name: 'openai' }]), '[0].name: is the name of a provider that is built in'],
    [JSON.stringify([{ ...server, name: 'Lab' }]), '[0].name: must be up to 31'],
    [JSON.stringify([{ ...server, baseUrl: 'ftp://lab' }]), '[0].baseUrl: must be an http address'],
    [JSON.stringify([{ ...server, wire: 'gopher' }]), '[0].wire: must be openai or anthropic'],
    [
      JSON.stringify([{ ...server, keyVariable: 'sk-secret-0123456' }]),
      '[0].keyVariable: must be the name of a variable',
    ],
    [JSON.stringify([server, server]), 'must not name a server twice'],
    [JSON.stringify([{ ...server, colour: 'red' }]), '[0]: Unrecognized key: "colour"'],
    [JSON.stringify([{ ...server, models: ['a b'] }]), '[0].models[0]: must be names without spaces'],
  ])('refuses %s', (text, reason) => {
    const parsed = parseCustomProviders(text);
    expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
    expect(JSON.stringify(parsed)).not.toContain('sk-secret');
  });
});
