/** `POST /steps` and `POST /test-run`: one measurement each, answered as JSON. */
import { defaultTestRunLimits, type SandboxRpc } from '../../shared/rpc/sandbox.ts';
import { build } from '../../workers/toolchain/build/build.ts';
import type { StepBench } from './step-bench.ts';

export { AppHost, Sandbox, TestHost } from '../../workers/sandbox/index.ts';
export { StepBench } from './step-bench.ts';

interface Environment {
  readonly STEPS: DurableObjectNamespace<StepBench>;
  readonly SANDBOX: SandboxRpc;
}

const files = {
  'src/sum.ts': 'export const sum = (left: number, right: number): number => left + right;\n',
  'test/sum.test.ts': `import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { sum } from '../src/sum.ts';
describe('sum', () => {
  it('adds', () => { assert.equal(sum(1, 2), 3); });
  it('adds negatives', () => { assert.equal(sum(-1, -2), -3); });
});
`,
};

const measureTestRuns = async (sandbox: SandboxRpc, rounds: number): Promise<readonly number[]> => {
  const built = build({ files, entries: ['test/sum.test.ts'] });
  if (!built.ok) throw new Error('the sample does not build');
  const durations: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const report = await sandbox.runTests({
      runId: `bench-${round}`,
      host: 'bench',
      built: built.value,
      testFiles: ['test/sum.test.ts'],
      limits: defaultTestRunLimits,
    });
    if (report.status !== 'passed') throw new Error(`the sample run ${report.status}: ${report.reason ?? ''}`);
    durations.push(performance.now() - startedAt);
  }
  return durations;
};

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/health':
        return new Response('ok');
      case '/steps':
        return Response.json(await env.STEPS.getByName('steps').measure(8, 100));
      case '/test-run':
        return Response.json(await measureTestRuns(env.SANDBOX, 30));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Environment>;
