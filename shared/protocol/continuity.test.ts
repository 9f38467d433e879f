import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContinuity } from './continuity.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_entry, index) => index + 1);

describe('createContinuity', () => {
  it('is content with every event in order, and says what is missing', () => {
    const continuity = createContinuity(3);
    expect(continuity.event(4)).toEqual({ type: 'ok' });
    expect(continuity.event(4)).toEqual({ type: 'duplicate' });
    expect(continuity.event(2)).toEqual({ type: 'duplicate' });
    expect(continuity.event(8)).toEqual({ type: 'gap', from: 5, to: 7 });
    expect(continuity.last()).toBe(4);
    expect(continuity.caughtUp(4)).toEqual({ type: 'ok' });
    expect(continuity.caughtUp(6)).toEqual({ type: 'gap', from: 5, to: 6 });
  });

  it('takes a jump over events that the log says were taken out, and no other', () => {
    const continuity = createContinuity(3);
    expect(continuity.event(8, 2)).toEqual({ type: 'ok' });
    expect(continuity.event(12, 10)).toEqual({ type: 'gap', from: 9, to: 10 });
    expect(continuity.event(10, 8)).toEqual({ type: 'ok' });
  });

  it('takes any cuts with overlap, and finds whatever was left out', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.tuple(fc.nat(10), fc.nat(20)), { maxLength: 20 }),
        fc.option(fc.nat(59), { nil: undefined }),
        (length, connections, dropped) => {
          const continuity = createContinuity(0);
          const lost = dropped === undefined || dropped >= length ? undefined : dropped + 1;
          const send = (from: number, count: number): string[] =>
            upTo(length)
              .slice(from, from + count)
              .filter((sequence) => sequence !== lost)
              .map((sequence) => continuity.event(sequence).type);
          for (const [overlap, count] of connections) send(Math.max(0, continuity.last() - overlap), count);
          send(continuity.last(), length);
          const verdict = continuity.caughtUp(length);
          expect(verdict).toEqual(lost === undefined ? { type: 'ok' } : { type: 'gap', from: lost, to: length });
        },
      ),
    ));
});
