import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createId, timeOfId } from './ids.ts';

describe('timeOfId', () => {
  it('reads the time that an id was made at, of ids alone', () => {
    const times = fc.integer({ min: 0, max: 2 ** 50 - 1 });
    fc.assert(
      fc.property(times, fc.uint8Array({ minLength: 16, maxLength: 16 }), (time, bytes) => {
        expect(timeOfId(createId('agt', time, bytes))).toBe(time);
      }),
    );
    for (const text of ['', 'agt_', 'agt_1', 'orders.created', `agt_${'u'.repeat(26)}`]) {
      expect(timeOfId(text)).toBeUndefined();
    }
  });
});
