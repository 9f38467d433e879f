import { describe, expect, it } from 'vitest';
import { healthy, observe, restartDelayMs, type HealthPolicy, type HealthState } from './health.ts';

const policy: HealthPolicy = { tickMs: 1_000, missesAllowed: 3 };

const run = (ticks: readonly { answered: boolean; sinceLastTickMs: number }[]): readonly boolean[] => {
  let state: HealthState = healthy;
  return ticks.map((tick) => {
    const next = observe(state, tick, policy);
    state = next.state;
    return next.hung;
  });
};
const missed = { answered: false, sinceLastTickMs: 1_000 };
const answered = { answered: true, sinceLastTickMs: 1_000 };

describe('observe', () => {
  it('takes a service for hung at the third missed tick in a row', () => {
    expect(run([missed, missed, missed])).toEqual([false, false, true]);
  });

  it('starts again after an answer', () => {
    expect(run([missed, missed, answered, missed, missed, missed])).toEqual([false, false, false, false, false, true]);
  });

  it('starts again after a restart, so that one hang is reported once', () => {
    expect(run([missed, missed, missed, missed])).toEqual([false, false, true, false]);
  });

  it('does not blame the service for ticks that came late', () => {
    const late = { answered: false, sinceLastTickMs: 60_000 };
    expect(run([missed, missed, late, missed, missed])).toEqual([false, false, false, false, false]);
  });
});

describe('restartDelayMs', () => {
  it('starts at once the first time, then backs off to ten seconds', () => {
    expect([1, 2, 3, 4, 20].map(restartDelayMs)).toEqual([0, 250, 500, 1_000, 10_000]);
  });
});
