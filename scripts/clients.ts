/**
 * `npm run clients`: unmodified clients of the model APIs against a platform that is started for them, coding tools
 * included, and a table of what passed. They are installed the first time. Arguments go on to vitest.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardSignals, waitForExit } from './platform/child-process.ts';
import { installPackage } from './platform/own-package.ts';
import { repositoryRoot } from './platform/state-folder.ts';

const packages = ['test/clients', 'test/clients/coding-tools'].map((path) => join(repositoryRoot, path));

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The exact versions that the packages ask for. */
const readVersions = (): ReadonlyMap<string, string> =>
  new Map(
    packages.flatMap((folder) =>
      ['dependencies', 'optionalDependencies'].flatMap((kind) =>
        Object.entries(property(readJson(join(folder, 'package.json')), kind) ?? {}).map(
          ([name, version]) => [name, String(version)] as const,
        ),
      ),
    ),
  );

interface Row {
  passed: number;
  failed: number;
  skipped: number;
}

/** Each group of tests is named after its client: `<package>: <what>`. */
const readRows = (report: unknown): ReadonlyMap<string, Row> => {
  const rows = new Map<string, Row>();
  for (const file of list(property(report, 'testResults')))
    for (const test of list(property(file, 'assertionResults'))) {
      const [group] = list(property(test, 'ancestorTitles'));
      const name = String(group);
      const row = rows.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
      const status = property(test, 'status');
      row[status === 'passed' ? 'passed' : status === 'failed' ? 'failed' : 'skipped'] += 1;
      rows.set(name, row);
    }
  return rows;
};

/** Whole words of the group's name: `openai/scripted` is a model and no package. */
const versionOf = (group: string, versions: ReadonlyMap<string, string>): string => {
  const words = group.split(/[\s:()]+/);
  const named = [...versions.keys()].filter((name) => words.includes(name));
  return named.map((name) => `${name} ${versions.get(name)}`).join(', ');
};

const tell = (report: unknown): void => {
  const versions = readVersions();
  console.log(`\n${'client'.padEnd(46)} passed  failed  skipped   versions`);
  for (const [group, { passed, failed, skipped }] of readRows(report)) {
    const counts = [passed, failed, skipped].map((count) => String(count).padStart(6)).join('  ');
    console.log(`${group.padEnd(46)} ${counts}   ${versionOf(group, versions)}`);
  }
};

const main = async (): Promise<void> => {
  for (const folder of packages) await installPackage(folder);
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-clients-report-'));
  const reportPath = join(folder, 'report.json');
  const vitest = join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--project', 'clients', ...reporters, ...process.argv.slice(2)],
    {
      cwd: repositoryRoot,
      stdio: 'inherit',
      env: { ...process.env, AIDEVOS_CLIENTS: 'all', WRANGLER_SEND_METRICS: 'false' },
    },
  );
  forwardSignals(child);
  process.exitCode = await waitForExit(child);
  tell(readJson(reportPath));
  rmSync(folder, { recursive: true, force: true });
};

try {
  await main();
} catch (error) {
  console.error(`clients: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
