import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noMeasurements, noteCall, type Measurements } from './measurements.ts';
import { needsOf } from './needs.ts';
import { abilities, type ModelCard } from './registry/model-card.ts';
import { canServe, selectModel, type Candidate } from './selection.ts';

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

describe('selectModel', () => {
  it('follows its policy', () => {
    const candidates = [{ card: small }, { card: large }];
    expect(selectModel(candidates, needs, 'best', calm)?.name).toBe('b/large');
    expect(selectModel(candidates, needs, 'cheap', calm)?.name).toBe('a/small');
    const fast = [
      { card: small, measurements: after([{ failed: false, firstPieceMs: 4_000 }]) },
      { card: large, measurements: after([{ failed: false, firstPieceMs: 200 }]) },
    ];
    expect(selectModel(fast, needs, 'fast', calm)).toMatchObject({ name: 'b/large', others: ['a/small'] });
  });

  it('leaves a model that fails, and comes back to it when that is long ago', () => {
    const measurements = after(Array.from({ length: 8 }, () => ({ failed: true })));
    const candidates = [{ card: small }, { card: large, measurements }];
    expect(selectModel(candidates, needs, 'best', calm)?.name).toBe('a/small');
    const later = { ...calm, now: calm.now + 3_600_000 };
    expect(selectModel(candidates, needs, 'best', later)?.name).toBe('b/large');
  });

  it('leaves a model whose answers were measured to be bad, and takes one that is measured to be good', () => {
    const candidates = (qualityFactor: number) => [{ card: small }, { card: large, qualityFactor }];
    expect(selectModel(candidates(0.3), needs, 'best', calm)).toMatchObject({ name: 'a/small', others: ['b/large'] });
    expect(selectModel(candidates(1.1), needs, 'best', calm)?.reason).toContain('quality 99');
  });

  it('says why', () => {
    const reason = selectModel([{ card: small }], { ...needs, abilities: ['tools'] }, 'balanced', calm)?.reason;
    expect(reason).toBe(
      'balanced: first of 1 with tools; quality 40, about 350 micro-dollars, first piece after 1500 ms, 0 % failures',
    );
    expect(selectModel([], needs, 'balanced', calm)).toBeUndefined();
  });

  it('explores about one request in twenty, and the same request always alike', () => {
    const candidates = [{ card: small }, { card: large }];
    const names = Array.from(
      { length: 4_000 },
      (_, index) => selectModel(candidates, needs, 'best', { seed: `req_${index}`, now: 0 })?.name,
    );
    const explored = names.filter((name) => name === 'a/small').length;
    expect(explored).toBeGreaterThan(100);
    expect(explored).toBeLessThan(320);
    expect(selectModel(candidates, needs, 'best', { seed: 'req_7', now: 0 })?.name).toBe(names[7]);
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
        const choice = selectModel(candidates, need, wanted, { seed, now: calm.now });
        expect(choice === undefined).toBe(able.length === 0);
        if (choice === undefined) return;
        expect([choice.name, ...choice.others].toSorted()).toEqual(able.toSorted());
      }),
    );
  });
});

describe('needsOf', () => {
  it('sees tools, images, files and schemas, and how much there is to read', () => {
    const body = {
      messages: [{ role: 'user', content: [{ type: 'image_url' }, { type: 'file' }, { type: 'text', text: 'x' }] }],
      tools: [{ type: 'function' }],
      response_format: { type: 'json_schema' },
      max_tokens: 77,
    };
    expect(needsOf('x'.repeat(400), body)).toEqual({
      abilities: ['tools', 'images', 'files', 'json_schema'],
      inputTokens: 100,
      outputTokens: 77,
    });
    expect(needsOf(`"data:image/png;base64,${'A'.repeat(40_000)}"`, {}).inputTokens).toBeLessThan(10);
    expect(needsOf('null', null)).toMatchObject({ abilities: [], outputTokens: 1_000 });
  });
});
