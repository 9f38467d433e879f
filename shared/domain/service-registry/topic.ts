import { parseTopicName } from '../event-bus/topic-name.ts';

const parsed = parseTopicName('platform.services');
if (!parsed.ok) throw new Error(parsed.error);

/** Where every registry of a workspace publishes its events, with `<name>/<instance>` as the key. */
export const servicesTopic = parsed.value;
