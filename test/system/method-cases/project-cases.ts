import { expect } from 'vitest';
import { relatedId } from '../../../shared/domain/ids.ts';
import type { Message } from '../../../shared/domain/message/envelope.ts';
import type { ProjectRpc } from '../../../shared/rpc/project.ts';
import { command, query, type Cases } from './cases.ts';
import { author, firstGrant, message, nameWorld, newId, specification, valueOf, type World } from './world.ts';

const page = { after: 0, limit: 10 };
const note = { sender: 'person:key_1', recipient: 'role:backend', messageType: 'note', content: 'Hello' };
const check = { criterion: 'It answers', method: 'GET', path: '/', expectStatus: 200 };

const unknownEffect = `eff_${'0'.repeat(32)}-1`;

const app = `import { DurableObject } from 'cloudflare:workers';
export class App extends DurableObject {
  fetch(): Response {
    return new Response('ok');
  }
}
`;

/** Brings an app to the head of main, so that there is something to deploy. */
export const withApp = async ({ repository }: World): Promise<void> => {
  const fence = { fencingToken: 1 };
  const branch = 'task/app';
  valueOf(await repository().openBranch({ commandId: 'app-1', branch, from: 'main', ...fence }));
  const changes = [{ path: 'src/worker.ts', content: app }];
  valueOf(await repository().write({ commandId: 'app-2', branch, changes, ...fence }));
  valueOf(await repository().commit({ commandId: 'app-3', branch, message: 'App', author, ...fence }));
  valueOf(await repository().merge({ commandId: 'app-4', branch, into: 'main', message: 'App', author }));
};

const deployed = async (world: World): Promise<void> => {
  await withApp(world);
  valueOf(await world.project().deploy({ commandId: 'deployed', slot: 'preview' }));
};

/** A note to the project of one of its own agents. */
const noteOf = async (world: World, content: string): Promise<Message> => {
  const [agent] = valueOf(await world.project().agents());
  return message(world, {
    messageId: relatedId('msg', world.projectId),
    sender: `agent:${agent?.agentId ?? ''}`,
    recipient: `project:${world.projectId}`,
    content,
  });
};

const fresh = new Map<string, World>();
/** A project of the same workspace that is not there yet. */
const freshBeside = ({ workspaceId }: World): World => {
  const world = fresh.get(workspaceId) ?? nameWorld(workspaceId);
  fresh.set(workspaceId, world);
  return world;
};
const createIn = ({ workspaceId, projectId, project }: World, text: string) =>
  project().create({ commandId: 'made', workspaceId, projectId, specification: text });

const answerIn = ({ projectId }: World, text: string) => ({
  commandId: 'qa',
  questionId: relatedId('qst', projectId),
  text,
  answeredBy: 'person:key_1',
});

