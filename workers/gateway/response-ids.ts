/**
 * Ids of responses. Each carries the root of its chain, which names the object that keeps it, a part of its own, and a
 * keyed check over both and the workspace: an id that was made up or is another workspace's wakes no object.
 */
import type { KeyedHash } from '../../shared/adapters/crypto/keyed-hash.ts';
import { parseId, type ConversationId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { Ids } from '../../shared/ports/ids.ts';

/** Where a response is kept. */
export interface ResponsePlace {
  readonly conversationId: ConversationId;
  readonly responseId: string;
}

export interface ResponseIds {
  /** A fresh id, in the chain of a response that it continues, else the first of a new chain. */
  create(
    workspaceId: WorkspaceId,
    conversationId?: ConversationId,
    /** 16 characters of an id that tell it from the others of the chain; fresh ones unless told. */
    own?: string,
  ): Promise<ResponsePlace>;
  /** The place that the id tells; undefined when the id was not made for this workspace. */
  find(workspaceId: WorkspaceId, responseId: string): Promise<ResponsePlace | undefined>;
}

const pattern = /^resp_([0-9a-hjkmnp-tv-z]{26})([0-9a-hjkmnp-tv-z]{16})([0-9a-f]{16})$/;

/** Ids under the platform's secret. */
export const createResponseIds = (ids: Ids, hash: KeyedHash): ResponseIds => {
  // Cut to 64 bits: it saves waking objects, while what protects a workspace is the name of the object.
  const check = async (workspaceId: WorkspaceId, root: string, own: string): Promise<string> =>
    (await hash.sign(`response/${workspaceId}/${root}/${own}`)).slice(0, 16);
  return {
    create: async (workspaceId, given, own = ids.create('cnv').slice(-16)) => {
      const conversationId = given ?? ids.create('cnv');
      const root = conversationId.slice('cnv_'.length);
      return { conversationId, responseId: `resp_${root}${own}${await check(workspaceId, root, own)}` };
    },
    find: async (workspaceId, responseId) => {
      const [, root = '', own = '', checked] = pattern.exec(responseId) ?? [];
      const conversationId = parseId('cnv', `cnv_${root}`);
      if (conversationId === undefined || (await check(workspaceId, root, own)) !== checked) return undefined;
      return { conversationId, responseId };
    },
  };
};
