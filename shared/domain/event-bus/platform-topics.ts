/**
 * Topics that the platform itself writes: their names begin with `platform.`, and nobody else publishes there, so that who
 * acts on `gates.evaluated` knows that it was evaluated. Each type of event has a schema from the topic's first day on.
 */
import { compositionEventTypes } from '../../protocol/composition-events.ts';
import { projectEventTypes } from '../../protocol/project-event-types.ts';
import { serviceEventTypes } from '../../protocol/service-events.ts';
import { servicesTopic } from '../service-registry/topic.ts';
import { parseTopicName, type TopicName } from './topic-name.ts';

const prefix = 'platform.';

const nameOf = (word: string): TopicName => {
  const parsed = parseTopicName(`${prefix}${word}`);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

/** What happens in the projects of a workspace, with the project's id as the key: see `ProjectNews`. */
export const projectsTopic = nameOf('projects');

/** What happens to the compositions of a workspace, with the name as the key: see `CompositionNews`. */
export const compositionsTopic = nameOf('compositions');

/** Whether only the platform publishes there. */
export const isPlatformTopic = (topic: string): boolean => topic.startsWith(prefix);

const eventSchema = (type: string) => ({
  type: 'object',
  properties: { type: { const: type } },
  required: ['type'],
});

/** Of an event of a log, told with its place in it. */
const newsSchema =
  (subject: string) =>
  (type: string): unknown => ({
    type: 'object',
    properties: {
      [subject]: { type: 'string' },
      sequence: { type: 'integer', minimum: 1 },
      recordedAt: { type: 'number' },
      event: eventSchema(type),
    },
    required: [subject, 'sequence', 'recordedAt', 'event'],
  });

const schemasOf = (
  types: Readonly<Record<string, true>>,
  schemaOf: (type: string) => unknown,
): ReadonlyMap<string, unknown> => new Map(Object.keys(types).map((type) => [type, schemaOf(type)]));

const schemasByTopic: ReadonlyMap<TopicName, ReadonlyMap<string, unknown>> = new Map([
  [projectsTopic, schemasOf(projectEventTypes, newsSchema('projectId'))],
  [compositionsTopic, schemasOf(compositionEventTypes, newsSchema('composition'))],
  [servicesTopic, schemasOf(serviceEventTypes, eventSchema)],
]);

/** The schemas of a topic's event types, by type; none for a topic that is not the platform's. */
export const platformSchemas = (topic: TopicName): ReadonlyMap<string, unknown> =>
  schemasByTopic.get(topic) ?? new Map();
