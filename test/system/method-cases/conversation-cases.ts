import type { ConversationRpc } from '../../../shared/rpc/conversation.ts';
import { command, query, type Cases } from './cases.ts';
import type { World } from './world.ts';

const turn = { responseId: 'resp_1', input: '[]', response: '{}' };
const keep = ({ conversation }: World) => conversation().keep(turn);

export const conversationCases: Cases<ConversationRpc> = {
  keep: command((world) => () => keep(world), {
    otherBody: ({ conversation }) => conversation().keep({ ...turn, response: '{"other":true}' }),
  }),
  forget: command(
    ({ conversation }) =>
      () =>
        conversation().forget({ commandId: 'forget', responseId: 'resp_1' }),
    {
      prepare: keep,
      otherBody: ({ conversation }) => conversation().forget({ commandId: 'forget', responseId: 'resp_2' }),
    },
  ),
  turn: query(({ conversation }) => conversation().turn({ responseId: 'resp_1' })),
  line: query(({ conversation }) => conversation().line({ responseId: 'resp_1' })),
};
