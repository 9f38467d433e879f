/** A workspace of its own for each test, with short names for what tests do. */
import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { defaultGroupSettings, type GroupSettings } from '../../../shared/domain/event-bus/group.ts';
import { parseTopicName, parseTopicPattern } from '../../../shared/domain/event-bus/topic-name.ts';
import { createId } from '../../../shared/domain/ids.ts';
import type { Result } from '../../../shared/errors/result.ts';
import type { NewEvent } from '../../../shared/rpc/event-bus.ts';
import { objectName, topicCatalogStub, topicStub, type ObjectBindings } from '../../stubs.ts';

// SAFETY: bound in this room's wrangler.toml; the generated types know only the gateway's.
const bindings = env as unknown as ObjectBindings & { readonly SHOP: DurableObjectNamespace };

export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

export const topicName = (text: string) => {
  const parsed = parseTopicName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

export const topicPattern = (text: string) => {
  const parsed = parseTopicPattern(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

export const groupSettings = (over: Partial<GroupSettings> = {}): GroupSettings => ({
  ...defaultGroupSettings,
  backoffBaseMs: 20,
  backoffCapMs: 50,
  ...over,
});

/** Waits until the work answers something. */
export const until = async <T>(work: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await work();
    if (found !== undefined && found !== false) return found;
    await scheduler.wait(10);
  }
};

/** Fresh stubs on each call: one whose object was aborted stays broken. */
export const createBus = () => {
  const workspaceId = createId('wsp', Date.now(), crypto.getRandomValues(new Uint8Array(16)));
  let commands = 0;
  const topic = (name = 'orders') => topicStub(bindings, workspaceId, topicName(name));
  const commandId = (): string => {
    commands += 1;
    return `command-${commands}`;
  };
  const namespaceStub = (name = 'orders') => bindings.TOPIC.getByName(objectName(workspaceId, 'topic', name));
  return {
    namespaceStub,
    until,
    /** Lets the timer of retention fire now. */
    compactNow: async () => {
      await runInDurableObject(namespaceStub(), async (_object, { storage }) => {
        storage.sql.exec("UPDATE timer SET due_at = 1 WHERE name = 'retention'");
      });
      await runDurableObjectAlarm(namespaceStub());
    },
    workspaceId,
    topic,
    commandId,
    catalogStub: () => bindings.TOPIC_CATALOG.getByName(objectName(workspaceId, 'topic-catalog', workspaceId)),
    catalog: () => topicCatalogStub(bindings, workspaceId),
    shop: () => {
      const stub: unknown = bindings.SHOP.getByName(`${workspaceId}/shop/1`);
      // SAFETY: Shop has these methods.
      return stub as { sell(number: number, jams: boolean): Promise<void>; sales(): Promise<readonly number[]> };
    },
    publish: async (events: readonly NewEvent[], { name = 'orders', deliveryId = commandId() } = {}) =>
      valueOf(await topic(name).publish({ deliveryId, source: 'test', events })),
    group: async (group: string, over: Partial<GroupSettings> = {}, name = 'orders') =>
      valueOf(await topic(name).putGroup({ commandId: commandId(), group, settings: groupSettings(over) })),
    pull: async (group: string, limit = 10, over: { readonly leaseMs?: number; readonly waitMs?: number } = {}) =>
      valueOf(await topic().pull({ pullId: commandId(), group, limit, ...over })).events,
  };
};

/** Events of one type with numbers as data, from 1. */
export const numbered = (count: number, from = 1): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'placed', data: from + index }));
