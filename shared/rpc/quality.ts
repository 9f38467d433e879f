/** What a project offers about its quality over Workers RPC: findings of scans, the bill of materials, gates and waivers. */
import type { Finding } from '../domain/security/finding.ts';
import type { Skipped } from '../domain/security/scan.ts';
import type { Figures, GatePolicy, Waiver } from '../domain/quality/judge/gate.ts';
import type { Verdict } from '../domain/quality/judge/judge.ts';
import type { Result } from '../errors/result.ts';
import type { ProjectFiguresRpc } from './figures.ts';
import type { ProjectPerformanceRpc } from './performance.ts';

/** One scan of one commit: of main, or of the change of a task. Made by the platform. */
export interface ScanView {
  readonly commit: string;
  /** `main`, or the id of the task whose change it is. */
  readonly subject: string;
  readonly scannedAt: number;
  readonly filesScanned: number;
  /** `approve` when nothing in it blocks. */
  readonly verdict: 'approve' | 'reject';
  readonly findingsTotal: number;
  readonly blocking: number;
}

export interface FindingsView extends ScanView {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
}

export interface QualityView {
  /** Absent while there is no commit to judge. */
  readonly verdict?: Verdict;
  readonly gates: readonly GatePolicy[];
  readonly waivers: readonly Waiver[];
  readonly figures: readonly Figures[];
}

export interface ProjectQualityRpc extends ProjectFiguresRpc, ProjectPerformanceRpc {
  /** Scans the head of main now, stores it, and records it as the `security` measurement of its commit. */
  scanMain(command: { readonly commandId: string }): Promise<Result<ScanView>>;
  /** Scans, newest first, at most 100. */
  scans(query: { readonly limit: number }): Promise<Result<readonly ScanView[]>>;
  /** The findings of the newest scan of a subject, or of a commit of it. */
  findings(query: { readonly subject: string; readonly commit?: string }): Promise<Result<FindingsView>>;
  /** CycloneDX 1.6, as JSON text. */
  sbom(): Promise<Result<{ readonly commit: string; readonly document: string }>>;
  /** The verdict about the head of main, with the gates and figures it comes from. */
  quality(): Promise<Result<QualityView>>;
  setGates(command: {
    readonly commandId: string;
    readonly gates: readonly GatePolicy[];
    readonly by: string;
  }): Promise<Result<QualityView>>;
  grantWaiver(command: {
    readonly commandId: string;
    readonly gate: string;
    readonly person: string;
    readonly reason: string;
    readonly endsAt: number;
  }): Promise<Result<Waiver>>;
  revokeWaiver(command: {
    readonly commandId: string;
    readonly waiverId: string;
    readonly by: string;
  }): Promise<Result<QualityView>>;
}
