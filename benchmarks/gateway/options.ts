import { parseArgs } from 'node:util';
import { targetNames, type TargetName } from './targets.ts';

export const partNames = ['latency', 'throughput', 'first-byte', 'memory', 'streams'] as const;

export type PartName = (typeof partNames)[number];

export interface GatewayBenchOptions {
  readonly parts: readonly PartName[];
  readonly targets: readonly TargetName[];
  readonly runs: number;
  /** Of one run of one cell. */
  readonly seconds: number;
  readonly ratesPerSecond: readonly number[];
  readonly connections: readonly number[];
  /** For the part `memory`. */
  readonly requests: number;
  /** For the part `streams`. */
  readonly streams: number;
}

export const gatewayUsage = `npm run bench -- gateway [options]

  --parts <list>        ${partNames.join(',')} (all)
  --targets <list>      ${targetNames.join(',')} (all; direct is always there)
  --runs <number>       how often each cell is measured (3)
  --seconds <number>    how long each time (10)
  --rates <list>        requests per second of the open loop (50,200)
  --connections <list>  connections of the closed loop (1,16,64)
  --requests <number>   requests of the part memory (50000)
  --streams <number>    streams at once of the part streams (1000)`;

const split = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

const choose = <Name extends string>(known: readonly Name[], text: string): readonly Name[] => {
  const asked = split(text);
  const unknown = asked.find((word) => !known.some((name) => name === word));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${known.join(', ')}`);
  return known.filter((name) => asked.includes(name));
};

const number = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return value;
};

/** Throws with a sentence for a person. */
export const readGatewayOptions = (args: readonly string[]): GatewayBenchOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      parts: { type: 'string', default: partNames.join(',') },
      targets: { type: 'string', default: targetNames.join(',') },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      rates: { type: 'string', default: '50,200' },
      connections: { type: 'string', default: '1,16,64' },
      requests: { type: 'string', default: '50000' },
      streams: { type: 'string', default: '1000' },
    },
  });
  return {
    parts: choose(partNames, values.parts),
    targets: choose(targetNames, values.targets),
    runs: number('runs', values.runs),
    seconds: number('seconds', values.seconds),
    ratesPerSecond: split(values.rates).map((text) => number('rates', text)),
    connections: split(values.connections).map((text) => number('connections', text)),
    requests: number('requests', values.requests),
    streams: number('streams', values.streams),
  };
};