export const projectCases: Cases<ProjectRpc> = {
  create: {
    call: (world) => createIn(world, specification),
    command: (world) => () => createIn(freshBeside(world), specification),
    otherBody: (world) => createIn(freshBeside(world), `${specification}\nA note has a text.\n`),
  },
  pause: command(
    ({ project }) =>
      () =>
        project().pause({ commandId: 'p' }),
    {
      otherBody: ({ project }) => project().resume({ commandId: 'p' }),
    },
  ),
  resume: command(
    ({ project }) =>
      () =>
        project().resume({ commandId: 'r' }),
    {
      otherBody: ({ project }) => project().pause({ commandId: 'r' }),
      counted: 'project.resumed',
    },
  ),
  cancel: command(
    ({ project }) =>
      () =>
        project().cancel({ commandId: 'c', reason: 'enough' }),
    {
      otherBody: ({ project }) => project().cancel({ commandId: 'c', reason: 'another' }),
    },
  ),
  receiveMessage: {
    call: (world) => world.project().receiveMessage(message(world)),
    command: (world) => async () => world.project().receiveMessage(await noteOf(world, 'Done.')),
    otherBody: async (world) => world.project().receiveMessage(await noteOf(world, 'Not done.')),
    repeated: (first) => {
      const { value } = first as { readonly value: { readonly messageId: string } };
      return { ok: true, value: { messageId: value.messageId, receivedAt: expect.any(Number), repeated: true } };
    },
  },
  sendMessage: command(
    ({ project }) =>
      () =>
        project().sendMessage({ commandId: 'm', ...note }),
    {
      otherBody: ({ project }) => project().sendMessage({ commandId: 'm', ...note, content: 'Good bye' }),
    },
  ),
  deploy: command(
    ({ project }) =>
      () =>
        project().deploy({ commandId: 'd', slot: 'preview' }),
    {
      prepare: withApp,
      otherBody: ({ project }) => project().deploy({ commandId: 'd', slot: 'staging' }),
    },
  ),
  promote: command(
    ({ project }) =>
      () =>
        project().promote({ commandId: 'pr', from: 'preview', to: 'staging' }),
    {
      prepare: deployed,
      otherBody: ({ project }) => project().promote({ commandId: 'pr', from: 'preview', to: 'production' }),
    },
  ),
  rollback: command(
    ({ project }) =>
      () =>
        project().rollback({ commandId: 'rb', slot: 'preview' }),
    {
      prepare: deployed,
      otherBody: ({ project }) => project().rollback({ commandId: 'rb', slot: 'staging' }),
    },
  ),
  runChecks: command(
    ({ project }) =>
      () =>
        project().runChecks({ commandId: 'rc', slot: 'preview', checks: [check] }),
    {
      prepare: deployed,
      otherBody: ({ project }) => project().runChecks({ commandId: 'rc', slot: 'preview', checks: [] }),
    },
  ),
  republish: command(
    ({ project }) =>
      () =>
        project().republish({ commandId: 'republish' }),
  ),
  answerQuestion: command((world) => () => world.project().answerQuestion(answerIn(world, 'Do it so.')), {
    otherBody: (world) => world.project().answerQuestion(answerIn(world, 'Do it otherwise.')),
  }),
  questions: query(({ project }) => project().questions()),
  startMutation: command(
    ({ project }) =>
      () =>
        project().startMutation({ commandId: 'mut', limit: 1 }),
    {
      otherBody: ({ project }) => project().startMutation({ commandId: 'mut', limit: 2 }),
      counted: 'main.moved',
    },
  ),
  mutation: query(({ project }) => project().mutation()),
  settleEffect: command(
    ({ project }) =>
      () =>
        project().settleEffect({ commandId: 's', effectId: unknownEffect, decision: 'done', by: 'person:key_1' }),
    {
      otherBody: ({ project }) =>
        project().settleEffect({ commandId: 's', effectId: unknownEffect, decision: 'abandon', by: 'person:key_1' }),
    },
  ),
  replayDeadLetter: command(
    ({ project }) =>
      () =>
        project().replayDeadLetter({ commandId: 'dl', letterId: 'project-outbox-99' }),
    {
      otherBody: ({ project }) => project().replayDeadLetter({ commandId: 'dl', letterId: 'project-outbox-98' }),
    },
  ),
  setBudget: command(
    ({ project }) =>
      () =>
        project().setBudget({ commandId: 'b', budget: { project: { maxTokens: 1_000_000 } } }),
    {
      otherBody: ({ project }) => project().setBudget({ commandId: 'b', budget: { project: { maxTokens: 5 } } }),
      // The figures of use move on by themselves; what was set is what counts.
      repeated: () => ({ ok: true, value: expect.objectContaining({ budget: { project: { maxTokens: 1_000_000 } } }) }),
    },
  ),
  workspaceBudgetChanged: command(
    ({ project }) =>
      () =>
        project().workspaceBudgetChanged({ commandId: 'wb' }),
  ),
  extendGrant: command(
    ({ project, agentId }) =>
      () =>
        project().extendGrant({ agentId, taskId: newId('tsk'), fencingToken: 1, ...firstGrant, models: {} }),
  ),
  usage: query(({ project }) => project().usage()),
  effects: query(({ project }) => project().effects({ status: 'all', ...page })),
  deadLetters: query(({ project }) => project().deadLetters()),
  get: query(({ project }) => project().get()),
  specification: query(({ project }) => project().specification()),
  events: query(({ project }) => project().events(page)),
  tasks: query(({ project }) => project().tasks()),
  agents: query(({ project }) => project().agents()),
  report: query(({ project }) => project().report()),
  messages: query(({ project }) => project().messages(page)),
  measurements: query(({ project }) => project().measurements()),
};
