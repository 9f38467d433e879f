/**
 * `npm run lab`: runs tests of a folder in the real toolchain and sandbox, keeps running them while the folder changes,
 * and tries the exercises of an Exercism track.
 */
import { labUsage, readLabOptions } from './options.ts';
import { exercisesCommand } from './exercises-command.ts';
import { runCommand } from './run-command.ts';
import { watchCommand } from './watch-command.ts';

const commands = { run: runCommand, watch: watchCommand, exercises: exercisesCommand } as const;

const cancel = new AbortController();
process.once('SIGINT', () => cancel.abort(new Error('cancelled')));
process.once('SIGTERM', () => cancel.abort(new Error('cancelled')));

try {
  const options = readLabOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(labUsage);
  } else {
    process.exitCode = await commands[options.command](options, cancel.signal);
  }
} catch (error) {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = cancel.signal.aborted ? 130 : 2;
}
