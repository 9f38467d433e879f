import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lifecyclePhases,
  nextPhase,
  phaseOf,
  runsTimers,
  takesCommands,
  type LifecyclePhase,
  type LifecycleSignal,
} from './phase.ts';

const signals: readonly LifecycleSignal[] = [
  'load',
  'initialized',
  'work_came',
  'work_ended',
  'deactivate',
  'drained',
  'revive',
  'fail',
  'recover',
];

const course = fc.array(fc.constantFrom(...signals), { maxLength: 40 });

const follow = (given: readonly LifecycleSignal[]): readonly LifecyclePhase[] => {
  let phase: LifecyclePhase = 'created';
  return given.map((signal) => (phase = nextPhase(phase, signal) ?? phase));
};

describe('the life of an object', () => {
  it('never works before it was initialized', () => {
    fc.assert(
      fc.property(course, (given) => {
        const phases = follow(given);
        const first = phases.findIndex((phase) => runsTimers(phase));
        if (first < 0) return;
        const before = phases.slice(0, first);
        expect(before.includes('initializing')).toBe(true);
      }),
    );
  });

  it('stops only by draining, and takes no command meanwhile', () => {
    fc.assert(
      fc.property(course, (given) => {
        const phases: readonly LifecyclePhase[] = ['created', ...follow(given)];
        phases.forEach((phase, index) => {
          const before = phases[index - 1];
          if (phase === 'inactive' && before !== 'inactive') expect(before).toBe('deactivating');
          if (phase === 'deactivating') expect([takesCommands(phase), runsTimers(phase)]).toEqual([false, false]);
        });
      }),
    );
  });

  it('comes back from everywhere: some signals lead to work', () => {
    for (const phase of lifecyclePhases) {
      const reached = new Set<LifecyclePhase>([phase]);
      for (const place of reached) {
        for (const signal of signals) {
          const next = nextPhase(place, signal);
          if (next !== undefined) reached.add(next);
        }
      }
      expect(reached.has('active'), phase).toBe(true);
      expect(reached.has('idle'), phase).toBe(true);
    }
  });

  it('can reach every phase from the beginning', () => {
    const reached = new Set<LifecyclePhase>(['created']);
    for (const place of reached) {
      for (const signal of signals) {
        const next = nextPhase(place, signal);
        if (next !== undefined) reached.add(next);
      }
    }
    expect([...reached].toSorted()).toEqual([...lifecyclePhases].toSorted());
  });

  it('runs timers only where it takes commands', () => {
    for (const phase of lifecyclePhases) if (runsTimers(phase)) expect(takesCommands(phase)).toBe(true);
  });
});

describe('phaseOf', () => {
  it.each([
    [{ initialized: true, unreadable: false, working: true }, 'active'],
    [{ initialized: true, unreadable: false, working: false }, 'idle'],
    [{ initialized: false, unreadable: false, working: false }, 'initializing'],
    [{ initialized: true, unreadable: false, kept: 'deactivating', working: true }, 'deactivating'],
    [{ initialized: true, unreadable: false, kept: 'inactive', working: false }, 'inactive'],
    [{ initialized: true, unreadable: true, kept: 'inactive', working: true }, 'failed'],
  ] as const)('reads %j as %s', (observation, phase) => {
    expect(phaseOf(observation)).toBe(phase);
  });
});
