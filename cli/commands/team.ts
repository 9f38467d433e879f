/** `aidevos agents` and `aidevos tasks`: who works on what. */
import type { Command } from 'commander';
import { answerOf } from '../api/client.ts';
import { createContext } from '../context.ts';
import { answer, table } from '../output/print.ts';

const listAgents = async (projectId: string, _options: unknown, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].agents.$get({ param: { projectId } }));
  answer(json, document, ({ agents }) =>
    table(
      ['AGENT', 'NAME', 'ROLE', 'STATUS', 'TASKS DONE', 'WORKS ON'],
      agents.map((agent) => [
        agent.agentId,
        agent.name,
        agent.role,
        agent.status,
        String(agent.tasksDone),
        agent.taskId ?? '',
      ]),
    ),
  );
};

const listTasks = async (projectId: string, options: { readonly status?: string }, command: Command): Promise<void> => {
  const { client, json } = await createContext(command);
  const document = await answerOf(client.api.projects[':projectId'].tasks.$get({ param: { projectId } }));
  const tasks = document.tasks.filter((task) => options.status === undefined || task.status === options.status);
  answer(json, { tasks }, () =>
    table(
      ['TASK', 'STATUS', 'ROLE', 'KIND', 'TRY', 'TITLE'],
      tasks.map((task) => [task.taskId, task.status, task.role, task.kind, String(task.attempt), task.title]),
    ),
  );
};

export const addTeamCommands = (program: Command): void => {
  program.command('agents').description("list a project's team").argument('<project>').action(listAgents);
  program
    .command('tasks')
    .description("list a project's tasks in the order they were made")
    .argument('<project>')
    .option('--status <status>', 'only these: waiting, ready, assigned, in_review, merging, done, failed, cancelled')
    .action(listTasks);
};
