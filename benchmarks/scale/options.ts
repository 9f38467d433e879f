import { parseArgs } from 'node:util';

export interface ScaleOptions {
  /** Agents, from few to many. */
  readonly sizes: readonly number[];
  /** Objects that are woken, looked up or delivered to at each size. */
  readonly samples: number;
}

export const scaleUsage = `npm run bench -- scale [options]

  --sizes <list>        agents in the workspace (1,10,100,1000,10000)
  --samples <number>    agents woken at each size (200)`;

const count = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`--${name} takes whole numbers above 0, not "${text}"`);
  }
  return value;
};

/** Throws with a sentence for a person. */
export const readScaleOptions = (args: readonly string[]): ScaleOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1,10,100,1000,10000' },
      samples: { type: 'string', default: '200' },
    },
  });
  const sizes = values.sizes.split(',').map((size) => count('sizes', size.trim()));
  return { sizes: sizes.toSorted((left, right) => left - right), samples: count('samples', values.samples) };
};
