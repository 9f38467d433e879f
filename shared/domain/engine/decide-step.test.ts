import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAfterLookup, decideAfterThrow, decideSettlement, decideStep, type FoundStep } from './decide-step.ts';
import { type EffectClass, isEffectClass, needsDurableIntent, stricterOf } from './effect-class.ts';

const classes: readonly EffectClass[] = ['pure', 'idempotent', 'lookup', 'unsafe'];
const anyClass = fc.constantFrom(...classes);
const anyFound: fc.Arbitrary<FoundStep> = fc.record(
  {
    status: fc.constantFrom('started', 'done', 'failed', 'in_doubt', 'released'),
    effectClass: anyClass,
    attempt: fc.integer({ min: 1, max: 50 }),
    told: fc.boolean(),
    unreadable: fc.constant('The value does not parse.'),
  },
  { requiredKeys: ['status', 'effectClass', 'attempt', 'told'] },
);

describe('decideStep', () => {
  it('begins a step that nobody has begun', () => {
    for (const declared of classes) expect(decideStep(undefined, declared)).toEqual({ type: 'execute', attempt: 1 });
  });

  it('never does again what has ended, and what may have happened only as its class allows', () =>
    fc.assert(
      fc.property(anyFound, anyClass, (found, declared) => {
        const decision = decideStep(found, declared);
        if (decision.type === 'execute') {
          expect(decision.attempt).toBe(found.attempt + 1);
          if (found.status === 'released') return;
          expect(found.status).toBe('started');
          expect(needsDurableIntent(stricterOf(found.effectClass, declared))).toBe(false);
        }
        if (decision.type === 'repeat') {
          expect(['done', 'failed']).toContain(found.status);
          expect(decision.tell).toBe(!found.told);
          expect(found.unreadable).toBeUndefined();
        }
        if (decision.type === 'look_up') expect(stricterOf(found.effectClass, declared)).toBe('lookup');
      }),
    ));

  it('parks what cannot be read with the reason', () => {
    const found: FoundStep = { status: 'done', effectClass: 'pure', attempt: 1, told: true, unreadable: 'no JSON' };
    expect(decideStep(found, 'pure')).toEqual({ type: 'park', message: 'no JSON' });
  });
});

describe('what follows a throw', () => {
  it('never redoes an unsafe effect, and asks before it redoes one that can be asked for', () =>
    fc.assert(
      fc.property(anyClass, fc.boolean(), fc.nat(5), fc.nat(5), (effectClass, unknown, failures, attempts) => {
        const next = decideAfterThrow(effectClass, unknown, { failures, attempts });
        if (effectClass === 'unsafe') expect(next).toBe(unknown ? 'park' : 'fail');
        else if (effectClass === 'lookup' && unknown) expect(next).toBe('look_up');
        else expect(next).toBe(failures < attempts ? 'execute' : 'fail');
      }),
    ));

  it('does a step again that was not found only within its attempts', () => {
    expect(decideAfterLookup('found', { failures: 3, attempts: 1 })).toBe('keep');
    expect(decideAfterLookup('unknown', { failures: 0, attempts: 1 })).toBe('park');
    expect(decideAfterLookup('absent', { failures: 0, attempts: 1 })).toBe('execute');
    expect(decideAfterLookup('absent', { failures: 1, attempts: 1 })).toBe('fail');
    expect(decideAfterLookup('absent', { failures: 1, attempts: 2 })).toBe('execute');
  });
});

describe('decideSettlement', () => {
  it('decides only about a step in doubt that does not run', () => {
    expect(decideSettlement(undefined, false, 'done')).toBeUndefined();
    expect(decideSettlement({ status: 'done' }, false, 'redo')).toBeUndefined();
    expect(decideSettlement({ status: 'in_doubt' }, true, 'redo')).toBeUndefined();
    expect(
      (['done', 'abandon', 'redo'] as const).map((one) => decideSettlement({ status: 'in_doubt' }, false, one)),
    ).toEqual(['done', 'failed', 'released']);
  });
});

describe('effect classes', () => {
  it('are known by name, and the stricter one wins', () => {
    expect([isEffectClass('lookup'), isEffectClass('quantum')]).toEqual([true, false]);
    for (const [index, left] of classes.entries()) {
      for (const right of classes.slice(index)) {
        expect([stricterOf(left, right), stricterOf(right, left)]).toEqual([right, right]);
      }
    }
  });
});
