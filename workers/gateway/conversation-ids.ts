/**
 * Ids of conversations, as those of responses are made: the root, which names the object, and a keyed check over it and
 * the workspace, so that an id that was made up or is another workspace's wakes no object.
 */
import type { KeyedHash } from '../../shared/adapters/crypto/keyed-hash.ts';
import { parseId, type ConversationId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { Ids } from '../../shared/ports/ids.ts';

/** Where a conversation is kept. */
export interface ConversationPlace {
  readonly conversationId: ConversationId;
  /** `conv_…`, as the client knows it. */
  readonly id: string;
}

export interface ConversationIds {
  create(workspaceId: WorkspaceId): Promise<ConversationPlace>;
  /** The place that the id tells; undefined when the id was not made for this workspace. */
  find(workspaceId: WorkspaceId, id: string): Promise<ConversationPlace | undefined>;
}

const pattern = /^conv_([0-9a-hjkmnp-tv-z]{26})([0-9a-f]{16})$/;

/** Ids under the platform's secret. */
export const createConversationIds = (ids: Ids, hash: KeyedHash): ConversationIds => {
  // The root stands in the ids of responses too; without the check it is no conversation's id.
  const check = async (workspaceId: WorkspaceId, root: string): Promise<string> =>
    (await hash.sign(`conversation/${workspaceId}/${root}`)).slice(0, 16);
  return {
    create: async (workspaceId) => {
      const conversationId = ids.create('cnv');
      const root = conversationId.slice('cnv_'.length);
      return { conversationId, id: `conv_${root}${await check(workspaceId, root)}` };
    },
    find: async (workspaceId, id) => {
      const [, root = '', checked] = pattern.exec(id) ?? [];
      const conversationId = parseId('cnv', `cnv_${root}`);
      if (conversationId === undefined || (await check(workspaceId, root)) !== checked) return undefined;
      return { conversationId, id };
    },
  };
};
