/** Topics by their number. */
import { topicStub, type ObjectBindings } from '../../../durable-objects/stubs.ts';
import { localWorkspaceId } from '../../../shared/domain/access/workspaces.ts';
import { defaultGroupSettings } from '../../../shared/domain/event-bus/group.ts';
import { parseTopicName, type TopicName } from '../../../shared/domain/event-bus/topic-name.ts';
import type { Result } from '../../../shared/errors/result.ts';
import type { PublishJob, SampleJob } from '../jobs.ts';
import type { BareRows } from '../../bus/worker/bare-rows.ts';
import { inParallel } from './in-parallel.ts';

export type TopicBindings = Pick<ObjectBindings, 'TOPIC'> & { readonly BARE: DurableObjectNamespace<BareRows> };

const group = 'bench';
/** Publishers at once, over all topics. */
const publishers = 64;

const valueOf = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

const topicOf = (number: number): TopicName => {
  const parsed = parseTopicName(`scale.topic-${number}`);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const stubOf = (env: TopicBindings, number: number) => topicStub(env, localWorkspaceId, topicOf(number));

const parcelOf = (number: number) => ({ parcel: number, grams: 1_250 });

const insertBare = async (env: TopicBindings, number: number): Promise<void> => {
  await env.BARE.getByName(`bare-${number}`).insert(JSON.stringify(parcelOf(number)));
};

const publish = async (env: TopicBindings, number: number): Promise<void> => {
  const deliveryId = crypto.randomUUID();
  const events = [{ type: 'parcel.weighed', data: parcelOf(number) }];
  valueOf(await stubOf(env, number).publish({ deliveryId, source: 'key:bench', events }));
};

const make = async (env: TopicBindings, number: number): Promise<void> => {
  const topic = stubOf(env, number);
  valueOf(await topic.configure({ commandId: 'make', settings: { maxBytes: 1_048_576 } }));
  valueOf(await topic.putGroup({ commandId: 'group', group, settings: defaultGroupSettings }));
  await insertBare(env, number);
};

/** Takes what lies there out of the group's way. */
const drain = async (env: TopicBindings, number: number): Promise<void> => {
  const topic = stubOf(env, number);
  const { sequence } = valueOf(await topic.view());
  valueOf(await topic.seek({ commandId: crypto.randomUUID(), group, after: sequence }));
};

/** From the publisher's call until a consumer that waits has the event in its hands. */
const deliveryTime = async (env: TopicBindings, number: number): Promise<number> => {
  const pull = { pullId: crypto.randomUUID(), group, limit: 1, waitMs: 5_000 };
  const waiting = stubOf(env, number).pull(pull);
  const startedAt = performance.now();
  await publish(env, number);
  const { events } = valueOf(await waiting);
  const tookMs = performance.now() - startedAt;
  const leases = events.map(({ sequence, lease }) => ({ sequence, lease }));
  valueOf(await stubOf(env, number).acknowledge({ group, leases }));
  return events.length === 1 ? tookMs : Number.NaN;
};

/** The answer to a job about topics; undefined for another one. */
export const serveTopics = async (
  pathname: string,
  request: Request,
  env: TopicBindings,
): Promise<Response | undefined> => {
  const job = await request.json<PublishJob & SampleJob>();
  switch (pathname) {
    case '/topics/make':
      await inParallel(job, publishers / 4, (number) => make(env, number));
      return Response.json({});
    case '/topics/publish':
      await inParallel({ from: 0, to: job.events }, publishers, (event) => publish(env, event % job.topics));
      return Response.json({});
    case '/topics/bare':
      await inParallel({ from: 0, to: job.events }, publishers, (event) => insertBare(env, event % job.topics));
      return Response.json({});
    case '/topics/drain':
      for (const number of job.numbers) await drain(env, number);
      return Response.json({});
    case '/topics/deliver': {
      const timesMs: number[] = [];
      for (const number of job.numbers) timesMs.push(await deliveryTime(env, number));
      return Response.json({ timesMs });
    }
    default:
      return undefined;
  }
};
