/**
 * Which topics there are, as far as this isolate has seen: a topic's object is called only when the catalogue of its
 * workspace knows it, so guessed names wake no object, and a topic that is used does not ask the catalogue each time.
 */
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import type { WorkspaceId } from '../../shared/domain/ids.ts';

/** How long a topic that was seen is believed to be there; one that was removed answers so itself. */
const believedMs = 60_000;
const most = 20_000;

export class KnownTopics {
  readonly #seenAt = new Map<string, number>();

  has(workspaceId: WorkspaceId, topic: TopicName, now: number): boolean {
    const seenAt = this.#seenAt.get(`${workspaceId}/${topic}`);
    return seenAt !== undefined && now - seenAt < believedMs;
  }

  add(workspaceId: WorkspaceId, topic: TopicName, now: number): void {
    if (this.#seenAt.size >= most) this.#seenAt.clear();
    this.#seenAt.set(`${workspaceId}/${topic}`, now);
  }
}
