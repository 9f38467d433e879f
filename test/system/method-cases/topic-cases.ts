import { defaultGroupSettings } from '../../../shared/domain/event-bus/group.ts';
import { parseTopicPattern } from '../../../shared/domain/event-bus/topic-name.ts';
import type { TopicCatalogRpc, TopicRpc } from '../../../shared/rpc/event-bus.ts';
import { command, query, type Cases } from './cases.ts';
import { valueOf, worldTopic, type World } from './world.ts';

const group = 'g';
const settings = { ...defaultGroupSettings, maxAttempts: 1, leaseMs: 600_000 };
const leases = [{ sequence: 1, lease: 1 }];
const first = { deliveryId: 'd', source: 'test', events: [{ type: 'placed', data: 1 }] };
const duplicate = (answer: unknown): unknown => {
  // SAFETY: the first answer of `publish`.
  const { value } = answer as { readonly value: object };
  return { ok: true, value: { ...value, duplicate: true } };
};

const publish = ({ topic }: World) => topic().publish(first);
const putGroup = async (world: World) => {
  await publish(world);
  return await world.topic().putGroup({ commandId: 'group', group, settings });
};
const pull = ({ topic }: World) => topic().pull({ pullId: 'pull', group, limit: 1 });
const lease = async (world: World) => {
  await putGroup(world);
  return await pull(world);
};
const giveUp = async (world: World) => {
  await lease(world);
  return await world.topic().reject({ group, leases });
};

export const topicCases: Cases<TopicRpc> = {
  publish: command((world) => () => publish(world), {
    repeated: duplicate,
    otherBody: ({ topic }) => topic().publish({ ...first, events: [{ type: 'placed', data: 2 }] }),
  }),
  configure: command(
    ({ topic }) =>
      () =>
        topic().configure({ commandId: 'c', settings: { maxAgeMs: 60_000 } }),
    { otherBody: ({ topic }) => topic().configure({ commandId: 'c', settings: { maxAgeMs: 70_000 } }) },
  ),
  view: query(({ topic }) => topic().view()),
  remove: command(
    ({ topic }) =>
      () =>
        topic().remove({ commandId: 'c' }),
    { prepare: publish },
  ),
  events: query(({ topic }) => topic().events({ after: 0, limit: 1 })),
  addSchema: command(
    ({ topic }) =>
      () =>
        topic().addSchema({ commandId: 'c', type: 'a', schema: true }),
    { otherBody: ({ topic }) => topic().addSchema({ commandId: 'c', type: 'b', schema: true }) },
  ),
  schemas: query(({ topic }) => topic().schemas()),
  putGroup: command((world) => () => putGroup(world), {
    prepare: publish,
    otherBody: ({ topic }) => topic().putGroup({ commandId: 'group', group: 'h', settings }),
  }),
  removeGroup: command(
    ({ topic }) =>
      () =>
        topic().removeGroup({ commandId: 'c', group }),
    { prepare: putGroup, otherBody: ({ topic }) => topic().removeGroup({ commandId: 'c', group: 'h' }) },
  ),
  pull: command((world) => () => pull(world), { prepare: putGroup }),
  acknowledge: command(
    ({ topic }) =>
      () =>
        topic().acknowledge({ group, leases }),
    { prepare: lease },
  ),
  reject: command(
    ({ topic }) =>
      () =>
        topic().reject({ group, leases, cause: 'it broke' }),
    { prepare: lease },
  ),
  extend: command(
    ({ topic }) =>
      () =>
        topic().extend({ group, leases, leaseMs: 900_000 }),
    { prepare: lease },
  ),
  seek: command(
    ({ topic }) =>
      () =>
        topic().seek({ commandId: 'c', group, after: 1 }),
    { prepare: putGroup, otherBody: ({ topic }) => topic().seek({ commandId: 'c', group, after: 0 }) },
  ),
  deadLetters: query(({ topic }) => topic().deadLetters({ group, after: 0, limit: 1 })),
  replayDeadLetter: command(
    ({ topic }) =>
      () =>
        topic().replayDeadLetter({ commandId: 'c', group, letterId: 1 }),
    {
      prepare: giveUp,
      otherBody: ({ topic }) => topic().replayDeadLetter({ commandId: 'c', group, letterId: 2 }),
    },
  ),
};

const pattern = valueOf(parseTopicPattern('orders.*'));
const subscribe = ({ topicCatalog }: World, name = 's') =>
  topicCatalog().subscribe({ commandId: 'subscribe', name, pattern, settings });
const declare = ({ topicCatalog }: World) => topicCatalog().declare({ topic: worldTopic, maxBytes: 65_536 });

export const topicCatalogCases: Cases<TopicCatalogRpc> = {
  declare: command((world) => () => declare(world)),
  forget: command(
    ({ topicCatalog }) =>
      () =>
        topicCatalog().forget({ topic: worldTopic }),
    { prepare: declare, repeated: () => ({ ok: true, value: { forgotten: false } }) },
  ),
  has: query(({ topicCatalog }) => topicCatalog().has({ topic: worldTopic })),
  list: query(({ topicCatalog }) => topicCatalog().list({ limit: 1 })),
  subscribe: command((world) => () => subscribe(world), { otherBody: (world) => subscribe(world, 'other') }),
  unsubscribe: command(
    ({ topicCatalog }) =>
      () =>
        topicCatalog().unsubscribe({ commandId: 'c', name: 's' }),
    { prepare: subscribe, otherBody: ({ topicCatalog }) => topicCatalog().unsubscribe({ commandId: 'c', name: 'o' }) },
  ),
  subscriptions: query(({ topicCatalog }) => topicCatalog().subscriptions()),
};
