/** Findings about what a project depends on: known vulnerabilities and licences. */
import type { Finding } from '../finding.ts';
import type { ScanResult, Skipped } from '../scan.ts';
import { advisoriesOf, fixedVersionOf, type Advisory, type AdvisoryIndex } from './advisories.ts';
import type { Component } from './component.ts';
import { judgeLicense, type LicensePolicy } from './licenses.ts';
import { isLockFile, readLockFile } from './lock-files.ts';

const base = (
  component: Component,
  line: number,
): Pick<Finding, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'> => ({
  file: component.file,
  line,
  column: 1,
  endLine: line,
  endColumn: 1,
});

const nameOf = ({ name, version }: Component): string => `${name}@${version}`;

const vulnerable = (component: Component, advisory: Advisory, line: number): Finding => {
  const fixed = fixedVersionOf(component.version, advisory);
  return {
    rule: 'vulnerable-dependency',
    title: 'Package with a known vulnerability',
    severity: component.development && advisory.severity !== 'low' ? 'medium' : advisory.severity,
    confidence: component.development ? 'low' : 'high',
    cwe: advisory.cwe.length === 0 ? [1395] : advisory.cwe,
    ...base(component, line),
    message: `${nameOf(component)}: ${advisory.id}${advisory.aliases[0] === undefined ? '' : ` (${advisory.aliases[0]})`}: ${advisory.summary}`,
    impact: 'What the advisory says; how to use it is public.',
    evidence: [{ line, column: 1, text: nameOf(component) }],
    fix: {
      text:
        fixed === undefined
          ? 'There is no fixed version yet: replace the package, or show that the part is not used.'
          : `Update ${component.name} to ${fixed} or later.`,
    },
  };
};

const licensed = (component: Component, policy: LicensePolicy, line: number): readonly Finding[] => {
  if (component.ecosystem !== 'npm' || component.license === undefined) return [];
  const verdict = judgeLicense(policy, component.name, component.license);
  if (verdict === 'allowed') return [];
  return [
    {
      rule: verdict === 'denied' ? 'license-denied' : 'license-unknown',
      title: verdict === 'denied' ? 'Licence that the policy does not allow' : 'Licence that nobody judged yet',
      severity: verdict === 'denied' ? 'high' : 'low',
      confidence: component.development ? 'low' : 'high',
      cwe: [],
      ...base(component, line),
      message: `${nameOf(component)} is under ${component.license}`,
      impact: 'Its terms may bind the whole product.',
      evidence: [{ line, column: 1, text: component.license }],
      fix: { text: 'Replace the package, or have a person put it into the policy with a reason.' },
    },
  ];
};

export interface DependencyRules {
  readonly advisories: AdvisoryIndex;
  readonly licenses: LicensePolicy;
}

/** The components of all lock files among the files, and those lock files that cannot be read. */
export const componentsOf = (
  files: Readonly<Record<string, string>>,
): { readonly components: readonly Component[]; readonly skipped: readonly Skipped[] } => {
  const components: Component[] = [];
  const skipped: Skipped[] = [];
  for (const [file, text] of Object.entries(files)) {
    if (!isLockFile(file)) continue;
    const read = readLockFile(file, text);
    if (read.ok) components.push(...read.value);
    else skipped.push({ file, reason: read.error });
  }
  return { components, skipped };
};

/** Where a package is first named in its lock file. */
const lineOf = (text: string, { name }: Component): number => {
  const at = text.search(new RegExp(`["'/\\s]${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}["'@:/=]`, 'm'));
  return at === -1 ? 1 : text.slice(0, at + 1).split('\n').length;
};

export const scanDependencies = (files: Readonly<Record<string, string>>, rules: DependencyRules): ScanResult => {
  const { components, skipped } = componentsOf(files);
  const findings = components.flatMap((component) => {
    const advisories = advisoriesOf(rules.advisories, component);
    const isJudged =
      component.license !== undefined && judgeLicense(rules.licenses, component.name, component.license) !== 'allowed';
    if (advisories.length === 0 && !isJudged) return [];
    const line = lineOf(files[component.file] ?? '', component);
    return [
      ...advisories.map((advisory) => vulnerable(component, advisory, line)),
      ...licensed(component, rules.licenses, line),
    ];
  });
  return { findings, skipped, filesScanned: 0 };
};
