/** `aidevos feedback`: what a person thinks of an answer, a project or a task. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { answer, table } from '../output/print.ts';

interface GiveOptions {
  readonly task?: string;
  readonly comment?: string;
}

const readRating = (text: string): number => {
  const rating = { up: 1, down: -1 }[text] ?? Number(text);
  if (rating === -1 || (rating >= 0 && rating <= 1)) return rating;
  throw usageFailure(`"${text}" is no rating: give up, down, or a number from 0 to 1`);
};

const give = async (subject: string, rating: string, options: GiveOptions, command: Command): Promise<void> => {
  const { task, comment } = options;
  const isProject = subject.startsWith('prj_');
  if (task !== undefined && !isProject) throw usageFailure('--task is for a project: give the project first');
  const body = {
    ...(isProject ? { projectId: subject } : { responseId: subject }),
    ...(task === undefined ? {} : { taskId: task }),
    ...(comment === undefined ? {} : { comment }),
    rating: readRating(rating),
  };
  const { client, json } = await createContext(command);
  const given = await answerOf(client.api.feedback.$post({ json: body }));
  answer(json, given, ({ models }) => `Noted for ${models.join(', ')}.`);
};

const list = async (_options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.feedback.$get({ query: {} }));
  answer(json, document, ({ feedback }) =>
    feedback.length === 0
      ? 'Nobody has rated anything yet. Rate an answer with: aidevos feedback give <id> up'
      : table(
          ['WHEN', 'RATING', 'WHAT', 'MODELS', 'COMMENT'],
          feedback.map(({ at, rating, subject, models, comment = '' }) => [
            new Date(at).toISOString(),
            String(rating),
            subject,
            models.join(' '),
            comment.replaceAll(/\s+/g, ' ').slice(0, 80),
          ]),
        ),
  );
};

export const addFeedbackCommands = (program: Command): void => {
  const feedback = program.command('feedback').description('rate answers and work, and read the ratings');
  feedback
    .command('give')
    .description('rate an answer by its id (chatcmpl-…, resp_…, msg_…, or its x-request-id), or a project')
    .argument('<id>', 'of the answer or the project')
    .argument('<rating>', 'up, down, or a number from 0 to 1')
    .option('--task <task>', 'one task of the project')
    .option('--comment <text>', 'why')
    .action(give);
  feedback.command('list').description('the ratings, newest first').action(list);
};
