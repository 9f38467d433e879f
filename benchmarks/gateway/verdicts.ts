/** Which targets of ours are met, each next to what was measured. All compare with others of the same run. */
import type { Cell } from './cells.ts';
import type { FirstByte, ManyStreams, Memory } from './endurance.ts';
import type { TargetName } from './targets.ts';

export interface GatewayFigures {
  readonly openLoop?: readonly Cell[];
  readonly closedLoop?: readonly Cell[];
  readonly firstByte?: FirstByte;
  readonly memory?: Memory;
  readonly streams?: ManyStreams;
}

export interface Verdict {
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

const mostAddedFirstByteMs = 1.5;
const mostAddedWholeStreamMs = 2;
const leastTimesPortkey = 2;
/** Between a fifth and all of the requests, beside what the collector of garbage leaves to itself. */
const mostGrowth = 1.1;
const leastGrowthMib = 32;

const find = (cells: readonly Cell[], target: TargetName, stream: boolean, pressure: number): Cell | undefined =>
  cells.find((cell) => cell.target === target && cell.stream === stream && cell.pressure === pressure);

const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;

const judgeOpenLoop = (cells: readonly Cell[]): readonly Verdict[] => {
  const rate = Math.max(...cells.map(({ pressure }) => pressure));
  const plain = find(cells, 'ours', false, rate);
  const streamed = find(cells, 'ours', true, rate);
  const parsing = find(cells, 'parse-frames', false, rate);
  const verdicts: Verdict[] = [];
  if (plain !== undefined && parsing !== undefined)
    verdicts.push({
      target: `plain at ${rate}/s: added p50 at most that of the frame-parsing Worker`,
      measured: `${milliseconds(plain.addedWholeMs)} against ${milliseconds(parsing.addedWholeMs)}`,
      met: plain.addedWholeMs <= parsing.addedWholeMs,
    });
  if (streamed !== undefined)
    verdicts.push(
      {
        target: `stream at ${rate}/s: added p50 of the first byte at most ${mostAddedFirstByteMs} ms`,
        measured: milliseconds(streamed.addedFirstByteMs),
        met: streamed.addedFirstByteMs <= mostAddedFirstByteMs,
      },
      {
        target: `stream at ${rate}/s: added p50 of the whole at most ${mostAddedWholeStreamMs} ms`,
        measured: milliseconds(streamed.addedWholeMs),
        met: streamed.addedWholeMs <= mostAddedWholeStreamMs,
      },
    );
  return verdicts;
};

const judgeClosedLoop = (cells: readonly Cell[]): readonly Verdict[] =>
  cells
    .filter(({ target }) => target === 'ours')
    .flatMap((ours) => {
      const name = `${ours.stream ? 'stream' : 'plain'} over ${ours.pressure} connections`;
      const against = (other: TargetName, times: number, words: string): readonly Verdict[] => {
        const cell = find(cells, other, ours.stream, ours.pressure);
        if (cell === undefined) return [];
        const ratio = ours.perSecond / cell.perSecond;
        const measured = `${ours.perSecond.toFixed(0)}/s, ${ratio.toFixed(2)} times`;
        return [{ target: `${name}: ${words}`, measured, met: ratio >= times }];
      };
      return [
        ...against('parse-frames', 1, 'at least the frame-parsing Worker’s requests/s'),
        ...against('portkey', leastTimesPortkey, `at least ${leastTimesPortkey} times Portkey’s requests/s`),
      ];
    });

const judgeMemory = ({ residentMib, requests, errors }: Memory): Verdict => {
  const settled = residentMib[2] ?? Number.NaN;
  const last = residentMib.at(-1) ?? Number.NaN;
  return {
    target: `memory flat over ${requests} requests`,
    measured: `${residentMib.map((mib) => mib.toFixed(0)).join(', ')} MiB`,
    met: errors === 0 && last <= Math.max(settled * mostGrowth, settled + leastGrowthMib),
  };
};

const judgeErrors = (cells: readonly Cell[]): readonly Verdict[] => {
  const ours = cells.filter(({ target }) => target === 'ours');
  if (ours.length === 0) return [];
  const errors = ours.reduce((sum, cell) => sum + cell.errors, 0);
  const requests = ours.reduce((sum, cell) => sum + cell.requests, 0);
  return [{ target: 'no error in both loops', measured: `${errors} of ${requests}`, met: errors === 0 }];
};

export const judge = ({ openLoop = [], closedLoop = [], firstByte, memory, streams }: GatewayFigures) =>
  [
    ...judgeOpenLoop(openLoop),
    ...judgeClosedLoop(closedLoop),
    ...judgeErrors([...openLoop, ...closedLoop]),
    ...(firstByte === undefined
      ? []
      : [
          {
            target: 'the first frame is passed on before the second arrives',
            measured: firstByte.error ?? 'yes',
            met: firstByte.passedOn,
          },
        ]),
    ...(memory === undefined ? [] : [judgeMemory(memory)]),
    ...(streams === undefined
      ? []
      : [
          {
            target: `${streams.streams} streams at once all finish`,
            measured: `${streams.streams - streams.errors} finished, at most ${streams.residentMib.most.toFixed(0)} MiB`,
            met: streams.errors === 0,
          },
        ]),
  ] satisfies readonly Verdict[];
