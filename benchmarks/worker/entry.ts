/** `POST /steps` and so on: one measurement each, answered as JSON. */
import { defaultTestRunLimits, type SandboxRpc } from '../../shared/rpc/sandbox.ts';
import { build } from '../../workers/toolchain/build/build.ts';
import type { MutationJob } from './mutation-job.ts';
import { runMutationJob } from './mutation-job.ts';
import type { LogBench } from './log-bench.ts';
import { measureLargeLog, measurePersist, measureReplay, measureSocket } from './measure-log.ts';
import type { StepBench } from './step-bench.ts';

export {
  AnalyticsCapability,
  AnalyticsObject,
  ApiCapability,
  ApiObject,
  AppHost,
  AuthCapability,
  AuthObject,
  ConnectorCapability,
  ConnectorObject,
  DataCapability,
  DataObject,
  Sandbox,
  ServiceGroupObject,
  TestHost,
  UiCapability,
  UiObject,
  UserCapability,
  UserObject,
} from '../../workers/sandbox/index.ts';
export { LogBench } from './log-bench.ts';
export { StepBench } from './step-bench.ts';

interface Environment {
  readonly STEPS: DurableObjectNamespace<StepBench>;
  readonly LOGS: DurableObjectNamespace<LogBench>;
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

/** Operations per second over this many objects at once, bare inserts and journaled steps in turns. */
const measureThroughput = async (steps: Environment['STEPS'], objects: number, each: number) => {
  const rate = async (kind: 'bare' | 'step'): Promise<number> => {
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: objects }, (_, index) => steps.getByName(`throughput-${objects}-${index}`).work(kind, each)),
    );
    return (objects * each * 1_000) / (performance.now() - startedAt);
  };
  const rounds: { readonly barePerSecond: number; readonly stepsPerSecond: number }[] = [];
  for (let round = 0; round < 5; round += 1) {
    rounds.push({ barePerSecond: await rate('bare'), stepsPerSecond: await rate('step') });
  }
  return rounds;
};

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/health':
        return new Response('ok');
      case '/steps':
        return Response.json(await env.STEPS.getByName('steps').measure(8, 100));
      case '/throughput-of-one':
        return Response.json(await measureThroughput(env.STEPS, 1, 1_000));
      case '/throughput-of-hundred':
        return Response.json(await measureThroughput(env.STEPS, 100, 20));
      case '/persist':
        return Response.json(await measurePersist(env.LOGS));
      case '/replay':
        return Response.json(await measureReplay(env.LOGS, [1_000, 10_000]));
      case '/large-log':
        return Response.json(await measureLargeLog(env.LOGS, 100_000));
      case '/socket':
        return Response.json(await measureSocket(env.LOGS, 500));
      case '/mutation':
        return Response.json(await runMutationJob(env.SANDBOX, await request.json<MutationJob>()));
      case '/test-run':
        return Response.json(await measureTestRuns(env.SANDBOX, 30));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Environment>;
