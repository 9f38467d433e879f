/**
 * The main module of a test isolate. It is loaded before any guest code, takes hold of what it needs, and only then
 * loads the test files one after the other. Its answer is one string.
 */
import { DurableObject } from 'cloudflare:workers';
import { attempt } from './attempt.ts';
import { captureConsole, capturedConsole } from './console-capture.ts';
import { setDatabaseStorage } from './database-storage.ts';
import type { List } from './primordials.ts';
import type { MeasurePlan } from './measure.ts';
import { noteFailure, openMeasure } from './measure.ts';
import { bare, defineProperty, fixPromises, listOf, now, parseJson, push } from './primordials.ts';
import type { LoadFailure } from './report-text.ts';
import { reportText } from './report-text.ts';
import type { ReachedOutside, RunLimits, TestOutcome } from './run-suite.ts';
import { noteOutside, runFile } from './run-suite.ts';
import { setSources } from './source-place.ts';
import { abandonFile, closeFile, openFile } from './suite.ts';
import { watchRejections } from './attempt.ts';

/** What the host tells the isolate, as JSON. */
export interface TestPlan {
  readonly files: readonly { readonly source: string; readonly module: string }[];
  readonly sources: readonly (readonly [module: string, source: string])[];
  readonly limits: { readonly testTimeoutMs: number; readonly runTimeoutMs: number; readonly fuelPerTest: number };
  readonly measure?: MeasurePlan;
}

export class TestRunner extends DurableObject {
  async run(planText: string): Promise<string> {
    const plan = parseJson(planText) as TestPlan;
    if (plan.measure !== undefined) openMeasure(plan.measure);
    setSources(new Map(plan.sources));
    setDatabaseStorage(this.ctx.storage);
    captureConsole();
    watchRejections();
    fixPromises();
    forbidExit();
    return await runPlan(plan);
  }
}

/** An exit would end the isolate and with it the report: it becomes the failure of the test that asks for it. */
function forbidExit(): void {
  for (const name of ['exit', 'abort', 'reallyExit']) {
    const refuse = (): never => {
      throw new Error(`process.${name}() was called`);
    };
    defineProperty(process, name, bare({ value: refuse }));
  }
}

async function runPlan(plan: TestPlan): Promise<string> {
  const outcomes: List<TestOutcome> = listOf();
  const loadFailures: List<LoadFailure> = listOf();
  const outside: List<ReachedOutside> = listOf();
  let isTimeUp = false;
  const limits: RunLimits = bare({
    timeoutMs: plan.limits.testTimeoutMs,
    fuel: plan.limits.fuelPerTest,
    runEndsAt: now() + plan.limits.runTimeoutMs,
    onTimeUp: () => {
      isTimeUp = true;
    },
  });
  for (let index = 0; index < plan.files.length; index += 1) {
    const file = plan.files[index];
    if (file === undefined) continue;
    const root = openFile(file.source);
    const failure = await attempt(async () => {
      await import(`/${file.module}`);
      await closeFile();
    }, limits);
    abandonFile();
    noteOutside(outside, file.source);
    if (failure !== undefined) {
      noteFailure();
      push(loadFailures, bare({ file: file.source, failure }));
    }
    if (failure === undefined) await runFile(file.source, root, limits, outcomes, outside);
    noteOutside(outside, file.source);
  }
  if (now() >= limits.runEndsAt) isTimeUp = true;
  return reportText(outcomes, loadFailures, capturedConsole(), isTimeUp, outside);
}
