/** `npm run experiment`: questions about the whole platform that are answered by running it many times. */
import { faultsUsage } from './faults/options.ts';
import { faultsExperiment } from './faults/index.ts';

try {
  const [name, ...args] = process.argv.slice(2);
  if (name === 'faults') process.exitCode = await faultsExperiment(args);
  else {
    console.error(faultsUsage);
    process.exitCode = name === '--help' ? 0 : 2;
  }
} catch (error) {
  console.error(`experiment: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
