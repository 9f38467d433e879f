/** Scans that the platform made of this project’s commits, with their findings. */
import { isBlocking, type Finding } from '../../shared/domain/security/finding.ts';
import type { Skipped } from '../../shared/domain/security/scan.ts';
import type { FindingsView, ScanView } from '../../shared/rpc/quality.ts';
import type { ScanReport } from '../../shared/rpc/toolchain.ts';
import { statement, type Storage } from '../platform/index.ts';

/** Older ones are dropped. */
const mostScans = 200;

type ScanRow = {
  subject: string;
  commit_id: string;
  scanned_at: number;
  files_scanned: number;
  findings_total: number;
  blocking: number;
};
type FindingsRow = ScanRow & { findings: string; skipped: string };

const put = statement<
  [
    subject: string,
    commit: string,
    at: number,
    files: number,
    total: number,
    blocking: number,
    findings: string,
    skipped: string,
  ]
>`
  INSERT OR REPLACE INTO scan (subject, commit_id, scanned_at, files_scanned, findings_total, blocking, findings, skipped)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const drop = statement<[keep: number]>`
  DELETE FROM scan WHERE sequence <= (SELECT MAX(sequence) FROM scan) - ?`;
const list = statement<[limit: number], ScanRow>`
  SELECT subject, commit_id, scanned_at, files_scanned, findings_total, blocking FROM scan ORDER BY sequence DESC LIMIT ?`;
const newest = statement<[subject: string], FindingsRow>`
  SELECT subject, commit_id, scanned_at, files_scanned, findings_total, blocking, findings, skipped
  FROM scan WHERE subject = ? ORDER BY sequence DESC LIMIT 1`;
const ofCommit = statement<[subject: string, commit: string], FindingsRow>`
  SELECT subject, commit_id, scanned_at, files_scanned, findings_total, blocking, findings, skipped
  FROM scan WHERE subject = ? AND commit_id = ?`;

const viewOf = (row: ScanRow): ScanView => ({
  commit: row.commit_id,
  subject: row.subject,
  scannedAt: row.scanned_at,
  filesScanned: row.files_scanned,
  verdict: row.blocking === 0 ? 'approve' : 'reject',
  findingsTotal: row.findings_total,
  blocking: row.blocking,
});

export class ScanTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps a scan; one of the same subject and commit is replaced. Inside a transaction. */
  put(subject: string, commit: string, at: number, report: ScanReport): ScanView {
    const { findings, findingsTotal, filesScanned, skipped } = report;
    const blocking = findings.filter(isBlocking).length;
    this.#storage.run(
      put,
      subject,
      commit,
      at,
      filesScanned,
      findingsTotal,
      blocking,
      JSON.stringify(findings),
      JSON.stringify(skipped),
    );
    this.#storage.run(drop, mostScans);
    return viewOf({
      subject,
      commit_id: commit,
      scanned_at: at,
      files_scanned: filesScanned,
      findings_total: findingsTotal,
      blocking,
    });
  }

  /** Newest first. */
  list(limit: number): readonly ScanView[] {
    return this.#storage.all(list, limit).map(viewOf);
  }

  /** The newest scan of a subject, or the one of a commit. */
  find(subject: string, commit: string | undefined): FindingsView | undefined {
    const row =
      commit === undefined ? this.#storage.first(newest, subject) : this.#storage.first(ofCommit, subject, commit);
    if (row === undefined) return undefined;
    // SAFETY: both columns are written only by `put`.
    const findings = JSON.parse(row.findings) as readonly Finding[];
    const skipped = JSON.parse(row.skipped) as readonly Skipped[];
    return { ...viewOf(row), findings, skipped };
  }
}
