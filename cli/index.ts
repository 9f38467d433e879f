/** The `aidevos` command. */
import { Command, CommanderError } from 'commander';
import { addBudgetCommands } from './commands/budget.ts';
import { addBuildCommand } from './commands/build.ts';
import { addChatCommand } from './commands/chat.ts';
import { addCodeCommands } from './commands/code.ts';
import { addComposeCommands } from './commands/compose.ts';
import { addCredentialCommands } from './commands/credentials.ts';
import { addDeadLetterCommands } from './commands/dead-letters.ts';
import { addEffectCommands } from './commands/effects.ts';
import { addQualityCommands } from './commands/quality.ts';
import { addEventCommands } from './commands/events.ts';
import { addExportCommand } from './commands/export.ts';
import { addFeedbackCommands } from './commands/feedback.ts';
import { addFileCommands } from './commands/files.ts';
import { addHealthCommands } from './commands/health.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLogCommand } from './commands/logs.ts';
import { addModelCommand } from './commands/models.ts';
import { addOpenCommand } from './commands/open.ts';
import { addPoolCommands } from './commands/pools.ts';
import { addProjectCommands } from './commands/projects.ts';
import { addQuestionCommands } from './commands/questions.ts';
import { addQuotaCommands } from './commands/quotas.ts';
import { addRunCommands } from './commands/runs.ts';
import { addServiceCommands } from './commands/services.ts';
import { addStateCommands } from './commands/state.ts';
import { addTeamCommands } from './commands/team.ts';
import { addToolCommands } from './commands/tools.ts';
import { addTopicCommands } from './commands/topics.ts';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { reportFailure } from './output/print.ts';

const help = `
Connection: --url and --key, or AIDEVOS_URL and AIDEVOS_KEY, or the platform that "npm start" runs on this machine.

Exit codes:
  0  done                          4  the key is missing or may not do this
  1  not completed, or different   5  the platform cannot be reached
  2  wrong usage or refused input  6  the platform failed
  3  not found                   130  interrupted

Examples:
  $ aidevos build examples/bookshelf/spec.md --wait
  $ aidevos projects --json
  $ aidevos logs <project> --follow
  $ aidevos files cat <project> README.md
  $ aidevos export <project> ./bookshelf
  $ aidevos credentials add openai < key.txt
  $ aidevos services discover --capability git
  $ aidevos events publish orders.placed '{"total":3}'
  $ aidevos chat --model role/architect --file spec.md
  $ aidevos runs fork <project> --at 120 --model offline/engineer`;

const createProgram = (): Command => {
  const program = new Command('aidevos')
    .description('From a specification to a running app, made by a team of agents.')
    .option('--url <url>', 'address of the platform')
    .option('--key <key>', 'API key')
    .option('--state <folder>', 'state folder of the local platform')
    .option('--json', 'answer as JSON: one document, or one line for each event')
    .addHelpText('after', help)
    .showHelpAfterError('(--help shows what is possible)');
  addBuildCommand(program);
  addProjectCommands(program);
  addBudgetCommands(program);
  addTeamCommands(program);
  addPoolCommands(program);
  addEffectCommands(program);
  addQualityCommands(program);
  addDeadLetterCommands(program);
  addQuestionCommands(program);
  addFileCommands(program);
  addCodeCommands(program);
  addToolCommands(program);
  addLogCommand(program);
  addOpenCommand(program);
  addExportCommand(program);
  addRunCommands(program);
  addStateCommands(program);
  addHealthCommands(program);
  addChatCommand(program);
  addKeyCommands(program);
  addQuotaCommands(program);
  addModelCommand(program);
  addFeedbackCommands(program);
  addCredentialCommands(program);
  addServiceCommands(program);
  addTopicCommands(program);
  addEventCommands(program);
  addComposeCommands(program);
  return program;
};

/** Options that all commands share may stand anywhere on the line. */
const shareOptions = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) {
    for (const option of command.options) child.addOption(option);
    shareOptions(child);
  }
};

/** A reader that closed the pipe (`| head`) has what it wanted. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = createProgram();
shareOptions(program);
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommandFailure) process.exitCode = reportFailure(error, process.argv.includes('--json'));
  else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else throw error;
}
