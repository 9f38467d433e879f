import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlueprintFile } from './blueprint.ts';
import { faultKinds, findFaultPlaces } from './fault-kinds.ts';
import { injectFault, parseFaults } from './faults.ts';

const content = `export const check = (record: { title: string; copies: number }, limit: number) => {
  if (record.title === '') return refuse(422);
  if (limit <= 3) throw new Error('few');
  const bounds = { required: true, maxLength: 20 };
  store.update(record.title);
  return record.copies > limit - 1 ? bounds : 404;
};
`;
const source: BlueprintFile = { path: 'src/a.ts', content, item: 'a', kind: 'source' };
const all = { rate: 1, seed: 1, kinds: faultKinds, isCareless: false, hasHollowTests: false };

describe('seeded mistakes', () => {
  it('has a place for every kind, each of which changes the source', () => {
    const places = findFaultPlaces(content, faultKinds);
    expect(new Set(places.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
    expect(places.every(({ at, length, replacement }) => content.slice(at, at + length) !== replacement)).toBe(true);
  });

  it('makes the same mistake for the same seed, in one file, on the line that it names', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const made = injectFault([source], 'a', { ...all, seed });
        expect(made).toEqual(injectFault([source], 'a', { ...all, seed }));
        const wrong = made?.files[0]?.content ?? content;
        const line = (made?.fault.line ?? 1) - 1;
        expect(wrong).not.toBe(content);
        expect(wrong.split('\n').slice(0, line)).toEqual(content.split('\n').slice(0, line));
      }),
    );
  });

  it('spares items by the rate, and documents and tests always', () => {
    expect(injectFault([source], 'a', { ...all, rate: 0 })).toBeUndefined();
    expect(injectFault([{ ...source, kind: 'test' }], 'a', all)).toBeUndefined();
  });

  it('reads the name of the model, and no faults out of anything else', () => {
    expect(parseFaults('engineer')).toMatchObject({ rate: 0, kinds: ['operator'], isCareless: false });
    expect(parseFaults('engineer?faults=x&seed=y')).toMatchObject({ rate: 0, seed: 1 });
    expect(parseFaults('engineer?faults=7&kinds=all&careless=1&hollow=1&seed=9')).toEqual({
      ...all,
      seed: 9,
      isCareless: true,
      hasHollowTests: true,
    });
  });
});
