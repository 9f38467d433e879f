import type { ObjectBindings } from '../stubs.ts';

/** What a topic uses of the Worker's bindings. */
export interface TopicEnvironment extends Pick<ObjectBindings, 'TOPIC' | 'TOPIC_CATALOG' | 'PROJECT'> {
  /** The sandbox, which serves the deployed apps that events are pushed to. */
  readonly SANDBOX_HTTP: { fetch(request: Request): Promise<Response> };
}
