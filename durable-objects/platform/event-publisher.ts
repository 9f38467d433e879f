/**
 * Publishing from inside an object, in the transaction that makes the change: the event waits in the outbox, in a lane of
 * its topic, so neither exists without the other and the order stays. The delivery's id lets the topic take it once.
 */
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import type { NewEvent, TopicRpc } from '../../shared/rpc/event-bus.ts';
import type { Outbox } from './outbox.ts';

const kind = 'platform.publish';

interface Payload {
  readonly topic: TopicName;
  readonly events: readonly NewEvent[];
}

export interface EventPublisherParts {
  readonly outbox: Outbox;
  /** Who publishes, as the events are stamped: the object's lasting name. */
  readonly source: string;
  /** A fresh stub of a topic of the object's workspace. */
  readonly topic: (topic: TopicName) => Pick<TopicRpc, 'publish'>;
}

export class EventPublisher {
  readonly #outbox: Outbox;

  constructor({ outbox, source, topic }: EventPublisherParts) {
    this.#outbox = outbox;
    outbox.on(kind, async (payload, { deliveryId }) => {
      // SAFETY: written by `publish` below and by nothing else.
      const { topic: name, events } = payload as Payload;
      const published = await topic(name).publish({ deliveryId, source, events });
      // Beyond the topic's rate it is tried again later; what can never be published ends as a dead letter that says why.
      if (!published.ok) throw new Error(`${published.error.type}: ${published.error.detail}`);
    });
  }

  /**
   * Inside a transaction. The events reach the topic in this order, once each, after the commit.
   * @throws PayloadRefused above 1 MB together, or when they are no JSON.
   */
  publish(topic: TopicName, ...events: readonly NewEvent[]): void {
    const payload: Payload = { topic, events };
    this.#outbox.enqueue({ lane: `topic/${topic}`, kind, payload });
  }
}
