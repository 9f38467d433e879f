/**
 * `npm run bench`: one JSON object on standard output and a table on standard error. Figures that depend on the machine
 * stand next to what they are compared with in the same run.
 */
import { cpus, totalmem } from 'node:os';
import { deployWorker, readBundleSize, workerProjects } from '../scripts/workers.ts';
import { measureWorker } from './bench-worker.ts';
import { measureMainJob } from './main-job.ts';

const tell = (line: string): void => {
  console.error(line);
};

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

tell('Bundling the Workers …');
const bundles = await measureBundles();
tell('Measuring steps and test runs …');
const worker = await measureWorker();
tell('Building example 1 five times …');
const job = await measureMainJob(tell);
const [cpu] = cpus();
const machine = {
  cores: cpus().length,
  processor: cpu?.model ?? 'unknown',
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};
console.log(JSON.stringify({ machine, bundles, ...worker, ...job }));

const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
tell(
  [
    '',
    `${machine.cores} cores, ${machine.processor}, ${machine.memoryGib} GiB, Node ${machine.node}`,
    row('figure', 'measured', 'target'),
    row('specification to running app, p50 of 5', milliseconds(job.specToAppMs.p50), '≤ 15 000 ms'),
    row('  of which inside the model (all agents)', milliseconds(job.modelMs), ''),
    row('first event after POST /api/projects, p50', milliseconds(job.firstEventMs.p50), '≤ 50 ms'),
    row('start to ready, first', milliseconds(job.startToReadyMs.first), '≤ 10 000 ms'),
    row('start to ready, second', milliseconds(job.startToReadyMs.second), '≤ 10 000 ms'),
    row('bare durable insert', milliseconds(worker.bareInsertMs), ''),
    row('journaled step', milliseconds(worker.journaledStepMs), ''),
    row('  ratio of both', `${worker.stepOverheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
    row('steps/s of one object', worker.throughput.oneObject.stepsPerSecond.toFixed(0), ''),
    row('  bare inserts/s to it', `${worker.throughput.oneObject.overheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
    row('steps/s over 100 objects', worker.throughput.hundredObjects.stepsPerSecond.toFixed(0), ''),
    row('  bare inserts/s to it', `${worker.throughput.hundredObjects.overheadRatio.toFixed(2)} ×`, '≤ 2 ×'),
    row('event written, p50', milliseconds(worker.eventLog.writtenMs), '< 0.166 ms (OpenHands)'),
    row('event on disk, p50', milliseconds(worker.eventLog.forcedMs), ''),
    row('  bare row on disk', milliseconds(worker.eventLog.bareForcedMs), ''),
    ...worker.eventLog.replays.flatMap(({ events, replayMs, recoveryMs }) => [
      row(`replay of ${events} events`, milliseconds(replayMs), events === 1_000 ? '< 29.5 ms (OpenHands)' : ''),
      row(`  recovery of the object`, milliseconds(recoveryMs), events === 1_000 ? '< 57.5 ms (OpenHands)' : ''),
    ]),
    row('publish to socket, p50', milliseconds(worker.eventLog.publishToSocketMs.p50), ''),
    row('publish to socket, p99', milliseconds(worker.eventLog.publishToSocketMs.p99), ''),
    row(`recovery with ${worker.largeLog.events} events`, milliseconds(worker.largeLog.recoveryMs), ''),
    row('  append to it', milliseconds(worker.largeLog.appendMs), ''),
    row('  memory it took', `${worker.largeLog.memoryGrowthMib?.toFixed(0) ?? '?'} MiB`, ''),
    row('fresh isolate test run, p50', milliseconds(worker.testRunMs.p50), '≤ 40 ms'),
    ...Object.entries(bundles).map(([name, { gzipKib }]) =>
      row(`bundle of ${name}, gzipped`, `${gzipKib.toFixed(0)} KiB`, name === 'gateway' ? '≤ 3 072 KiB' : ''),
    ),
  ].join('\n'),
);
