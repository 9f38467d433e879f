/** From a name in a path to the topic behind it, in the caller's own workspace only. */
import type { GroupSettings } from '../../shared/domain/event-bus/group.ts';
import { isPlatformTopic } from '../../shared/domain/event-bus/platform-topics.ts';
import type { TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { TopicCatalogRpc } from '../../shared/rpc/event-bus.ts';
import type { AppContext } from './app-environment.ts';
import { notFound } from './errors/problem.ts';
import { ask, type AskOptions } from './objects.ts';
import { checkProject } from './project-access.ts';
import type { TopicAccess } from './services.ts';

/** Asks the catalogue of topics of the caller's workspace. */
export const askCatalog = async <Value>(
  context: AppContext,
  call: (catalog: TopicCatalogRpc) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  const options = { log: services.log, requestId, part: 'catalogue of topics' };
  return await ask(() => call(services.objects.topicCatalog(principal.workspaceId)), options);
};

/** Asks a topic that need not be there yet. */
export const askNewTopic = async <Value>(
  context: AppContext,
  topic: TopicName,
  call: (topic: TopicAccess) => Promise<Result<Value>>,
  options: Partial<Pick<AskOptions, 'timeoutMs'>> = {},
): Promise<Result<Value>> => {
  const { services, principal, requestId } = context.var;
  const answer = await ask(() => call(services.objects.topic(principal.workspaceId, topic)), {
    log: services.log,
    requestId,
    part: 'topic',
    ...options,
  });
  if (answer.ok) services.knownTopics.add(principal.workspaceId, topic, services.clock.now());
  return answer;
};

/** Asks a topic that is there; every other name is not found, and wakes no object. */
export const askTopic = async <Value>(
  context: AppContext,
  topic: TopicName,
  call: (topic: TopicAccess) => Promise<Result<Value>>,
  options: Partial<Pick<AskOptions, 'timeoutMs'>> = {},
): Promise<Result<Value>> => {
  const { services, principal } = context.var;
  if (!services.knownTopics.has(principal.workspaceId, topic, services.clock.now())) {
    const known = await askCatalog(context, (catalog) => catalog.has({ topic }));
    if (!known.ok) return known;
    if (!known.value) return err(notFound('topic'));
  }
  return await askNewTopic(context, topic, call, options);
};

/** Refuses what would make a topic of the platform say what the platform did not. @param field where it was named. */
export const checkPublisher = (topic: TopicName, field: string): Result<true> => {
  if (!isPlatformTopic(topic)) return ok(true);
  const reason = 'is a topic of the platform, which alone publishes there';
  const detail = `${topic} ${reason}; read it, follow it, or subscribe to it, and publish under another name.`;
  return err({ type: 'auth.forbidden', detail, issues: [{ field, reason }] });
};

/** Refuses a target that is not the caller's: an app or a team of a project that their workspace does not have. */
export const checkTarget = async (context: AppContext, { target }: GroupSettings): Promise<Result<true>> => {
  switch (target.kind) {
    case 'app':
    case 'message':
      return await checkProject(context, target.projectId);
    case 'topic':
      return checkPublisher(target.topic, 'body.target.topic');
    case 'pull':
      return ok(true);
  }
};
