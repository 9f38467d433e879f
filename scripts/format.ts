/** `npm run format`: brings every file into the common form. Arguments go on to oxfmt, for example a folder. */
import { join } from 'node:path';
import { capture } from './platform/child-process.ts';
import { repositoryRoot } from './platform/state-folder.ts';

const suffix = process.platform === 'win32' ? '.cmd' : '';
const program = join(repositoryRoot, 'node_modules', '.bin', `oxfmt${suffix}`);
const args = process.argv.slice(2);
const { exitCode, output } = await capture(program, args.length > 0 ? args : ['.'], { cwd: repositoryRoot });
process.stdout.write(output);
process.exitCode = exitCode;
