/** `aidevos questions`: what the team asks you, and your answers. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, dateText } from '../output/print.ts';
import { clean } from '../../shared/domain/progress/style.ts';

interface QuestionDocument {
  readonly questionId: string;
  readonly taskTitle: string;
  readonly text: string;
  readonly status: string;
  readonly choices?: readonly string[] | undefined;
  readonly askedAt: number;
  readonly deadlineAt?: number | undefined;
  readonly answer?: { readonly text: string } | undefined;
}

const indent = (text: string): string =>
  clean(text)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

const describeQuestion = (question: QuestionDocument): string =>
  [
    `${question.questionId} (${question.status}), asked ${dateText(question.askedAt)} UTC for “${clean(question.taskTitle)}”`,
    indent(question.text),
    ...(question.choices ?? []).map((choice) => `  - ${clean(choice)}`),
    ...(question.deadlineAt === undefined ? [] : [`  to be answered by ${dateText(question.deadlineAt)} UTC`]),
    ...(question.answer === undefined ? [] : [`  answer: ${clean(question.answer.text)}`]),
  ].join('\n');

const list = async (projectId: string, options: { readonly all?: boolean }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].questions.$get({ param: { projectId } }));
  const questions = document.questions.filter(({ status }) => options.all === true || status === 'open');
  answer(json, { questions }, () =>
    questions.length === 0
      ? 'No open questions: the team gets on without you.'
      : [...questions.map(describeQuestion), `Answer: aidevos questions answer ${projectId} <question> <text>`].join(
          '\n\n',
        ),
  );
};

const reply = async (
  projectId: string,
  questionId: string,
  words: readonly string[],
  _options: unknown,
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const route = client.api.projects[':projectId'].questions[':questionId'].answer;
  const document = await answerOf(route.$post({ param: { projectId, questionId }, json: { text: words.join(' ') } }));
  answer(json, document, describeQuestion);
};

export const addQuestionCommands = (program: Command): void => {
  const questions = program.command('questions').description('see and answer what the team asks you');
  questions
    .command('list', { isDefault: true })
    .description('list the open questions of a project')
    .argument('<project>')
    .option('--all', 'also those that were answered, or whose task has ended')
    .action(list);
  questions
    .command('answer')
    .description('answer a question, so that the task that asked goes on')
    .argument('<project>')
    .argument('<question>')
    .argument('<text...>')
    .action(reply);
};
