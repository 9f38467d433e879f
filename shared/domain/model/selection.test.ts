import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../ports/model-client.ts';
import { noMeasurements, noteCall, type Measurements } from './measurements.ts';
import { needsOf } from './needs.ts';
import { abilities, type ModelCard } from './registry/model-card.ts';
import { canServe, rankModels, type Candidate } from './selection.ts';

const card = (name: string, more: Partial<ModelCard> = {}): ModelCard => ({
  name,
  title: name,
  kind: 'chat',
  abilities: ['tools', 'json_schema'],
  contextTokens: 100_000,
  outputTokens: 8_000,
  ...more,
});

const price = (dollars: number) => ({
  input: dollars * 1_000_000,
  cachedInput: dollars * 100_000,
  output: dollars * 5_000_000,
});

const small = card('a/small', { quality: 40, price: price(0.1) });
const large = card('b/large', { quality: 90, price: price(5) });
const needs = { abilities: [], inputTokens: 1_000, outputTokens: 500 };
const calm = { seed: 'calm', now: 1_000_000 };

const after = (calls: readonly { failed: boolean; firstPieceMs?: number }[]): Measurements =>
  calls.reduce((before, call) => noteCall(before, call, calm.now), noMeasurements);

const first = (...asked: Parameters<typeof rankModels>): string | undefined => rankModels(...asked)[0]?.name;

describe('rankModels', () => {
  it('follows its policy', () => {
    const candidates = [{ card: small }, { card: large }];
    expect(first(candidates, needs, 'best', calm)).toBe('b/large');
    expect(first(candidates, needs, 'cheap', calm)).toBe('a/small');
    const fast = [
      { card: small, measurements: after([{ failed: false, firstPieceMs: 4_000 }]) },
      { card: large, measurements: after([{ failed: false, firstPieceMs: 200 }]) },
    ];
    expect(rankModels(fast, needs, 'fast', calm).map(({ name }) => name)).toEqual(['b/large', 'a/small']);
  });

  it('leaves a model that fails, and comes back to it when that is long ago', () => {
    const measurements = after(Array.from({ length: 8 }, () => ({ failed: true })));
    const candidates = [{ card: small }, { card: large, measurements }];
    expect(first(candidates, needs, 'best', calm)).toBe('a/small');
    const later = { ...calm, now: calm.now + 3_600_000 };
    expect(first(candidates, needs, 'best', later)).toBe('b/large');
  });

  it('says why', () => {
    const [choice] = rankModels([{ card: small }], { ...needs, abilities: ['tools'] }, 'balanced', calm);
    expect(choice?.reason).toBe(
      'balanced: first of 1 with tools; quality 40, about 350 micro-dollars, first piece after 1500 ms, 0 % failures',
    );
    expect(rankModels([{ card: small }, { card: large }], needs, 'best', calm)[1]?.reason).toContain('number 2 of 2');
    expect(rankModels([], needs, 'balanced', calm)).toEqual([]);
  });

  it('goes by measured quality where there is some', () => {
    expect(first([{ card: small }, { card: large }], needs, 'best', calm)).toBe('b/large');
    expect(first([{ card: small }, { card: large, quality: 5 }], needs, 'best', calm)).toBe('a/small');
  });

  it('tries nothing that costs many times as much', () => {
    const candidates = [{ card: small }, { card: large }];
    const seeds = Array.from({ length: 1_000 }, (_, index) => `req_${index}`);
    expect(seeds.every((seed) => first(candidates, needs, 'cheap', { seed, now: 0 }) === 'a/small')).toBe(true);
  });

  it('explores about one request in twenty, and the same request always alike', () => {
    const candidates = [{ card: small }, { card: large }];
    const names = Array.from({ length: 4_000 }, (_, index) =>
      first(candidates, needs, 'best', { seed: `req_${index}`, now: 0 }),
    );
    const explored = names.filter((name) => name === 'a/small').length;
    expect(explored).toBeGreaterThan(100);
    expect(explored).toBeLessThan(320);
    expect(first(candidates, needs, 'best', { seed: 'req_7', now: 0 })).toBe(names[7]);
  });

  const anyCard = fc
    .record({
      able: fc.option(fc.subarray([...abilities]), { nil: undefined }),
      contextTokens: fc.option(fc.integer({ min: 1_000, max: 1_000_000 }), { nil: undefined }),
      outputTokens: fc.option(fc.integer({ min: 100, max: 100_000 }), { nil: undefined }),
      quality: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      dollars: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
      kind: fc.constantFrom('chat' as const, 'embedding' as const),
    })
    .map(({ able, contextTokens, outputTokens, quality, dollars, kind }): ModelCard => ({
      name: 'x/y',
      title: 'y',
      kind,
      ...(able === undefined ? {} : { abilities: able }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(quality === undefined ? {} : { quality }),
      ...(dollars === undefined ? {} : { price: price(dollars) }),
    }));

  it('never picks what cannot serve, always picks when something can, and names each other one once', () => {
    const calls = fc.array(fc.record({ failed: fc.boolean(), firstPieceMs: fc.nat(10_000) }), { maxLength: 5 });
    const candidate = fc.record({ card: anyCard, calls });
    const needed = fc.record({
      abilities: fc.subarray([...abilities]),
      inputTokens: fc.nat(500_000),
      outputTokens: fc.integer({ min: 1, max: 50_000 }),
    });
    const policy = fc.constantFrom('balanced' as const, 'cheap' as const, 'fast' as const, 'best' as const);
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 8 }), needed, policy, fc.string(), (all, need, wanted, seed) => {
        const candidates: readonly Candidate[] = all.map((one, index) => ({
          card: { ...one.card, name: `x/${index}` },
          measurements: after(one.calls),
        }));
        const able = candidates.filter(({ card: of }) => canServe(of, need)).map(({ card: of }) => of.name);
        const ranked = rankModels(candidates, need, wanted, { seed, now: calm.now });
        expect(ranked.map(({ name }) => name).toSorted()).toEqual(able.toSorted());
        expect(rankModels(candidates, need, wanted, { seed, now: calm.now })).toEqual(ranked);
      }),
    );
  });
});

describe('needsOf', () => {
  const request: ModelRequest = {
    model: 'x',
    system: '',
    messages: [{ role: 'user', content: 'x'.repeat(400) }],
    tools: [],
    maxOutputTokens: 77,
    idempotencyKey: 'k',
  };

  it('sees tools, images, files, thinking and schemas, and how much there is to read', () => {
    expect(needsOf(request)).toEqual({ abilities: [], inputTokens: 100, outputTokens: 77 });
    const source = { type: 'base64', mediaType: 'image/png', data: 'A'.repeat(400_000) } as const;
    const able = needsOf({
      ...request,
      messages: [
        {
          role: 'user',
          content: '',
          parts: [
            { type: 'image', source },
            { type: 'file', source },
          ],
        },
      ],
      tools: [{ name: 'a', description: '', parameters: {} }],
      options: { reasoningEffort: 'low', format: { type: 'json_schema', name: 'a', schema: {} } },
    });
    expect(able.abilities).toEqual(['tools', 'images', 'files', 'reasoning', 'json_schema']);
    expect(able.inputTokens).toBeLessThan(10_000);
  });
});
