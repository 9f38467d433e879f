/** `aidevos logs`: what happened in a project, and with `--follow` what happens. */
import type { Command } from 'commander';
import { followEvents } from '../api/follow.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { describeEvent } from '../../shared/domain/progress/describe.ts';
import { advance, initialProgress } from '../../shared/domain/progress/state.ts';
import { plainStyle } from '../../shared/domain/progress/style.ts';
import { isFinalStatus } from '../../shared/protocol/project-events.ts';
import { dateText } from '../output/print.ts';
import { interruptSignal } from '../watch.ts';

interface LogOptions {
  readonly follow?: boolean;
  readonly after: string;
}

const parseSequence = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usageFailure(`--after: "${text}" is not a sequence number`);
};

const logs = async (projectId: string, options: LogOptions, command: Command): Promise<void> => {
  const shownAfter = parseSequence(options.after);
  const { connection, json } = await createContext(command);
  const ended = new AbortController();
  const signal = AbortSignal.any([interruptSignal(), ended.signal]);
  let state = initialProgress;
  // Names of agents and tasks come from the events before, so all are read and only the later ones shown.
  for await (const item of followEvents(connection, projectId, { after: json ? shownAfter : 0, signal })) {
    if (item.type === 'caught_up') {
      if (options.follow !== true || isFinalStatus(state.status)) break;
      continue;
    }
    const { stored } = item;
    state = advance(state, stored);
    if (stored.sequence > shownAfter) {
      const line = json ? JSON.stringify(stored) : describeEvent(state, stored.event, plainStyle);
      if (line !== undefined) console.log(json ? line : `${dateText(stored.recordedAt)}  ${line}`);
    }
    if (options.follow === true && isFinalStatus(state.status)) break;
  }
  ended.abort();
};

export const addLogCommand = (program: Command): void => {
  program
    .command('logs')
    .description('what happened in a project, one line for each event')
    .argument('<project>')
    .option('-f, --follow', 'go on until the project ends')
    .option('--after <sequence>', 'only events after this one', '0')
    .action(logs);
};
