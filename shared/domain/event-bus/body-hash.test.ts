import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashBody } from './body-hash.ts';

const event = fc.record({
  type: fc.string({ minLength: 1, maxLength: 5 }),
  key: fc.option(fc.string({ minLength: 1, maxLength: 5 }), { nil: undefined }),
  data: fc.json({ maxDepth: 1 }),
});
const body = fc.array(event, { minLength: 1, maxLength: 4 });

describe('the hash of a delivery', () => {
  it('is that of its events, and another for others', () => {
    fc.assert(
      fc.property(body, body, (left, right) => {
        expect(hashBody(left)).toMatch(/^[0-9a-f]{16}$/);
        expect(hashBody(left)).toBe(hashBody(structuredClone(left)));
        if (JSON.stringify(left) !== JSON.stringify(right)) expect(hashBody(left)).not.toBe(hashBody(right));
      }),
    );
  });

  it('tells apart a hundred thousand deliveries that differ in one number', () => {
    const seen = new Set<string>();
    for (let data = 0; data < 100_000; data += 1) seen.add(hashBody([{ type: 'a', key: 'k', data: String(data) }]));
    expect(seen.size).toBe(100_000);
  });

  it('keeps a long text within numbers', () => {
    expect(hashBody([{ type: 'a', key: undefined, data: 'x'.repeat(1_000_000) }])).toMatch(/^[0-9a-f]{16}$/);
  });
});
