import { env, runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { objectName } from '../../durable-objects/stubs.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';
import { call, planned, says, scriptModel, teamScript, work, type Asked, type Reply } from './scripted-model.ts';
import { answerFirst, courseOf, typesOf } from './stuck-course.ts';

const realNow = Date.now;
let skippedMs = 0;
Date.now = () => realNow() + skippedMs;

beforeAll(prepareDirectory);

afterEach(() => {
  skippedMs = 0;
  vi.restoreAllMocks();
});

const fallback = 'offline/engineer?seed=2';

/** True when the run was told this. */
const wasTold = ({ request }: Asked, words: string): boolean =>
  request.messages.some(({ role, content }) => role === 'user' && content.includes(words));

const lookAgain = (): Reply => says('I look.', call('list_files', { prefix: 'src/' }));

const advise = (helpful: boolean, advice: string): Reply => says('I say.', call('submit_advice', { helpful, advice }));

/** A team with one part to build; what its builder and its helper do is the test's. */
const start = async (
  build: (asked: Asked) => Reply | Promise<Reply>,
  assist: (asked: Asked) => Reply,
  more: Parameters<TestProject['create']>[0] = {},
): Promise<TestProject> => {
  scriptModel(
    teamScript([planned('part')], (asked) => {
      if (asked.kind === 'assist') return assist(asked);
      return asked.key === 'part' ? build(asked) : undefined;
    }),
  );
  return new TestProject().create({ maxRevisions: 0, ...more });
};

const alarm = async (project: TestProject): Promise<void> => {
  await runDurableObjectAlarm(env.PROJECT.getByName(objectName(project.workspaceId, 'project', project.projectId)));
};

describe('a stuck run', () => {
  it('that repeats a call goes on with a colleague’s advice', async () => {
    const project = await start(
      (asked) => (wasTold(asked, 'Write the file now.') ? work(asked) : lookAgain()),
      (asked) => {
        expect(asked.task).toContain('list_files was called 4 times in a row');
        expect(asked.task).toContain('call list_files');
        return advise(true, 'Write the file now.');
      },
    );
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual(['stuck: repeated_call', 'try: colleague', 'helped: colleague']);
    const { agentId } = await project.event('task.stuck');
    if (agentId === undefined) throw new Error('nobody was stuck');
    const types = await typesOf(project, agentId);
    expect(types.filter((type) => type === 'run.started')).toHaveLength(1);
    expect(types.indexOf('run.helped')).toBeGreaterThan(types.indexOf('run.stuck'));
  });

  it('that makes no progress goes on with another model when the colleague cannot help', async () => {
    const prefixes = ['a/', 'b/', 'c/'];
    const project = await start(
      (asked) => {
        if (asked.model === 'engineer?seed=2') return work(asked);
        return says('I look.', call('list_files', { prefix: prefixes[asked.calls.length % 3] }));
      },
      () => advise(false, 'I do not know.'),
      { fallbackModels: [fallback] },
    );
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual(['stuck: no_progress', 'try: colleague', 'try: model', 'helped: model']);
    expect((await project.task('part')).model).toBe(fallback);
  });

  it('in a repair loop waits for a person, who sees the question, and goes on with the answer', async () => {
    const project = await start(
      (asked) => {
        if (wasTold(asked, 'There are no tests. Hand it in.')) return work(asked);
        const files = [{ path: 'src/part/part.ts', content: `// try ${asked.calls.length}\n` }];
        return says('I repair.', call('write_files', { files }), call('run_tests'));
      },
      () => advise(false, 'I do not know.'),
    );
    await project.event('question.asked');
    const questions = await project.stub.questions();
    expect(questions).toMatchObject({ ok: true, value: [{ status: 'open', taskTitle: 'The part part' }] });
    expect(questions.ok && questions.value[0]?.text).toContain('run_tests failed in the same way after 3 repairs');
    expect(await project.task('part')).toMatchObject({ waitingFor: 'person', stuck: { kind: 'repair_loop' } });
    expect((await project.task('part')).leaseExpiresAt).toBeUndefined();
    expect(await project.stub.get()).toMatchObject({ ok: true, value: { openQuestions: 1 } });
    // Days may pass: nobody takes the task away meanwhile.
    skippedMs += 3 * 86_400_000;
    await alarm(project);
    await answerFirst(project, 'There are no tests. Hand it in.');
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual([
      'stuck: repair_loop',
      'try: colleague',
      'try: person',
      'question.asked',
      'question.answered',
      'helped: person',
    ]);
    expect(await project.types()).not.toContain('lease.expired');
  });

  it('whose conversation is too long goes on with a shorter one', async () => {
    const long = 'x'.repeat(50_000);
    const project = await start(
      (asked) => {
        const length = asked.request.messages.reduce((sum, { content }) => sum + content.length, 0);
        if (asked.calls.length < 9) {
          const files = [{ path: `src/part/${asked.calls.length}.ts`, content: `// ${long}\n` }];
          return asked.calls.length % 2 === 0
            ? says('I write.', call('write_files', { files }))
            : says('I read.', call('read_file', { path: `src/part/${asked.calls.length - 1}.ts` }));
        }
        if (length > 100_000)
          return { failure: { kind: 'context_too_long', message: 'prompt is too long', retryable: false } };
        return work({ ...asked, calls: asked.calls.filter(({ tool }) => tool !== 'read_file') });
      },
      () => advise(false, 'never asked'),
    );
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual(['stuck: context_overflow', 'try: compaction', 'helped: compaction']);
  });

  it('that two agents write each other about without end is helped while it runs', async () => {
    const running = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const project = await start(
      async (asked) => {
        if (wasTold(asked, 'Agree on one thing.')) return work(asked);
        running.resolve();
        await written.promise;
        return says('I look.', call('list_files', { prefix: String(asked.calls.length) }));
      },
      () => advise(true, 'Agree on one thing.'),
    );
    await running.promise;
    const { agentId: first } = await project.task('part');
    const agents = await project.stub.agents();
    const second = agents.ok ? agents.value.find(({ role }) => role === 'qa')?.agentId : undefined;
    if (first === undefined || second === undefined) throw new Error('a seat is empty');
    for (let turn = 0; turn < 10; turn += 1) {
      const [sender, recipient] = turn % 2 === 0 ? [first, second] : [second, first];
      const note = {
        commandId: `t${turn}`,
        recipient: `agent:${recipient}`,
        messageType: 'note',
        content: `no, ${turn}`,
      };
      // The platform makes agents one after the other; a refusal would be remembered under the command's id.
      await until(async () => ((await project.agent(sender).get()).ok ? true : undefined));
      await project.agent(sender).sendMessage(note);
      await project.event('message.relayed', ({ excerpt }) => excerpt === `no, ${turn}`);
    }
    written.resolve();
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual(['stuck: ping_pong', 'try: colleague', 'helped: colleague']);
  });

  it('fails with what was tried when nothing helps', async () => {
    const project = await start(lookAgain, () => advise(true, 'Try again.'), {
      maxAttempts: 1,
      questionTimeoutSeconds: 3_600,
    });
    await answerFirst(project, 'I do not know either.');
    const failed = await project.event('project.failed');
    expect(failed.reason).toContain('Stuck, and nothing helped');
    expect(failed.reason).toContain('list_files was called');
    const { agentId } = await project.event('task.stuck');
    if (agentId === undefined) throw new Error('nobody was stuck');
    await until(async () => ((await typesOf(project, agentId)).includes('run.cancelled') ? true : undefined));
  });

  it('fails when nobody answers by the deadline, and takes no answer after it', async () => {
    const project = await start(lookAgain, () => advise(false, 'No.'), { questionTimeoutSeconds: 60 });
    const { questionId } = await project.event('question.asked');
    skippedMs += 61_000;
    await alarm(project);
    const failed = await project.event('project.failed');
    expect(failed.reason).toContain('nobody answered in time');
    const late = { commandId: 'late', questionId, text: 'Here I am.', answeredBy: 'person:k' };
    expect(await project.stub.answerQuestion(late)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await project.stub.questions()).toMatchObject({ ok: true, value: [{ status: 'expired' }] });
  });
});

describe('a task that comes back', () => {
  it('for the same reason twice gets a colleague’s advice into its next attempt', async () => {
    scriptModel(
      teamScript([planned('part')], (asked) => {
        if (asked.kind === 'assist') return advise(true, 'Name the constant.');
        if (asked.key === 'part') {
          const path = `src/part/${asked.attempt}.ts`;
          if (asked.attempt < 3) return work(asked, path);
          return asked.task.includes('Name the constant.') ? work(asked, path) : says('I was not told.');
        }
        return asked.kind === 'review' && !asked.key.endsWith('-3')
          ? says('No.', call('submit_review', { verdict: 'reject', comments: ['a magic number'] }))
          : undefined;
      }),
    );
    const project = await new TestProject().create({ maxRevisions: 0 });
    await project.event('task.merged');
    expect(await courseOf(project)).toEqual(['stuck: repair_loop', 'try: colleague', 'helped: colleague']);
  });
});

describe('a project in which nothing moves', () => {
  it('says so once, with what it waits for, until something moves', async () => {
    const hanging = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const project = await start(
      async (asked) => {
        hanging.resolve();
        await released.promise;
        return work(asked);
      },
      () => advise(false, 'never asked'),
      { leaseSeconds: 3_600, stallSeconds: 300 },
    );
    await hanging.promise;
    skippedMs += 301_000;
    await alarm(project);
    const stalled = await project.event('project.stalled');
    expect(stalled.waitingFor.join()).toContain('who works on “The part part”');
    await alarm(project);
    expect((await project.types()).filter((type) => type === 'project.stalled')).toHaveLength(1);
    expect(await project.stub.get()).toMatchObject({ ok: true, value: { stalled: { since: stalled.since } } });
    released.resolve();
    await project.event('task.merged');
    const view = await project.stub.get();
    expect(view.ok && view.value.stalled).toBeUndefined();
  });
});
