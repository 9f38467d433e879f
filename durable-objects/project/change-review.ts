/**
 * The platform’s own review of a change that is up for merge: what its branch has and main has not. Findings that main
 * has already are the business of main.
 */
import { describeFinding, isBlocking, type Finding } from '../../shared/domain/security/finding.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { RepositoryRpc } from '../../shared/rpc/repository.ts';
import type { ScanReport, SourceFiles, ToolchainRpc } from '../../shared/rpc/toolchain.ts';

export interface ChangeReview {
  readonly commit: string;
  readonly report: ScanReport;
  /** One line for each finding that keeps it from being merged, with what to do. */
  readonly objections: readonly string[];
}

const mostObjections = 20;

const changedFiles = (branch: SourceFiles, main: SourceFiles): SourceFiles =>
  Object.fromEntries(Object.entries(branch).filter(([path, text]) => main[path] !== text));

/** The same finding may stand on another line by now. */
const keyOf = ({ rule, file, message }: Finding): string => `${rule}\n${file}\n${message}`;

export const reviewChange = async (
  repository: RepositoryRpc,
  toolchain: ToolchainRpc,
  branch: string,
): Promise<Result<ChangeReview>> => {
  const [change, main] = await Promise.all([
    repository.snapshot({ ref: branch }),
    repository.snapshot({ ref: 'main' }),
  ]);
  if (!change.ok) return err(change.error);
  if (!main.ok) return err(main.error);
  const files = changedFiles(change.value.files, main.value.files);
  const before = Object.fromEntries(
    Object.keys(files).flatMap((path) =>
      main.value.files[path] === undefined ? [] : [[path, main.value.files[path]]],
    ),
  );
  const [report, known] = await Promise.all([toolchain.scan(files), toolchain.scan(before)]);
  const old = new Set(known.findings.map(keyOf));
  const findings = report.findings.filter((finding) => !old.has(keyOf(finding)));
  const objections = findings
    .filter(isBlocking)
    .slice(0, mostObjections)
    .map((finding) => `${describeFinding(finding)}. ${finding.fix.text}`);
  return ok({
    commit: change.value.commit,
    report: { ...report, findings, findingsTotal: findings.length },
    objections,
  });
};
