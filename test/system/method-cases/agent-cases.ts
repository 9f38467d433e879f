import type { AgentRpc } from '../../../shared/rpc/agent.ts';
import { expect } from 'vitest';
import { relatedId, type MessageId } from '../../../shared/domain/ids.ts';
import { command, query, type Cases } from './cases.ts';
import { enrollment, message, type World } from './world.ts';

const page = { after: 0, limit: 10 };
const note = { recipient: '*', messageType: 'note', content: 'Lunch?' };
const acknowledgedAgain = (first: unknown): unknown => {
  const { value } = first as { readonly value: { readonly messageId: string } };
  return { ok: true, value: { messageId: value.messageId, receivedAt: expect.any(Number), repeated: true } };
};

/** One message of each world. */
const sameMessage = ({ agentId }: World): MessageId => relatedId('msg', agentId);

export const agentCases: Cases<AgentRpc> = {
  enroll: command((world) => () => world.agent().enroll({ commandId: 'enroll', ...enrollment(world) }), {
    otherBody: (world) => world.agent().enroll({ commandId: 'enroll', ...enrollment(world), name: 'backend-9' }),
  }),
  receiveMessage: command(
    (world) => {
      const sent = message(world, { messageId: sameMessage(world) });
      return () => world.agent().receiveMessage(sent);
    },
    {
      otherBody: (world) =>
        world.agent().receiveMessage(message(world, { messageId: sameMessage(world), content: 'Good evening.' })),
      repeated: acknowledgedAgain,
    },
  ),
  sendMessage: command(
    ({ agent }) =>
      () =>
        agent().sendMessage({ commandId: 'send', ...note }),
    {
      otherBody: ({ agent }) => agent().sendMessage({ commandId: 'send', ...note, content: 'Dinner?' }),
    },
  ),
  saveState: command(
    ({ agent }) =>
      () =>
        agent().saveState(),
  ),
  republish: command(
    ({ agent }) =>
      () =>
        agent().republish({ commandId: 'republish' }),
  ),
  replayDeadLetter: command(
    ({ agent, agentId }) =>
      () =>
        agent().replayDeadLetter({ commandId: 'replay', letterId: `${agentId}-outbox-1` }),
    {
      otherBody: ({ agent, agentId }) =>
        agent().replayDeadLetter({ commandId: 'replay', letterId: `${agentId}-outbox-2` }),
    },
  ),
  standDown: command(
    ({ agent }) =>
      () =>
        agent().standDown({ commandId: 'stand-down', fencingToken: 5 }),
    {
      otherBody: ({ agent }) => agent().standDown({ commandId: 'stand-down', fencingToken: 6 }),
    },
  ),
  modelCalls: query(({ agent }) => agent().modelCalls(page)),
  deadLetters: query(({ agent }) => agent().deadLetters()),
  get: query(({ agent }) => agent().get()),
  messages: query(({ agent }) => agent().messages(page)),
  events: query(({ agent }) => agent().events(page)),
  loadState: query(({ agent }) => agent().loadState({ sequence: 1 })),
};
