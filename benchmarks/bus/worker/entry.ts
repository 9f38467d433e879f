/** `POST /rates` and `POST /delivery`: one measurement each, answered as JSON. */
import { topicStub, type ObjectBindings, type TopicStub } from '../../../durable-objects/stubs.ts';
import { parseTopicName, type TopicName } from '../../../shared/domain/event-bus/topic-name.ts';
import { createId } from '../../../shared/domain/ids.ts';
import { creditWindowEvents } from '../../../shared/protocol/socket-frames.ts';
import type { BareRows } from './bare-rows.ts';

export { TopicCatalogObject } from '../../../durable-objects/topic/catalog-object.ts';
export { TopicObject } from '../../../durable-objects/topic/object.ts';
export { BareRows } from './bare-rows.ts';

type Environment = ObjectBindings & { readonly BARE: DurableObjectNamespace<BareRows> };

const payload = { order: 'o-1', total: 1_299, note: 'x'.repeat(100) };
const workspaceId = createId('wsp', 1, new Uint8Array(16));

const topicName = (text: string): TopicName => {
  const parsed = parseTopicName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const openTopic = async (env: Environment, name: string): Promise<TopicStub> => {
  const topic = topicStub(env, workspaceId, topicName(name));
  const made = await topic.configure({ commandId: 'bench', settings: { eventsPerSecond: 50_000 } });
  if (!made.ok) throw new Error(made.error.detail);
  return topic;
};

let deliveries = 0;
const publish = async (topic: TopicStub, data: unknown = payload): Promise<void> => {
  deliveries += 1;
  const deliveryId = `bench-${deliveries}`;
  const published = await topic.publish({ deliveryId, source: 'bench', events: [{ type: 'placed', data }] });
  if (!published.ok) throw new Error(published.error.detail);
};

/** Operations per second of so many callers, each with one operation at a time, for that long. */
const rate = async (callers: number, forMs: number, work: () => Promise<void>): Promise<number> => {
  const startedAt = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - startedAt < forMs) {
        await work();
        count += 1;
      }
    }),
  );
  return (count * 1_000) / (performance.now() - startedAt);
};

/** Bare inserts and publishes in turns, so that both see the same machine. */
const measureRates = async (env: Environment, callers: number) => {
  const bare = env.BARE.getByName('bare');
  const topic = await openTopic(env, `rates-${callers}`);
  const text = JSON.stringify(payload);
  const rounds: { readonly barePerSecond: number; readonly publishedPerSecond: number }[] = [];
  for (let round = 0; round < 6; round += 1) {
    const barePerSecond = await rate(callers, 1_000, () => bare.insert(text));
    const publishedPerSecond = await rate(callers, 1_000, () => publish(topic));
    // The first round warms both up.
    if (round > 0) rounds.push({ barePerSecond, publishedPerSecond });
  }
  return rounds;
};

/** Follows the topic like any client, and tells of each event. */
const follow = async (topic: TopicStub, tell: (sequence: number) => void): Promise<WebSocket> => {
  const answer = await topic.fetch(new Request('https://topic/events?after=0', { headers: { upgrade: 'websocket' } }));
  const socket = answer.webSocket;
  if (socket === null) throw new Error('The topic gave no socket.');
  socket.addEventListener('message', ({ data }) => {
    // SAFETY: our own object sent it; see shared/protocol/socket-frames.ts.
    const { type, sequence } = JSON.parse(String(data)) as { readonly type: string; readonly sequence: number };
    if (type !== 'event') return;
    tell(sequence);
    if (sequence % (creditWindowEvents / 2) === 0) socket.send(JSON.stringify({ type: 'ack', sequence }));
  });
  socket.accept();
  return socket;
};

/** Milliseconds from giving an event to each of the subscribers having it, events one after the other. */
const measureDelivery = async (env: Environment, subscribers: number, events: number): Promise<readonly number[]> => {
  const topic = await openTopic(env, `delivery-${subscribers}`);
  const times: number[] = [];
  let startedAt = 0;
  let left = 0;
  let all = Promise.withResolvers<void>();
  const sockets = await Promise.all(
    Array.from({ length: subscribers }, () =>
      follow(topic, () => {
        times.push(performance.now() - startedAt);
        left -= 1;
        if (left === 0) all.resolve();
      }),
    ),
  );
  for (let event = 0; event < events; event += 1) {
    left = subscribers;
    all = Promise.withResolvers<void>();
    startedAt = performance.now();
    await publish(topic);
    await all.promise;
    await scheduler.wait(2);
  }
  for (const socket of sockets) socket.close();
  // The first events meet code that was never run.
  return times.slice(subscribers * 10);
};

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/health':
        return new Response('ok');
      case '/rates-of-one':
        return Response.json(await measureRates(env, 1));
      case '/rates-of-many':
        return Response.json(await measureRates(env, 64));
      case '/delivery':
        return Response.json(await measureDelivery(env, 100, 210));
      default:
        return new Response('no such measurement', { status: 404 });
    }
  },
};
