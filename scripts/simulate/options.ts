/** The command line of `npm run simulate`. */
import { availableParallelism } from 'node:os';
import { isMutation, type Mutation, mutations } from './mutations.ts';

export interface SimulateOptions {
  readonly schedules: number;
  readonly seconds: number;
  readonly firstSeed: number;
  readonly workers: number;
  readonly seed: number | undefined;
  readonly trace: boolean;
  readonly mutation: Mutation | undefined;
}

export const usage = `Usage: npm run simulate -- [options]

Runs small projects with their agents on the real decisions of the engine, the project and the agents, under a seeded
clock, network and kills at every await, and checks the promises on the event logs and the outside ledger alone.
Progress goes to stderr, one JSON object to stdout. Exit code 1 when a promise was broken.

  --schedules N    how many schedules (100000)
  --seconds N      stop after that time, however many were done (no limit)
  --first-seed N   the seed of the first schedule (1); the others follow
  --workers N      threads (as many as the machine runs at once)
  --seed N         run this one schedule only
  --trace          with --seed: tell what happens, line by line
  --mutate NAME    put in a bug, which must be found:
${Object.entries(mutations)
  .map(([name, what]) => `                     ${name.padEnd(20)} ${what}`)
  .join('\n')}
  --help           this text
`;

const wholeNumber = (name: string, text: string | undefined, least: number): number => {
  const value = Number(text);
  if (text === undefined || !Number.isSafeInteger(value) || value < least)
    throw new TypeError(`${name} takes a whole number of at least ${least}, not ${text ?? 'nothing'}.`);
  return value;
};

/** @throws TypeError that says what is wrong with the command line. Undefined when help is asked for. */
export const parseOptions = (words: readonly string[]): SimulateOptions | undefined => {
  const options = {
    schedules: 100_000,
    seconds: Number.POSITIVE_INFINITY,
    firstSeed: 1,
    workers: availableParallelism(),
    trace: false,
  };
  let seed: number | undefined;
  let mutation: Mutation | undefined;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    switch (word) {
      case '--help':
        return undefined;
      case '--schedules':
        options.schedules = wholeNumber(word, rest.shift(), 1);
        break;
      case '--seconds':
        options.seconds = wholeNumber(word, rest.shift(), 1);
        break;
      case '--first-seed':
        options.firstSeed = wholeNumber(word, rest.shift(), 0);
        break;
      case '--workers':
        options.workers = wholeNumber(word, rest.shift(), 1);
        break;
      case '--seed':
        seed = wholeNumber(word, rest.shift(), 0);
        break;
      case '--trace':
        options.trace = true;
        break;
      case '--mutate': {
        const name = rest.shift() ?? '';
        if (!isMutation(name)) throw new TypeError(`There is no mutation ${name || 'without a name'}; see --help.`);
        mutation = name;
        break;
      }
      default:
        throw new TypeError(`${word} is no option; see --help.`);
    }
  }
  if (options.trace && seed === undefined) throw new TypeError('--trace needs --seed.');
  return { ...options, seed, mutation };
};
