/** `npm run crash`: see `options.ts` for what it does. */
import { combine, missedTargets, type SeedFigures } from './figures.ts';
import { readOptions, usage } from './options.ts';
import { runSeed } from './seed.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const startedAt = performance.now();
  const seeds: SeedFigures[] = [];
  for (const seed of options.seeds) {
    const tell = (line: string): void => console.error(`seed ${seed}: ${line}`);
    seeds.push(await runSeed({ seed, kills: options.killsPerSeed, naive: options.naive, keep: options.keep, tell }));
  }
  const figures = combine(seeds, { naive: options.naive, durationMs: performance.now() - startedAt });
  console.log(JSON.stringify(figures, null, 2));
  const missed = missedTargets(figures);
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
