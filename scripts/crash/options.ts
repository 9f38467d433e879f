/** What `npm run crash` is asked to do. */
import { parseArgs } from 'node:util';

export const usage = `Kills the running platform again and again and shows what it loses. Starts a platform of its own, builds whole
projects over wire-true model servers that misbehave, with tools of every effect class whose effects are counted outside,
and kills the runtime, the sandbox and the whole process tree at random instants. Prints one JSON object.

  npm run crash                    3 seeds, 51 kills in all
  npm run crash -- --long          5 seeds, at least 500 kills
  npm run crash -- --seed N        this seed alone (may be given several times)
  npm run crash -- --kills N       kills for each seed
  npm run crash -- --naive         tools journaled without keys or lookups: must show duplicated effects
  npm run crash -- --keep          leaves the state folders where they are and says so

The schedule of kills and faults follows from the seed; what the machine does between them does not, so a figure is shown
over several seeds. The exit code is 0 when every target is met (with --naive: when effects were duplicated).`;

export interface CrashOptions {
  readonly seeds: readonly number[];
  readonly killsPerSeed: number;
  readonly naive: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name}: "${text}" is not a whole number`);
};

/** @throws Error with a sentence for the person when the arguments are wrong. */
export const readOptions = (args: readonly string[]): CrashOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', multiple: true },
      kills: { type: 'string' },
      long: { type: 'boolean', default: false },
      naive: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const count = values.long ? 5 : values.naive ? 1 : 3;
  const seeds = values.seed?.map((text) => wholeNumber('seed', text)) ?? Array.from({ length: count }, (_, n) => n + 1);
  const killsPerSeed = values.kills === undefined ? (values.long ? 100 : 17) : wholeNumber('kills', values.kills);
  return { seeds, killsPerSeed, naive: values.naive, keep: values.keep, help: values.help };
};
