/**
 * The main module of a test isolate. It is loaded before any guest code, takes hold of what it needs, and only then
 * loads the test files one after the other. Its answer is one string.
 */
import { DurableObject } from 'cloudflare:workers';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { attempt } from './attempt.ts';
import { forgetMocks } from './commonjs.ts';
import { captureConsole, capturedConsole } from './console-capture.ts';
import { setDatabaseStorage } from './database-storage.ts';
import type { TimeLibrary } from './fake-time.ts';
import { fakeTime, setTimeLibrary } from './fake-time.ts';
import { projectFolder, reservedFolder } from './module-names.ts';
import { nodeProcess } from './node-process.ts';
import type { List } from './primordials.ts';
import type { MeasurePlan } from './measure.ts';
import { noteFailure, openMeasure } from './measure.ts';
import { bare, defineProperty, fixPromises, listOf, now, parseJson, push } from './primordials.ts';
import type { LoadFailure, SnapshotReport } from './report-text.ts';
import { reportText } from './report-text.ts';
import type { ReachedOutside, RunLimits, TestOutcome } from './run-hooks.ts';
import { noteOutside, runFile } from './run-suite.ts';
import type { SnapshotMode, SnapshotPrinter } from './snapshots.ts';
import { openSnapshots, setSnapshotPrinter, snapshotChanges, unusedSnapshots } from './snapshots.ts';
import { setSources } from './source-place.ts';
import { abandonFile, closeFile, openFile } from './suite.ts';
import { installTestGlobals } from './test-globals.ts';
import { watchRejections } from './attempt.ts';

/** What the host tells the isolate, as JSON. */
export interface TestPlan {
  readonly files: readonly { readonly source: string; readonly module: string }[];
  readonly sources: readonly (readonly [module: string, source: string])[];
  readonly limits: { readonly testTimeoutMs: number; readonly runTimeoutMs: number; readonly fuelPerTest: number };
  readonly measure?: MeasurePlan;
  /** Parts that are loaded only where the code asks for them. */
  readonly needs: { readonly fakeTime: boolean; readonly snapshots: boolean; readonly fastCheck: boolean };
  readonly snapshotMode: SnapshotMode;
  readonly snapshots: readonly {
    readonly file: string;
    readonly separator: string;
    readonly entries: readonly (readonly [name: string, value: string])[];
  }[];
  /** Text files that tests may read, by path. */
  readonly data: readonly (readonly [path: string, text: string])[];
  readonly wantedName?: string;
}

export class TestRunner extends DurableObject {
  async run(planText: string): Promise<string> {
    const plan = parseJson(planText) as TestPlan;
    if (plan.measure !== undefined) openMeasure(plan.measure);
    setSources(new Map(plan.sources));
    setDatabaseStorage(this.ctx.storage);
    writeData(plan.data);
    await loadParts(plan.needs);
    captureConsole();
    watchRejections();
    fixPromises();
    forbidExit();
    installTestGlobals();
    return await runPlan(plan);
  }
}

/** The files stand in memory, and the process stands in their folder. */
function writeData(data: TestPlan['data']): void {
  mkdirSync(projectFolder, { recursive: true });
  for (const [file, text] of data) {
    const slash = file.lastIndexOf('/');
    if (slash > 0) mkdirSync(`${projectFolder}/${file.slice(0, slash)}`, { recursive: true });
    writeFileSync(`${projectFolder}/${file}`, text);
  }
  process.chdir(projectFolder);
  followFolder();
}

/** The runtime's `node:path` takes the root for the present folder, whatever the process says. */
function followFolder(): void {
  const resolve = path.resolve.bind(path);
  const relative = path.relative.bind(path);
  const here = (...parts: string[]): string => resolve(process.cwd(), ...parts);
  path.resolve = here;
  path.relative = (from: string, to: string): string => relative(here(from), here(to));
}

async function loadParts(needs: TestPlan['needs']): Promise<void> {
  const load = async <Value>(name: string): Promise<Value> =>
    // SAFETY: `modules.ts` made these modules, with these defaults.
    ((await import(`/${reservedFolder}${name}.js`)) as { default: Value }).default;
  if (needs.fakeTime) setTimeLibrary((await load<() => TimeLibrary>('fake-timers-library'))());
  if (needs.snapshots) setSnapshotPrinter(await load<SnapshotPrinter>('snapshot-printer'));
}

/** An exit would end the isolate and with it the report: it becomes the failure of the test that asks for it. */
function forbidExit(): void {
  const state = nodeProcess();
  for (const name of ['abort', 'reallyExit']) {
    const refuse = (): never => {
      throw new Error(`process.${name}() was called`);
    };
    defineProperty(process, name, bare({ value: refuse }));
  }
  const exit = (code?: number): never => state.exit(code);
  defineProperty(process, 'exit', bare({ value: exit }));
  const argv = { get: () => state.argv, set: (values: string[]) => (state.argv = values), configurable: true };
  defineProperty(process, 'argv', bare(argv));
}

async function runPlan(plan: TestPlan): Promise<string> {
  const outcomes: List<TestOutcome> = listOf();
  const loadFailures: List<LoadFailure> = listOf();
  const unused: SnapshotReport['unused'] = listOf();
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
    beginFile(plan, index, file.source);
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
    } else {
      await runFile(file.source, root, limits, outcomes, outside, plan.wantedName);
      if (plan.wantedName === undefined) {
        for (const name of unusedSnapshots()) push(unused, bare({ file: file.source, name }));
      }
    }
    noteOutside(outside, file.source);
    fakeTime.reset();
  }
  if (now() >= limits.runEndsAt) isTimeUp = true;
  const snapshots = bare({ changes: snapshotChanges(), unused });
  return reportText(outcomes, loadFailures, capturedConsole(), isTimeUp, snapshots, outside);
}

function beginFile(plan: TestPlan, index: number, source: string): void {
  forgetMocks();
  const known = plan.snapshots[index];
  openSnapshots(source, plan.snapshotMode, new Map(known?.entries ?? []), known?.separator ?? ' > ');
}
