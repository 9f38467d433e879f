import { parseArgs } from 'node:util';

export interface ScaleOptions {
  /** How many there are at each measurement, from few to many. */
  readonly agents: readonly number[];
  readonly topics: readonly number[];
  readonly services: readonly number[];
  /** Objects that are woken, looked up or delivered to at each size. */
  readonly samples: number;
}

export const scaleUsage = `npm run bench -- scale [options]

  --agents <list>       agents in the workspace (1,10,100,1000,10000)
  --topics <list>       topics (1,10,100,1000)
  --services <list>     services, of which a workspace may have about four thousand (1,100,1000,3800)
  --samples <number>    agents woken, topics and services asked, at each size (200)`;

const count = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`--${name} takes whole numbers above 0, not "${text}"`);
  }
  return value;
};

const sizes = (name: string, text: string): readonly number[] =>
  text
    .split(',')
    .map((size) => count(name, size.trim()))
    .toSorted((left, right) => left - right);

/** Throws with a sentence for a person. */
export const readScaleOptions = (args: readonly string[]): ScaleOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      agents: { type: 'string', default: '1,10,100,1000,10000' },
      topics: { type: 'string', default: '1,10,100,1000' },
      services: { type: 'string', default: '1,100,1000,3800' },
      samples: { type: 'string', default: '200' },
    },
  });
  return {
    agents: sizes('agents', values.agents),
    topics: sizes('topics', values.topics),
    services: sizes('services', values.services),
    samples: count('samples', values.samples),
  };
};
