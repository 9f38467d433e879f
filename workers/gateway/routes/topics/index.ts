import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnvironment } from '../../app-environment.ts';
import { acknowledgeEvents } from './acknowledge.ts';
import { addEventSchema } from './add-schema.ts';
import { listTopicEvents } from './events.ts';
import { extendLeases } from './extend.ts';
import { getTopic } from './get.ts';
import { listTopics } from './list.ts';
import { listBusDeadLetters } from './list-dead-letters.ts';
import { listEventSchemas } from './list-schemas.ts';
import { publishEvents } from './publish.ts';
import { pullEvents } from './pull.ts';
import { putTopic } from './put.ts';
import { putGroup } from './put-group.ts';
import { rejectEvents } from './reject.ts';
import { removeTopic } from './remove.ts';
import { removeGroup } from './remove-group.ts';
import { replayBusDeadLetter } from './replay-dead-letter.ts';
import { seekGroup } from './seek.ts';
import { followTopic } from './socket.ts';

export const topicRoutes = () =>
  new OpenAPIHono<AppEnvironment>().openapiRoutes([
    listTopics,
    getTopic,
    putTopic,
    removeTopic,
    publishEvents,
    listTopicEvents,
    followTopic,
    listEventSchemas,
    addEventSchema,
    putGroup,
    removeGroup,
    pullEvents,
    acknowledgeEvents,
    rejectEvents,
    extendLeases,
    seekGroup,
    listBusDeadLetters,
    replayBusDeadLetter,
  ] as const);
