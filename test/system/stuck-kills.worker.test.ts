import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { prepareDirectory, TestProject } from './test-project.ts';
import { call, planned, says, scriptModel, teamScript, work } from './scripted-model.ts';
import { answerFirst, courseOf, killEverything, typesOf } from './stuck-course.ts';

beforeAll(prepareDirectory);

afterEach(() => {
  vi.restoreAllMocks();
});

const fallback = 'offline/engineer?seed=2';

/** A builder who goes on looking at the same files until a person tells it what to do. */
const start = (): Promise<TestProject> => {
  scriptModel(
    teamScript([planned('part')], (asked) => {
      if (asked.kind === 'assist') return says('I say.', call('submit_advice', { helpful: true, advice: 'Think.' }));
      if (asked.key !== 'part') return undefined;
      const isTold = asked.request.messages.some(({ content }) => content.includes('Just write it.'));
      return isTold ? work(asked) : says('I look.', call('list_files', { prefix: 'src/' }));
    }),
  );
  return new TestProject().create({ maxRevisions: 0, fallbackModels: [fallback] });
};

describe('the way of a stuck task', () => {
  it.each([
    'task.stuck',
    'remedy.started',
    'task.created',
    'task.helped',
    'question.asked',
    'question.answered',
  ] as const)('is the same when everything is killed at its first %s', async (type) => {
    const project = await start();
    if (type === 'question.answered') await answerFirst(project, 'Just write it.');
    await project.event(type, (event) => event.type !== 'task.created' || event.task.kind === 'assist');
    await killEverything();
    if (type !== 'question.answered') await answerFirst(project, 'Just write it.');
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual([
      'stuck: repeated_call',
      'try: colleague',
      'helped: colleague',
      'stuck: repeated_call',
      'try: model',
      'helped: model',
      'stuck: repeated_call',
      'try: person',
      'question.asked',
      'question.answered',
      'helped: person',
    ]);
    const { agentId } = await project.event('task.stuck');
    if (agentId === undefined) throw new Error('nobody was stuck');
    const types = await typesOf(project, agentId);
    expect(types.filter((name) => name === 'run.stuck')).toHaveLength(3);
    expect(types.filter((name) => name === 'run.helped')).toHaveLength(3);
    expect(types.filter((name) => name === 'model.switched')).toHaveLength(1);
  });
});
