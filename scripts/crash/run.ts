/** `npm run crash`: see `options.ts` for what it does. */
import { repositoryRoot } from '../platform/state-folder.ts';
import { ensureWorkerBundles } from '../platform/worker-bundle.ts';
import { combine, missedTargets, type SeedFigures } from './figures.ts';
import { readOptions, usage } from './options.ts';
import { runSeed, runUndisturbed, type Results } from './seed.ts';

/** Each seed has a platform of its own, which waits for restarts most of its time. */
const seedsAtOnce = 5;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  await ensureWorkerBundles(repositoryRoot);
  const startedAt = performance.now();
  const seeds: SeedFigures[] = [];
  const brokenOff: string[] = [];
  const waiting = [...options.seeds];
  const { killsPerSeed: kills, naive, keep } = options;
  const tellAs =
    (name: string) =>
    (line: string): void =>
      console.error(`${name}: ${line}`);
  const undisturbed: Promise<Results> = naive
    ? Promise.resolve(new Map())
    : runUndisturbed({ seed: 0, naive, keep, tell: tellAs('undisturbed') });
  const runWaiting = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      try {
        seeds.push(await runSeed({ seed, kills, naive, keep, undisturbed, tell: tellAs(`seed ${seed}`) }));
      } catch (error) {
        // What the other seeds find is worth having.
        brokenOff.push(`seed ${seed} broke off: ${messageOf(error)}`);
      }
    }
  };
  const lanes = Array.from({ length: seedsAtOnce }, runWaiting);
  // A failure of the undisturbed runs is told by each seed that waits for them.
  await Promise.all([Promise.allSettled([undisturbed]), ...lanes]);
  seeds.sort((left, right) => left.seed - right.seed);
  const figures = combine(seeds, { naive: options.naive, durationMs: performance.now() - startedAt });
  console.log(JSON.stringify(figures, null, 2));
  const missed = [...brokenOff, ...missedTargets(figures)];
  for (const line of missed) console.error(`missed: ${line}`);
  if (missed.length > 0) {
    console.error(
      `Again with the same schedule: npm run crash -- --seed ${options.seeds.join(' --seed ')} --kills ${options.killsPerSeed}`,
    );
  }
  return missed.length > 0 ? 1 : 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`aidevos: ${messageOf(error)}`);
  process.exitCode = 2;
}
