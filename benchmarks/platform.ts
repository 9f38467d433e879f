/** `npm run bench -- platform`: the figures of the objects, the logs and the main job, each next to what it is compared with. */
import { deployWorker, readBundleSize, workerProjects } from '../scripts/workers.ts';
import { measureWorker, type WorkerFigures } from './bench-worker.ts';
import { measureMainJob, type MainJobFigures } from './main-job.ts';

const measureBundles = async (): Promise<Record<string, { readonly gzipKib: number; readonly totalKib: number }>> => {
  const sizes: Record<string, { gzipKib: number; totalKib: number }> = {};
  for (const worker of workerProjects) {
    const { output } = await deployWorker(worker, true);
    const size = readBundleSize(output);
    if (size === undefined) throw new Error(`${worker.name} does not bundle:\n${output}`);
    sizes[worker.name] = size;
  }
  return sizes;
};

const row = (name: string, value: string, target: string): string =>
  `${name.padEnd(44)}${value.padStart(14)}   ${target}`;

const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

type Figures = WorkerFigures & MainJobFigures & { readonly bundles: Awaited<ReturnType<typeof measureBundles>> };

const table = ({ bundles, ...figures }: Figures): readonly string[] => [
  '',
  row('figure', 'measured', 'target'),
  row('specification to running app, p50 of 5', milliseconds(figures.specToAppMs.p50), '≤ 15 000 ms'),
  row('  of which inside the model (all agents)', milliseconds(figures.modelMs), ''),
  row('first event after POST /api/projects, p50', milliseconds(figures.firstEventMs.p50), '≤ 50 ms'),
  row('start to ready, first', milliseconds(figures.startToReadyMs.first), '≤ 10 000 ms'),
  row('start to ready, second', milliseconds(figures.startToReadyMs.second), '≤ 10 000 ms'),
  row('bare durable insert', milliseconds(figures.bareInsertMs), ''),
  row('journaled step', milliseconds(figures.journaledStepMs), ''),
  row('  ratio of both', `${figures.stepOverheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
  row('steps/s of one object', figures.throughput.oneObject.stepsPerSecond.toFixed(0), ''),
  row('  bare inserts/s to it', `${figures.throughput.oneObject.overheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
  row('steps/s over 100 objects', figures.throughput.hundredObjects.stepsPerSecond.toFixed(0), ''),
  row('  bare inserts/s to it', `${figures.throughput.hundredObjects.overheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
  row('event written, p50', milliseconds(figures.eventLog.writtenMs), '< 0.166 ms (OpenHands)'),
  row('event on disk, p50', milliseconds(figures.eventLog.forcedMs), ''),
  row('  bare row on disk', milliseconds(figures.eventLog.bareForcedMs), ''),
  ...figures.eventLog.replays.flatMap(({ events, replayMs, recoveryMs }) => [
    row(`replay of ${events} events`, milliseconds(replayMs), events === 1_000 ? '< 29.5 ms (OpenHands)' : ''),
    row(`  recovery of the object`, milliseconds(recoveryMs), events === 1_000 ? '< 57.5 ms (OpenHands)' : ''),
  ]),
  row('publish to socket, p50', milliseconds(figures.eventLog.publishToSocketMs.p50), ''),
  row('publish to socket, p99', milliseconds(figures.eventLog.publishToSocketMs.p99), ''),
  row(`recovery with ${figures.largeLog.events} events`, milliseconds(figures.largeLog.recoveryMs), ''),
  row('  append to it', milliseconds(figures.largeLog.appendMs), ''),
  row('  memory it took', `${figures.largeLog.memoryGrowthMib?.toFixed(0) ?? '?'} MiB`, ''),
  row('fresh isolate test run, p50', milliseconds(figures.testRunMs.p50), '≤ 40 ms'),
  ...Object.entries(bundles).map(([name, { gzipKib }]) =>
    row(`bundle of ${name}, gzipped`, `${gzipKib.toFixed(0)} KiB`, name === 'gateway' ? '≤ 3 072 KiB' : ''),
  ),
];

/** Measures all of it; the table goes to `tell`. */
export const measurePlatform = async (tell: (line: string) => void): Promise<Figures> => {
  tell('Bundling the Workers …');
  const bundles = await measureBundles();
  tell('Measuring steps and test runs …');
  const worker = await measureWorker();
  tell('Building example 1 five times …');
  const job = await measureMainJob(tell);
  const figures = { bundles, ...worker, ...job };
  for (const line of table(figures)) tell(line);
  return figures;
};
