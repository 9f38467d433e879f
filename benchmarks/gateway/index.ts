/** `npm run bench -- gateway`: our gateway beside others under the same runtime, in one run. */
import { measureCells, warmUp, type Cell } from './cells.ts';
import { measureFirstByte, measureMemory, measureStreams } from './endurance.ts';
import type { GatewayBenchOptions } from './options.ts';
import { startStage, type Stage } from './targets.ts';
import { judge, type GatewayFigures } from './verdicts.ts';

const line = (cell: Cell): string =>
  [
    cell.target.padEnd(14),
    (cell.stream ? 'stream' : 'plain').padEnd(7),
    String(cell.pressure).padStart(5),
    cell.perSecond.toFixed(0).padStart(8),
    ...[cell.firstByteMs, cell.wholeMs].map(
      ({ p50, p99 }) => `${p50.toFixed(2).padStart(8)} /${p99.toFixed(2).padStart(8)}`,
    ),
    cell.addedFirstByteMs.toFixed(2).padStart(8),
    cell.addedWholeMs.toFixed(2).padStart(8),
    (cell.processorMicroseconds?.toFixed(0) ?? '?').padStart(8),
    String(cell.errors).padStart(7),
    cell.firstError ?? '',
  ].join(' ');

const heading = (pressure: string): string =>
  `\n${'target'.padEnd(14)} kind    ${pressure} requests/s  first byte p50 / p99     whole p50 / p99    added first/whole   CPU us  errors`;

const table = (figures: GatewayFigures): readonly string[] => [
  ...(figures.openLoop === undefined ? [] : [heading('rate'), ...figures.openLoop.map(line)]),
  ...(figures.closedLoop === undefined ? [] : [heading('conn'), ...figures.closedLoop.map(line)]),
  '',
  ...judge(figures).map(({ target, measured, met }) => `${met ? 'met    ' : 'MISSED '} ${target}: ${measured}`),
];

const measure = async (
  stage: Stage,
  options: GatewayBenchOptions,
  tell: (line: string) => void,
): Promise<GatewayFigures> => {
  const asked = new Set(options.parts);
  const ours = stage.targets.find(({ name }) => name === 'ours');
  await warmUp(stage);
  return {
    ...(asked.has('latency') ? { openLoop: await measureCells(stage, 'open', options, tell) } : {}),
    ...(asked.has('throughput') ? { closedLoop: await measureCells(stage, 'closed', options, tell) } : {}),
    ...(asked.has('first-byte') && ours !== undefined ? { firstByte: await measureFirstByte(stage, ours) } : {}),
    ...(asked.has('memory') && ours !== undefined
      ? { memory: await measureMemory(stage, ours, options.requests, tell) }
      : {}),
    ...(asked.has('streams') && ours !== undefined
      ? { streams: await measureStreams(stage, ours, options.streams) }
      : {}),
  };
};

/** Measures what is asked for; the table goes to `tell`. */
export const measureGateway = async (options: GatewayBenchOptions, tell: (line: string) => void) => {
  const stage = await startStage(options.targets, tell);
  try {
    const figures = await measure(stage, options, tell);
    for (const row of table(figures)) tell(row);
    return { options, ...figures, targets: judge(figures) };
  } finally {
    stage.stop();
  }
};
