/** What a test sees of a task that was stuck, and how it answers. */
import { abortAllDurableObjects } from 'cloudflare:test';
import type { AgentId } from '../../shared/domain/ids.ts';
import { until, type TestProject } from './test-project.ts';

/** The types of an agent's events, in order. */
export const typesOf = async (project: TestProject, agentId: AgentId): Promise<readonly string[]> => {
  const events = await project.agent(agentId).events({ after: 0, limit: 1_000 });
  if (!events.ok) throw new Error(events.error.detail);
  return events.value.map(({ event }) => event.type);
};

/** The events about being stuck and helped, in order, as short words. */
export const courseOf = async (project: TestProject): Promise<readonly string[]> =>
  (await project.events()).flatMap(({ event }) => {
    switch (event.type) {
      case 'task.stuck':
        return [`stuck: ${event.kind}`];
      case 'remedy.started':
        return [`try: ${event.remedy.type}`];
      case 'task.helped':
        return [`helped: ${event.source}`];
      case 'question.asked':
      case 'question.answered':
      case 'question.expired':
        return [event.type];
      default:
        return [];
    }
  });

/** Answers the first question of the project, as soon as there is one. */
export const answerFirst = async (project: TestProject, text: string): Promise<void> => {
  const { questionId } = await project.event('question.asked');
  await until(async () => {
    const answered = await project.stub.answerQuestion({
      commandId: 'answer',
      questionId,
      text,
      answeredBy: 'person:k',
    });
    if (!answered.ok) throw new Error(answered.error.detail);
    return answered.value;
  });
};

/** Kills every object of the platform, wherever it is. */
export const killEverything = async (): Promise<void> => {
  // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
  await new Promise((resolve) => {
    setTimeout(resolve, 10);
  });
  await scheduler.wait(0);
  await abortAllDurableObjects();
};
