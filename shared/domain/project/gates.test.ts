import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../protocol/project-events.ts';
import { computeGates, computeReleaseGates, isMeasured } from './gates.ts';

const tests = (commit: string, over: Partial<Extract<Measurement, { kind: 'tests' }>> = {}): Measurement => ({
  kind: 'tests',
  commit,
  status: 'passed',
  counts: { passed: 3, failed: 0, skipped: 0 },
  durationMs: 1,
  failures: [],
  ...over,
});
const types = (commit: string, errors = 0): Measurement => ({
  kind: 'types',
  commit,
  errors,
  filesChecked: 2,
  findings: ['a.ts:1: bad'],
});
const security = (commit: string): Measurement => ({ kind: 'security', commit, findings: [] });

const passes = (measurements: readonly Measurement[], commit = 'c1'): boolean =>
  computeGates({ measurements }, commit, 0).every(({ passed }) => passed);

describe('computeGates', () => {
  it('passes only when everything was measured on exactly this commit', () => {
    const all = [tests('c1'), types('c1'), security('c1')];
    expect(passes(all)).toBe(true);
    expect(isMeasured(all, 'c1')).toBe(true);
    expect(passes(all, 'c2')).toBe(false);
    expect(isMeasured(all, 'c2')).toBe(false);
    expect(passes(all.slice(1))).toBe(false);
  });

  it('does not pass a run without a test, a failed run, or one that was skipped whole', () => {
    for (const over of [
      { status: 'empty', counts: { passed: 0, failed: 0, skipped: 0 } },
      { status: 'failed', counts: { passed: 3, failed: 1, skipped: 0 } },
      { status: 'passed', counts: { passed: 0, failed: 0, skipped: 5 } },
      { status: 'timed_out', counts: { passed: 3, failed: 0, skipped: 0 } },
    ] as const) {
      expect(passes([tests('c1', over), types('c1'), security('c1')])).toBe(false);
    }
  });

  it('gives the first finding as evidence', () => {
    const gate = computeGates({ measurements: [tests('c1'), types('c1', 2), security('c1')] }, 'c1', 0).find(
      ({ name }) => name === 'types',
    );
    expect(gate).toMatchObject({ passed: false, evidence: '2 type errors; first: a.ts:1: bad' });
  });
});

describe('computeReleaseGates', () => {
  const health: Measurement = { kind: 'health', commit: 'c1', slot: 'preview', status: 200 };
  const acceptance: Measurement = {
    kind: 'acceptance',
    commit: 'c1',
    slot: 'preview',
    passed: 2,
    failed: 0,
    failures: [],
  };
  const release = (measurements: readonly Measurement[], slot: 'preview' | 'staging' = 'preview'): boolean =>
    computeReleaseGates({ measurements }, 'c1', slot, 0).every(({ passed }) => passed);

  it('asks for health and acceptance in the same slot', () => {
    expect(release([health, acceptance])).toBe(true);
    expect(release([health, acceptance], 'staging')).toBe(false);
    expect(release([acceptance])).toBe(false);
    expect(release([{ ...health, status: 500 }, acceptance])).toBe(false);
    expect(release([health, { ...acceptance, passed: 0 }])).toBe(false);
    expect(release([health, { ...acceptance, failed: 1 }])).toBe(false);
  });
});
