import type { ConversationItemsRpc } from '../../../shared/rpc/conversation-items.ts';
import { command, query, type Cases } from './cases.ts';
import type { World } from './world.ts';

const item = (id: string) => ({ id, item: JSON.stringify({ id, type: 'message' }) });
const first = { id: 'conv_1', metadata: '{}', items: [item('msg_1')] };
const create = ({ conversation }: World) => conversation().createConversation(first);

const answer = { responseId: 'resp_9', through: 1, input: [item('msg_2')], output: [item('msg_3')], isAdded: true };

export const conversationItemCases: Cases<ConversationItemsRpc> = {
  createConversation: command((world) => () => create(world), {
    otherBody: ({ conversation }) => conversation().createConversation({ ...first, metadata: '{"other":"1"}' }),
  }),
  describeConversation: command(
    ({ conversation }) =>
      () =>
        conversation().describeConversation({ commandId: 'describe', metadata: '{"a":"b"}' }),
    {
      prepare: create,
      otherBody: ({ conversation }) => conversation().describeConversation({ commandId: 'describe', metadata: '{}' }),
    },
  ),
  deleteConversation: command(
    ({ conversation }) =>
      () =>
        conversation().deleteConversation({ commandId: 'delete' }),
    { prepare: create },
  ),
  addItems: command(
    ({ conversation }) =>
      () =>
        conversation().addItems({ commandId: 'add', items: [item('msg_2')] }),
    {
      prepare: create,
      otherBody: ({ conversation }) => conversation().addItems({ commandId: 'add', items: [item('msg_3')] }),
    },
  ),
  deleteItem: command(
    ({ conversation }) =>
      () =>
        conversation().deleteItem({ commandId: 'remove', itemId: 'msg_1' }),
    {
      prepare: create,
      otherBody: ({ conversation }) => conversation().deleteItem({ commandId: 'remove', itemId: 'msg_2' }),
    },
  ),
  takeAnswer: command(
    ({ conversation }) =>
      () =>
        conversation().takeAnswer({ ...answer, response: '{}' }),
    { prepare: create, otherBody: ({ conversation }) => conversation().takeAnswer(answer) },
  ),
  readConversation: query(({ conversation }) => conversation().readConversation()),
  listItems: query(({ conversation }) => conversation().listItems({ limit: 10, order: 'desc' })),
  readItem: query(({ conversation }) => conversation().readItem({ itemId: 'msg_1' })),
  readContext: query(({ conversation }) => conversation().readContext({ moreItems: 1, moreCharacters: 10 })),
};
