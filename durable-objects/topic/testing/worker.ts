/** Topics and their catalogue, an object that publishes with its changes, and apps that answer as a test says. */
import { parseTopicName } from '../../../shared/domain/event-bus/topic-name.ts';
import { parseId } from '../../../shared/domain/ids.ts';
import { EventPublisher, ManagedObject } from '../../platform/index.ts';
import { topicStub, type ObjectBindings } from '../../stubs.ts';
import { answerPush } from './apps.ts';

export { TopicCatalogObject } from '../catalog-object.ts';
export { TopicObject } from '../object.ts';

/** Sells things; each sale and its event are one change. */
export class Shop extends ManagedObject<Pick<ObjectBindings, 'TOPIC'>> {
  readonly #publisher: EventPublisher;

  constructor(ctx: DurableObjectState, env: Pick<ObjectBindings, 'TOPIC'>) {
    super(ctx, env, {
      migrations: [{ id: 1, name: 'sales', up: 'CREATE TABLE sale (number INTEGER PRIMARY KEY) STRICT' }],
      plainMethods: ['sell', 'sales'],
    });
    const workspaceId = parseId('wsp', ctx.id.name?.split('/')[0] ?? '');
    if (workspaceId === undefined) throw new Error('A shop is named after its workspace.');
    this.#publisher = new EventPublisher({
      outbox: this.outbox,
      source: 'shop',
      topic: (topic) => topicStub(env, workspaceId, topic),
    });
  }

  /** Sells one thing; the till may jam after the sale was written. */
  async sell(number: number, jams: boolean): Promise<void> {
    const topic = parseTopicName('sales');
    if (!topic.ok) throw new Error(topic.error);
    this.transact(() => {
      this.storage.sql.exec('INSERT INTO sale (number) VALUES (?)', number);
      this.#publisher.publish(topic.value, { type: 'sold', key: String(number), data: { number } });
      if (jams) throw new Error('the till jams');
    });
  }

  async sales(): Promise<readonly number[]> {
    return this.storage.sql
      .exec<{ number: number }>('SELECT number FROM sale ORDER BY number')
      .toArray()
      .map(({ number }) => number);
  }
}

export default {
  fetch: answerPush,
};
