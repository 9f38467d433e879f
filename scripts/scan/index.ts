/** `npm run scan`: the scanner over any folder of this machine. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import {
  describeFinding,
  isAtLeastAsSevere,
  isAtLeastAsSure,
  severities,
  type Finding,
  type Severity,
} from '../../shared/domain/security/finding.ts';
import { defaultLicensePolicy } from '../../shared/domain/security/dependencies/licenses.ts';
import { isLockFile } from '../../shared/domain/security/dependencies/lock-files.ts';
import { createSbom } from '../../shared/domain/security/dependencies/sbom.ts';
import { componentsOf, scanDependencies } from '../../shared/domain/security/dependencies/scan-dependencies.ts';
import { toSarif } from '../../shared/domain/security/report-sarif.ts';
import { largestText, scanFile, type Skipped } from '../../shared/domain/security/scan.ts';
import { defaultIndexFile, readIndex } from './advisories.ts';
import { listFiles } from './files.ts';
import { runPairs } from './pairs.ts';

const usage = `Looks for weaknesses, secrets, vulnerable packages and licences in a folder.

  npm run scan -- FOLDER           a line for each finding of at least medium confidence
  npm run scan -- pairs FOLDER     recall and false alarms on suites of known-bad and fixed code
  npm run scan -- sbom FOLDER      the bill of materials, CycloneDX 1.6

  --json               all about the findings, as JSON
  --sarif FILE         writes them as SARIF 2.1.0 too
  --audit              findings of low confidence too
  --tests              looks at tests as at other code
  --fail-on SEVERITY   from which severity on the exit code is 1: ${severities.join(', ')} (medium), or none
  --advisories FILE    the index that npm run advisories made (${defaultIndexFile})
  --verbose            with pairs: each miss and each false alarm

Exit codes: 0 nothing found, 1 findings, 2 wrong usage.`;

const refuse = (message: string): void => {
  console.error(`${message}\n\n${usage}`);
  process.exitCode = 2;
};

const options = {
  json: { type: 'boolean', default: false },
  sarif: { type: 'string' },
  audit: { type: 'boolean', default: false },
  tests: { type: 'boolean', default: false },
  'fail-on': { type: 'string', default: 'medium' },
  advisories: { type: 'string', default: defaultIndexFile },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of a file, or why it has none. */
const readText = (path: string): { readonly text: string } | { readonly reason: string } => {
  if (statSync(path).size > largestText) return { reason: `more than ${largestText} bytes` };
  try {
    return { text: decoder.decode(readFileSync(path)) };
  } catch {
    // The decoder refuses what is no text; the file is named among those that were left out.
    return { reason: 'not UTF-8 text' };
  }
};

interface Scanned {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
}

const progressEvery = 1_000;

const scanFolder = (folder: string, includeTests: boolean, indexFile: string): Scanned => {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  const lockFiles: Record<string, string> = {};
  const paths = listFiles(folder, /.*/);
  for (const [count, path] of paths.entries()) {
    const file = relative(folder, path).split(sep).join('/');
    const read = readText(path);
    if ('reason' in read) skipped.push({ file, reason: read.reason });
    else if (isLockFile(file)) lockFiles[file] = read.text;
    else {
      const result = scanFile(file, read.text, { includeTests });
      findings.push(...result.findings);
      skipped.push(...result.skipped);
    }
    if ((count + 1) % progressEvery === 0) console.error(`${count + 1} of ${paths.length} files`);
  }
  const dependencies = scanDependencies(lockFiles, {
    advisories: readIndex(indexFile),
    licenses: defaultLicensePolicy,
  });
  return {
    findings: [...findings, ...dependencies.findings],
    skipped: [...skipped, ...dependencies.skipped],
    files: paths.length,
  };
};

const print = ({ findings, skipped, files }: Scanned): void => {
  for (const finding of findings) {
    console.log(
      `${describeFinding(finding)}${finding.suppressed === undefined ? '' : `\n    let pass: ${finding.suppressed}`}`,
    );
    if (finding.evidence.length > 1) for (const { line, text } of finding.evidence) console.log(`    ${line}: ${text}`);
    if (finding.suppressed === undefined) console.log(`    fix: ${finding.fix.text}`);
  }
  const code = skipped.filter(({ file }) => /\.[cm]?[jt]sx?$|\.(?:json|ya?ml|lock)$/.test(file));
  for (const { file, reason } of code.slice(0, 50)) console.error(`left out: ${file}: ${reason}`);
  console.log(
    `${findings.filter(({ suppressed }) => suppressed === undefined).length} findings in ${files} files, ${skipped.length} left out or only partly read`,
  );
};

const printSbom = (folder: string): void => {
  const files = Object.fromEntries(
    listFiles(folder, /.*/).flatMap((path) => {
      const file = relative(folder, path).split(sep).join('/');
      const read = isLockFile(file) ? readText(path) : { reason: '' };
      return 'text' in read ? [[file, read.text]] : [];
    }),
  );
  const subject = {
    name: basename(folder),
    version: '0.0.0',
    serialNumber: `urn:uuid:${randomUUID()}`,
    timestamp: new Date().toISOString(),
  };
  console.log(JSON.stringify(createSbom(subject, componentsOf(files).components), undefined, 2));
};

const main = (): void => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) {
    console.log(usage);
    return;
  }
  const [first, second] = positionals;
  const isCommand = first === 'pairs' || first === 'sbom';
  const named = isCommand ? second : first;
  if (named === undefined) return refuse('Name a folder.');
  const folder = resolve(named);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return refuse(`${folder} is no folder.`);
  if (first === 'sbom') return printSbom(folder);
  if (first === 'pairs') {
    if (!runPairs(folder, { audit: values.audit, verbose: values.verbose })) process.exitCode = 2;
    return;
  }
  const failOn: Severity | undefined = severities.find((each) => each === values['fail-on']);
  if (failOn === undefined && values['fail-on'] !== 'none')
    return refuse(`--fail-on: “${values['fail-on']}” is not one of ${severities.join(', ')}, none.`);
  const scanned = scanFolder(folder, values.tests, values.advisories);
  const shown = {
    ...scanned,
    findings: scanned.findings.filter((finding) => values.audit || isAtLeastAsSure(finding, 'medium')),
  };
  if (values.sarif !== undefined) writeFileSync(values.sarif, JSON.stringify(toSarif(shown.findings), undefined, 2));
  if (values.json) console.log(JSON.stringify(shown, undefined, 2));
  else print(shown);
  if (
    failOn !== undefined &&
    shown.findings.some((finding) => finding.suppressed === undefined && isAtLeastAsSevere(finding, failOn))
  )
    process.exitCode = 1;
};

try {
  main();
} catch (error) {
  // A wrong option, a folder that may not be read, or a file that is no index: said in one line.
  refuse(error instanceof Error ? error.message : String(error));
}
