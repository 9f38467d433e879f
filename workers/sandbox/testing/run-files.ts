/** Builds source files with the real toolchain and runs them in the sandbox, as the platform does. */
import { exports } from 'cloudflare:workers';
import type { SandboxRpc, TestReport, TestRunLimits, TestRunRequest } from '../../../shared/rpc/sandbox.ts';
import { defaultTestRunLimits } from '../../../shared/rpc/sandbox.ts';
import type { BuiltModules, SourceFiles } from '../../../shared/rpc/toolchain.ts';
import { build } from '../../toolchain/build/build.ts';

// SAFETY: the main module exports the class under this name, and it implements the interface.
export const sandbox = (exports as unknown as { readonly Sandbox: SandboxRpc }).Sandbox;

export function built(files: SourceFiles, entries: readonly string[] = Object.keys(files)): BuiltModules {
  const result = build({ files, entries, purpose: 'tests' });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

let runs = 0;

/** Runs all `*.test.ts` files. */
export async function runFiles(
  files: SourceFiles,
  limits: Partial<TestRunLimits> = {},
  settings: Partial<TestRunRequest> = {},
): Promise<TestReport> {
  const testFiles = Object.keys(files).filter((file) => file.includes('.test.'));
  runs += 1;
  return await sandbox.runTests({
    runId: `run-${String(runs)}`,
    host: 'workspace/project',
    built: built(files, testFiles),
    testFiles,
    limits: { ...defaultTestRunLimits, ...limits },
    ...settings,
  });
}

/** Runs one test file named `a.test.ts`. */
export async function runText(text: string, limits: Partial<TestRunLimits> = {}): Promise<TestReport> {
  return await runFiles({ 'a.test.ts': text }, limits);
}
