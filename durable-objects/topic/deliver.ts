/** How an event reaches the target of its group. Whatever is not a clear "handled" is thrown, and tried again. */
import type { GroupTarget } from '../../shared/domain/event-bus/group.ts';
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';
import { maxMessageLength } from '../../shared/domain/message/envelope.ts';
import type { LeasedEvent } from '../../shared/rpc/event-bus.ts';
import { hashText } from '../platform/index.ts';
import { appName, projectStub, topicStub, type ObjectBindings } from '../stubs.ts';

/** How many topics may hand an event on: two that feed each other would else never end. */
const maxHops = 8;

export interface DeliverParts {
  readonly bindings: Pick<ObjectBindings, 'TOPIC' | 'PROJECT'> & {
    /** The sandbox, which serves the deployed apps. */
    readonly SANDBOX_HTTP: { fetch(request: Request): Promise<Response> };
  };
  readonly workspaceId: WorkspaceId;
  readonly topic: TopicName;
  /** How many topics handed the event on so far. */
  readonly hops: (sequence: number) => number;
}

/** Characters of an app's answer that are kept as the cause of a failure. */
const longestAnswer = 500;

export interface Delivery {
  readonly group: string;
  readonly target: Exclude<GroupTarget, { readonly kind: 'pull' }>;
  readonly event: LeasedEvent;
}

/** The same over all attempts; hashed, since names may be long. */
const deliveryIdOf = (topic: string, { group, event }: Delivery): string =>
  hashText(`${topic}/${group}/${event.sequence}`);

const toApp = async (
  { bindings, workspaceId, topic }: DeliverParts,
  { projectId, slot, path }: Extract<GroupTarget, { readonly kind: 'app' }>,
  delivery: Delivery,
): Promise<void> => {
  const { sequence, recordedAt, event, attempt } = delivery.event;
  const root = `/apps/${encodeURIComponent(appName(workspaceId, projectId))}/${slot}`;
  const address = new URL(`https://sandbox${root}${path}`);
  // The edge takes plain paths only; whoever made the group otherwise leaves the app's own addresses no more than they do.
  if (!address.pathname.startsWith(`${root}/`)) throw new Error(`The path ${path} leads out of the app.`);
  const answer = await bindings.SANDBOX_HTTP.fetch(
    new Request(address, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        // Callers from outside cannot set these: the edge drops them from every request to an app.
        'x-aidevos-delivery-id': deliveryIdOf(topic, delivery),
        'x-aidevos-topic': topic,
        'x-aidevos-group': delivery.group,
        'x-aidevos-attempt': String(attempt),
      },
      body: JSON.stringify({ topic, group: delivery.group, sequence, recordedAt, event }),
    }),
  );
  const text = (await answer.text()).slice(0, longestAnswer);
  if (!answer.ok) throw new Error(`The app answered ${answer.status}: ${text}`);
};

const toTopic = async (
  { bindings, workspaceId, topic, hops }: DeliverParts,
  target: TopicName,
  delivery: Delivery,
): Promise<void> => {
  const { sequence, event } = delivery.event;
  const hop = hops(sequence) + 1;
  if (hop > maxHops) throw new Error(`The event was handed on by ${maxHops} topics, which looks like a circle.`);
  const { type, key, data } = event;
  const published = await topicStub(bindings, workspaceId, target).publish({
    deliveryId: deliveryIdOf(topic, delivery),
    source: event.source,
    hops: hop,
    events: [{ type, ...(key === undefined ? {} : { key }), data }],
  });
  if (!published.ok) throw new Error(`${published.error.type}: ${published.error.detail}`);
};

/** What a message is made of never becomes one: it would tell of itself for ever. */
const typesOfMessages: ReadonlySet<string> = new Set(['message.relayed']);

/** Through the project, which keeps the message and delivers it as it does its own. */
const toTeam = async (
  { bindings, workspaceId, topic }: DeliverParts,
  { projectId, recipient }: Extract<GroupTarget, { readonly kind: 'message' }>,
  delivery: Delivery,
): Promise<void> => {
  const { sequence, recordedAt, event } = delivery.event;
  if (typesOfMessages.has(event.type)) return;
  const content = JSON.stringify({ topic, group: delivery.group, sequence, recordedAt, event });
  if (content.length > maxMessageLength) {
    throw new Error(`The event has ${content.length} characters; a message has at most ${maxMessageLength}.`);
  }
  const sent = await projectStub(bindings, workspaceId, projectId).sendMessage({
    commandId: deliveryIdOf(topic, delivery),
    sender: `topic:${topic}`,
    recipient,
    messageType: 'bus.event',
    content,
  });
  if (!sent.ok) throw new Error(`${sent.error.type}: ${sent.error.detail}`);
};

/** Hands one event over. @throws Error that says what the target answered. */
export const deliverEvent = async (parts: DeliverParts, delivery: Delivery): Promise<void> => {
  const { target } = delivery;
  switch (target.kind) {
    case 'app':
      return await toApp(parts, target, delivery);
    case 'topic':
      return await toTopic(parts, target.topic, delivery);
    case 'message':
      return await toTeam(parts, target, delivery);
  }
};
