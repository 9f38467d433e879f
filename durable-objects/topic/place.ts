/** The name of a topic's object: `<workspace>/topic/<name>`, as `stubs.ts` made it. */
import { parseTopicName, type TopicName } from '../../shared/domain/event-bus/topic-name.ts';
import { parseId, type WorkspaceId } from '../../shared/domain/ids.ts';

/** Whose and which topic an object is, by its name. @throws Error for a name that `stubs.ts` does not make. */
export const readTopicPlace = (name: string | undefined): [WorkspaceId, TopicName] => {
  const [workspace = '', , topic = ''] = (name ?? '').split('/');
  const workspaceId = parseId('wsp', workspace);
  const parsed = parseTopicName(topic);
  if (workspaceId === undefined || !parsed.ok) throw new Error('This object is not named after a topic.');
  return [workspaceId, parsed.value];
};
