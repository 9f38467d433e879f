/** `aidevos projects`: list, show, pause, resume, cancel, report. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext, wantsJson } from '../context.ts';
import { answer, dateText, table } from '../output/print.ts';
import { clean } from '../../shared/domain/progress/style.ts';

interface ProjectDocument {
  readonly projectId: string;
  readonly name: string;
  readonly status: string;
  readonly stage: string;
  readonly revision: number;
  readonly model: string;
  readonly reason?: string | undefined;
  readonly progress: { readonly tasksDone: number; readonly tasksTotal: number };
  readonly openQuestions: number;
  readonly stalled?: { readonly since: number; readonly waitingFor: readonly string[] } | undefined;
  readonly createdAt: number;
  readonly effectsInDoubt: number;
  readonly deadLetters: number;
  readonly appUrl: string;
  readonly repositoryUrl: string;
}

const statuses = ['active', 'paused', 'completed', 'blocked', 'failed', 'cancelled'] as const;
type Status = (typeof statuses)[number];

const progressText = ({ tasksDone, tasksTotal }: ProjectDocument['progress']): string => `${tasksDone}/${tasksTotal}`;

/** What waits for a person. */
const describeTrouble = ({ projectId, effectsInDoubt, deadLetters }: ProjectDocument): readonly string[] => [
  ...(effectsInDoubt > 0 ? [`  in doubt    ${effectsInDoubt}, to be settled: aidevos effects list ${projectId}`] : []),
  ...(deadLetters > 0 ? [`  failed      ${deadLetters}, to be replayed: aidevos dead-letters list ${projectId}`] : []),
];

const describeProject = (project: ProjectDocument): string =>
  [
    `${clean(project.name)} (${project.projectId})`,
    `  status      ${project.status}${project.reason === undefined ? '' : `: ${clean(project.reason)}`}`,
    `  stage       ${project.stage}, revision ${project.revision}, ${progressText(project.progress)} tasks done`,
    ...(project.openQuestions === 0
      ? []
      : [`  waiting     for an answer (${project.openQuestions}): aidevos questions ${project.projectId}`]),
    ...(project.stalled === undefined
      ? []
      : [
          `  stalled     since ${dateText(project.stalled.since)} UTC, waiting for ${clean(project.stalled.waitingFor.join('; '))}`,
        ]),
    `  model       ${project.model}`,
    `  created     ${dateText(project.createdAt)} UTC`,
    `  app         ${project.appUrl}`,
    `  repository  ${project.repositoryUrl}`,
    ...describeTrouble(project),
  ].join('\n');

const list = async (
  options: { readonly status?: Status; readonly search?: string; readonly after?: string; readonly limit?: string },
  command: Command,
): Promise<void> => {
  const { client, json } = await createContext(command);
  const { status, search, after, limit } = options;
  const query = {
    ...(status === undefined ? {} : { status }),
    ...(search === undefined ? {} : { search }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
  answer(json, await answerOf(client.api.projects.$get({ query })), ({ projects, next }) =>
    projects.length === 0
      ? 'No projects yet. Build one: aidevos build <spec>'
      : [
          table(
            ['PROJECT', 'NAME', 'STATUS', 'STAGE', 'TASKS', 'CREATED (UTC)'],
            projects.map((project) => [
              project.projectId,
              project.name,
              project.status,
              project.stage,
              progressText(project.progress),
              dateText(project.createdAt),
            ]),
          ),
          ...(next === undefined ? [] : [`More: aidevos projects list --after ${next}`]),
        ].join('\n'),
  );
};

const show = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].$get({ param: { projectId } }));
  answer(json, document, describeProject);
};

const pause = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].pause.$post({ param: { projectId } }));
  answer(json, document, describeProject);
};

const resume = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].resume.$post({ param: { projectId } }));
  answer(json, document, describeProject);
};

const cancel = async (projectId: string, options: { readonly reason?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const body = options.reason === undefined ? {} : { reason: options.reason };
  const document = await answerOf(client.api.projects[':projectId'].cancel.$post({ param: { projectId }, json: body }));
  answer(json, document, describeProject);
};

const report = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].report.$get({ param: { projectId } }));
  answer(wantsJson(command), document, ({ markdown }) => markdown);
};

export const addProjectCommands = (program: Command): void => {
  const projects = program.command('projects').description('list, show and steer projects');
  projects
    .command('list', { isDefault: true })
    .description('list projects, newest first')
    .option('--status <status>', `only these: ${statuses.join(', ')}`)
    .option('--search <text>', 'part of the name')
    .option('--after <project>', 'the next page: after this project')
    .option('--limit <number>', 'how many, from 1 to 100')
    .action(list);
  projects.command('show').description('show a project').argument('<project>').action(show);
  projects.command('pause').description('pause after the steps under way').argument('<project>').action(pause);
  projects.command('resume').description('go on with a paused project').argument('<project>').action(resume);
  projects
    .command('cancel')
    .description('end a project for good')
    .argument('<project>')
    .option('--reason <text>', 'kept with the project')
    .action(cancel);
  projects
    .command('report')
    .description('what was built, tested, judged and deployed, as Markdown')
    .argument('<project>')
    .action(report);
};
