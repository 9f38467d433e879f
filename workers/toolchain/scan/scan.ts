/** The security scanner over the files of a project: code, secrets, and the licences of what it depends on. */
import { emptyIndex } from '../../../shared/domain/security/dependencies/advisories.ts';
import { defaultLicensePolicy } from '../../../shared/domain/security/dependencies/licenses.ts';
import { createSbom, type SbomSubject } from '../../../shared/domain/security/dependencies/sbom.ts';
import { componentsOf, scanDependencies } from '../../../shared/domain/security/dependencies/scan-dependencies.ts';
import { severities, type Finding } from '../../../shared/domain/security/finding.ts';
import { scanFiles } from '../../../shared/domain/security/scan.ts';
import type { ScanReport, SourceFiles } from '../../../shared/rpc/toolchain.ts';

/** More findings help nobody; the number of all of them is told. */
const mostFindings = 300;
const mostSkipped = 200;
const longestEvidence = 12;

const worstFirst = (left: Finding, right: Finding): number =>
  severities.indexOf(right.severity) - severities.indexOf(left.severity);

const shortened = (finding: Finding): Finding =>
  finding.evidence.length <= longestEvidence
    ? finding
    : {
        ...finding,
        evidence: [...finding.evidence.slice(0, longestEvidence / 2), ...finding.evidence.slice(-longestEvidence / 2)],
      };

export const scan = (files: SourceFiles): ScanReport => {
  const code = scanFiles(files);
  const dependencies = scanDependencies(files, { advisories: emptyIndex, licenses: defaultLicensePolicy });
  const findings = [...code.findings, ...dependencies.findings];
  return {
    findings: findings.toSorted(worstFirst).slice(0, mostFindings).map(shortened),
    findingsTotal: findings.length,
    skipped: [...code.skipped, ...dependencies.skipped].slice(0, mostSkipped),
    filesScanned: code.filesScanned,
  };
};

export const sbom = (subject: SbomSubject, files: SourceFiles): string =>
  JSON.stringify(createSbom(subject, componentsOf(files).components));
