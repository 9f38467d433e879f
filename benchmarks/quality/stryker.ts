/** One run of StrykerJS over a sample project, in a folder of its own, with its runner for vitest and all processors. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { capture } from '../../scripts/platform/child-process.ts';
import { installPackage } from '../../scripts/platform/own-package.ts';
import type { SampleProject } from './sample-project.ts';

export const toolsFolder = join(import.meta.dirname, 'tools');

export interface StrykerMutant {
  readonly file: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  /** One-based lines and columns. */
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

interface StrykerReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Omit<StrykerMutant, 'file'>[] }>>;
}

const vitestConfig = `export default { test: { include: ['**/*.test.ts'] } };\n`;

const strykerConfig = (mutate: readonly string[]): object => ({
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate,
  coverageAnalysis: 'perTest',
  reporters: ['json'],
  jsonReporter: { fileName: 'report.json' },
  // Ours has no mutants of regular expressions.
  mutator: { excludedMutations: ['Regex'] },
  logLevel: 'warn',
});

export const runStryker = async (
  project: SampleProject,
): Promise<{ readonly totalMs: number; readonly mutants: readonly StrykerMutant[] }> => {
  await installPackage(toolsFolder);
  const folder = mkdtempSync(join(tmpdir(), 'aidevos-stryker-'));
  try {
    for (const [path, text] of Object.entries(project.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(join(folder, 'vitest.config.js'), vitestConfig);
    writeFileSync(join(folder, 'stryker.config.json'), JSON.stringify(strykerConfig(project.mutated)));
    symlinkSync(join(toolsFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const startedAt = performance.now();
    const program = join(toolsFolder, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
    const { exitCode, output } = await capture(process.execPath, [program, 'run'], { cwd: folder });
    const totalMs = performance.now() - startedAt;
    if (exitCode !== 0) throw new Error(`Stryker ended with code ${exitCode}:\n${output.slice(-4_000)}`);
    // SAFETY: the form of Stryker's report, mutation-testing-report-schema 2.
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as StrykerReport;
    const mutants = Object.entries(report.files).flatMap(([file, { mutants: own }]) =>
      own.map((mutant) => ({ ...mutant, file })),
    );
    return { totalMs, mutants };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
