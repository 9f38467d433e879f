/** What the fake project answers about its quality. */
import { defaultGates, type GatePolicy } from '../../../shared/domain/quality/judge/gate.ts';
import { judge } from '../../../shared/domain/quality/judge/judge.ts';
import { scanFile } from '../../../shared/domain/security/scan.ts';
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
