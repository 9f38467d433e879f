import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultGates, findGateFaults, findWaiverFaults, type Figures, type GatePolicy, type Waiver } from './gate.ts';
import { judge, type Case } from './judge.ts';

const commit = 'c'.repeat(40);
const coverage: GatePolicy = {
  name: 'coverage',
  kind: 'coverage',
  stage: 'validation',
  conditions: [{ figure: 'changed', atLeast: 80 }],
};
const figures = (changed: number, of = commit): Figures => ({
  kind: 'coverage',
  commit: of,
  figures: { changed },
  summary: `${changed} percent of the change`,
});
const caseOf = (over: Partial<Case> = {}): Case => ({
  commit,
  gates: [coverage],
  figures: [figures(80)],
  waivers: [],
  now: 1_000,
  ...over,
});
const waiver: Waiver = {
  waiverId: 'wvr_1',
  gate: 'coverage',
  person: 'person:key_1',
  reason: 'Moved to the next sprint.',
  endsAt: 2_000,
  grantedAt: 0,
};

describe('the judge', () => {
  it('passes what holds on exactly this commit', () => {
    expect(judge(caseOf())).toMatchObject({
      passed: true,
      gates: [{ outcome: 'passed', conditions: [{ measured: 80, holds: true }] }],
    });
  });

  it('says by how much a gate failed and what would turn it', () => {
    const [gate] = judge(caseOf({ figures: [figures(71.5)] })).gates;
    expect(gate).toMatchObject({
      outcome: 'failed',
      conditions: [{ expected: 'at least 80 percent', measured: 71.5, missedBy: 8.5 }],
    });
    expect(gate?.wanted).toContain('covered lines of the change: at least 80 percent, measured 71.5, short by 8.5');
  });

  it('fails what was not measured, or on another commit, or as no number', () => {
    expect(judge(caseOf({ figures: [] }))).toMatchObject({ passed: false, gates: [{ outcome: 'missing' }] });
    expect(judge(caseOf({ figures: [figures(100, 'd'.repeat(40))] }))).toMatchObject({
      passed: false,
      gates: [{ outcome: 'stale' }],
    });
    expect(judge(caseOf({ figures: [figures(Number.NaN)] })).passed).toBe(false);
    expect(judge(caseOf({ gates: [] })).passed).toBe(false);
  });

  it('lets a waiver count until its end, for its gate only', () => {
    const failing = { figures: [figures(10)], waivers: [waiver] };
    expect(judge(caseOf(failing))).toMatchObject({ passed: true, gates: [{ outcome: 'waived', waiver }] });
    expect(judge(caseOf({ ...failing, now: 2_000 }))).toMatchObject({ passed: false, gates: [{ outcome: 'failed' }] });
    expect(judge(caseOf({ ...failing, waivers: [{ ...waiver, gate: 'tests' }] })).passed).toBe(false);
    expect(judge(caseOf({ waivers: [waiver] })).gates).toMatchObject([{ outcome: 'passed' }]);
  });

  it('never passes a gate whose figures do not hold, whatever else is measured', () => {
    const numbers = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, fc.boolean())), numbers, (measured, bound) => {
        const all = measured.map(([changed, isOther]) => figures(changed, isOther ? 'other' : commit));
        const gates = [{ ...coverage, conditions: [{ figure: 'changed', atLeast: bound }] }];
        const own = all.find((each) => each.commit === commit);
        expect(judge(caseOf({ gates, figures: all })).passed).toBe(
          own !== undefined && (own.figures['changed'] ?? -1) >= bound,
        );
      }),
    );
  });
});

describe('gates and waivers as data', () => {
  it('the default ones are without a fault', () => {
    expect(findGateFaults(defaultGates)).toEqual([]);
  });

  it.each([
    [[{ ...coverage, name: 'Coverage!' }], 'gates.0.name'],
    [[coverage, coverage], 'gates.0.name'],
    [[{ ...coverage, conditions: [] }], 'gates.0.conditions'],
    [[{ ...coverage, conditions: [{ figure: 'feeling', atLeast: 1 }] }], 'gates.0.conditions.0.figure'],
    [[{ ...coverage, conditions: [{ figure: 'changed' }] }], 'gates.0.conditions.0'],
    [[{ ...coverage, conditions: [{ figure: 'changed', atLeast: 1, atMost: 2 }] }], 'gates.0.conditions.0'],
  ])('faults of gates are named %#', (gates, field) => {
    expect(findGateFaults(gates).map((issue) => issue.field.replace('gates.1', 'gates.0'))).toContain(field);
  });

  it.each([
    [{ gate: 'unknown' }, 'gate'],
    [{ person: 'agent:agt_1' }, 'person'],
    [{ reason: 'because' }, 'reason'],
    [{ endsAt: 1_000 }, 'endsAt'],
    [{ endsAt: 1e13 }, 'endsAt'],
  ])('a waiver needs a gate, a person, a reason and an end: %j', (over, field) => {
    expect(findWaiverFaults({ ...waiver, ...over }, [coverage], 1_000).map((issue) => issue.field)).toEqual([field]);
    expect(findWaiverFaults(waiver, [coverage], 1_000)).toEqual([]);
  });
});
