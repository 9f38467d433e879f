import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameJson } from '../replay/canonical.ts';
import { applyPatch, describePatch, diffJson } from './json-patch.ts';

/** Small names on purpose, so that two values have places in common; with the names that are special to JavaScript. */
const key = fc.constantFrom('a', 'b', 'a/b', '~', '', '0', '__proto__', 'constructor');
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, 1, 'x'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('diffJson', () => {
  it('makes a patch that turns the one into the other, and changes neither', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const before = JSON.stringify(from);
        const patched = applyPatch(from, diffJson(from, to));
        expect(patched.ok && sameJson(patched.value, to)).toBe(true);
        expect(JSON.stringify(from)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing between a value and itself', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(diffJson(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('survives being written down and read again', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const kept = JSON.parse(JSON.stringify(diffJson(from, to)));
        expect(applyPatch(from, kept)).toEqual(applyPatch(from, diffJson(from, to)));
      }),
    );
  });

  it('names one entry that was put into a long list, not all after it', () => {
    const list: unknown[] = Array.from({ length: 100 }, (_, index) => index);
    expect(diffJson({ list }, { list: list.toSpliced(3, 0, 'new') })).toEqual([
      { op: 'add', path: '/list/3', value: 'new' },
    ]);
    expect(diffJson({ list }, { list: list.toSpliced(3, 1) })).toEqual([{ op: 'remove', path: '/list/3' }]);
  });
});

describe('applyPatch', () => {
  it.each([
    [{}, '/a/b'],
    [{ a: [] }, '/a/0'],
    [{ a: [1] }, '/a/01'],
    [{ a: [1] }, '/a/-1'],
    [{}, '/__proto__/polluted'],
    ['text', '/length'],
  ])('names the place that is not there in %j: %s', (value, path) => {
    expect(applyPatch(value, [{ op: 'replace', path, value: 1 }])).toEqual({ ok: false, error: path });
  });

  it('reaches no prototype', () => {
    applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('describePatch', () => {
  it('shows what was and what is, place by place', () => {
    const from = { limit: 1, old: 'x', list: ['a', 'b'] };
    expect(describePatch(from, diffJson(from, { limit: 2, list: ['b'], fresh: true }))).toEqual([
      '- /old: "x"',
      '~ /limit: 1 → 2',
      '- /list/0: "a"',
      '+ /fresh: true',
    ]);
  });

  it('cuts what is long', () => {
    const [line = ''] = describePatch({}, diffJson({}, { text: 'x'.repeat(10_000) }));
    expect(line.length).toBeLessThan(200);
  });
});
