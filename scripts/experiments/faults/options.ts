/** The command line of the experiment with seeded faults. */
import { parseArgs } from 'node:util';

export const faultsUsage = `npm run experiment -- faults    the offline engineer makes mistakes; which gate catches them?

  --runs N            projects in all, spread over the rates (default 50)
  --rates A,B,…       share of the work items that get a mistake (default 0.1,0.2,0.4,0.7,1)
  --seed N            of the first run; each run has the next one (default 1)
  --jobs N            projects at the same time (default 2)
  --minutes N         no further run begins after this time
  --json FILE         every fault with what became of it

Every run hands its work in without running anything. Every second one also writes tests that pass and show nothing.
Exit code 1 when a fault that fails a criterion of the specification reached production.`;

export interface FaultsOptions {
  readonly runs: number;
  readonly rates: readonly number[];
  readonly seed: number;
  readonly jobs: number;
  readonly minutes: number;
  readonly json: string | undefined;
}

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} must be a whole number from 1 to ${most}, not "${text}"`);
};

const readRates = (text: string): readonly number[] => {
  const rates = text.split(',').map(Number);
  if (rates.length > 0 && rates.every((rate) => rate >= 0 && rate <= 1)) return rates;
  throw new Error(`--rates must be numbers from 0 to 1 with commas between them, not "${text}"`);
};

/** Undefined when help is asked for; throws with a sentence for a person. */
export const readFaultsOptions = (args: readonly string[]): FaultsOptions | undefined => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      runs: text,
      rates: text,
      seed: text,
      jobs: text,
      minutes: text,
      json: text,
    },
  });
  if (values.help === true) return undefined;
  return {
    runs: wholeNumber('runs', values.runs ?? '50', 1_000),
    rates: readRates(values.rates ?? '0.1,0.2,0.4,0.7,1'),
    seed: wholeNumber('seed', values.seed ?? '1', 1_000_000),
    jobs: wholeNumber('jobs', values.jobs ?? '2', 16),
    minutes: wholeNumber('minutes', values.minutes ?? '600', 6_000),
    json: values.json,
  };
};
