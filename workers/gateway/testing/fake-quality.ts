/** What the fake project answers about its quality. */
import { defaultGates, type GatePolicy } from '../../../shared/domain/quality/judge/gate.ts';
import { judge } from '../../../shared/domain/quality/judge/judge.ts';
import { scanFile } from '../../../shared/domain/security/scan.ts';
import { countCriteria, judgeCriteria, listCriteria } from '../../../shared/domain/quality/behaviour/criteria.ts';
import { readBehaviour } from '../../../shared/domain/quality/behaviour/read-criteria.ts';
import type { CriteriaView } from '../../../shared/rpc/behaviour.ts';
import type { MeasuringView } from '../../../shared/rpc/figures.ts';
import type { PerformanceView } from '../../../shared/rpc/performance.ts';
import type { FindingsView, QualityView, ScanView } from '../../../shared/rpc/quality.ts';

export const fakeWaiverId = 'wvr_01hf7yat000000000000000001';

export const fakeScan: ScanView = {
  commit: 'c1',
  subject: 'main',
  scannedAt: 5,
  filesScanned: 1,
  verdict: 'reject',
  findingsTotal: 1,
  blocking: 1,
};

export const fakeFindings: FindingsView = {
  ...fakeScan,
  ...scanFile('src/app.ts', 'export const run = (req: Request) => eval(req.query.code);\n'),
};

/** A verdict without any measurement: every gate is missing. */
export const fakeQuality = (gates: readonly GatePolicy[] = defaultGates): QualityView => ({
  verdict: judge({ commit: 'c1', gates, figures: [], waivers: [], now: 5 }),
  gates,
  waivers: [],
  figures: [],
});

const behaviour = readBehaviour('```gherkin\nScenario: It is well\n  When GET /health\n  Then the status is 200\n```');
const criteria = judgeCriteria(listCriteria(behaviour, []), [], 'c1');

/** One scenario that nobody has run yet. */
export const fakeCriteria: CriteriaView = {
  commit: 'c1',
  counts: countCriteria(criteria),
  criteria: criteria.map((each) => ({ ...each, checksTotal: 0 })),
  faults: behaviour.faults,
};

/** A run that has measured nothing yet. */
export const fakeMeasuring = (kinds: MeasuringView['kinds']): MeasuringView => ({
  runId: 'trn_1',
  status: 'running',
  kinds,
  results: [],
  requestedAt: 1,
});

export const fakePerformance: PerformanceView = {
  runId: 'trn_2',
  kind: 'bench',
  branch: 'main',
  status: 'running',
  pairs: 20,
  progress: 0,
  requestedAt: 1,
  results: [],
};
