import { describe, expect, it } from 'vitest';
import { defaultTestRunLimits, type SandboxRpc, type TestReport, type TestRunRequest } from '../../rpc/sandbox.ts';
import { guardSandbox } from './guarded-sandbox.ts';

const request: TestRunRequest = {
  runId: 'run',
  host: 'host',
  built: { moduleBySource: {}, modules: {} },
  testFiles: [],
  limits: { ...defaultTestRunLimits, runTimeoutMs: -4_950 },
};

const report: TestReport = {
  runId: 'run',
  status: 'passed',
  tests: [],
  loadFailures: [],
  counts: { passed: 1, failed: 0, skipped: 0, todo: 0 },
  console: [],
  durationMs: 1,
};

const sandbox = (runTests: () => Promise<TestReport>): SandboxRpc =>
  ({ runTests, ping: async () => 'pong', request: () => new Promise(() => undefined) }) as unknown as SandboxRpc;

describe('guardSandbox', () => {
  it('runs once more after a crash, and tells of the second', async () => {
    let calls = 0;
    const once = guardSandbox(
      sandbox(async () => {
        calls += 1;
        if (calls === 1) throw new Error('Network connection lost.');
        return report;
      }),
    );
    expect((await once.runTests(request)).status).toBe('passed');
    const always = guardSandbox(sandbox(() => Promise.reject(new Error('Network connection lost.'))));
    expect(await always.runTests(request)).toMatchObject({
      status: 'crashed',
      reason: expect.stringContaining('Network connection lost'),
    });
  });

  it('ends a hang as a run that timed out', async () => {
    const hanging = guardSandbox(sandbox(() => new Promise(() => undefined)));
    expect(await hanging.runTests(request)).toMatchObject({ status: 'timed_out', runId: 'run' });
  });
});
