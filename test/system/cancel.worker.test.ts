import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AgentObject, RepositoryObject } from '../../durable-objects/index.ts';
import { findViolations } from '../../shared/domain/project/invariants.ts';
import { AppHost } from '../../workers/sandbox/index.ts';
import { delayMessages } from './late-messages.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';
import { planned, scriptModel, teamScript } from './scripted-model.ts';

beforeAll(prepareDirectory);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Effects that began, outside of everything that is tested: whatever changes a repository or a slot, and model calls. */
class Ledger {
  readonly started: string[] = [];
  onStart: (count: number) => void = () => undefined;

  record(name: string): void {
    this.started.push(name);
    this.onStart(this.started.length);
  }

  /** Records a method that succeeds; what is refused has no effect. */
  watch<Target extends object>(prototype: Target, names: readonly (keyof Target & string)[]): void {
    for (const name of names) {
      const method = prototype[name];
      if (typeof method !== 'function') throw new Error(`There is no method ${name}.`);
      const record = (): void => this.record(name);
      // SAFETY: the replacement has the signature of what it wraps.
      prototype[name] = async function (this: Target, ...given: unknown[]): Promise<unknown> {
        const result: unknown = await Reflect.apply(method, this, given);
        if (!(typeof result === 'object' && result !== null && 'ok' in result && result.ok === false)) record();
        return result;
      } as Target[typeof name];
    }
  }
}

const ledger = new Ledger();
ledger.watch(RepositoryObject.prototype, ['write', 'commit', 'merge', 'updateBranch', 'openBranch']);
ledger.watch(AppHost.prototype, ['deploy', 'reset']);

describe('a cancel', () => {
  it.each([3, 6, 9, 12, 15, 18, 21, 24])('at effect %i lets nothing begin after it', async (moment) => {
    scriptModel(
      teamScript([planned('one'), planned('two'), planned('three')], () => {
        ledger.record('model');
        return undefined;
      }),
    );
    // The messages that take tasks back are late, as they are when the project's object dies right after the cancel.
    const delivered = Promise.withResolvers<void>();
    delayMessages(({ messageType }) => messageType === 'task.cancel', delivered.promise);
    const reached = Promise.withResolvers<void>();
    ledger.started.length = 0;
    ledger.onStart = (count) => {
      if (count >= moment) reached.resolve();
    };
    const project = await new TestProject().create({ maxRevisions: 0 });
    await reached.promise;
    const cancelled = await project.stub.cancel({ commandId: 'cancel', reason: 'enough' });
    const count = ledger.started.length;
    expect(cancelled).toMatchObject({ ok: true, value: { status: 'cancelled' } });

    const agents = await project.stub.agents();
    if (!agents.ok) throw new Error(agents.error.detail);
    await Promise.all(
      agents.value.map(({ agentId }) =>
        until(async () => {
          const detail = await project.agent(agentId).get();
          const isIdle = detail.ok ? detail.value.status === 'idle' : detail.error.type === 'resource.not_found';
          return isIdle ? true : undefined;
        }),
      ),
    );
    // Whatever was on its way has arrived when the project has answered everything that waited for it.
    const settled = await until(async () => {
      const before = (await project.events()).length;
      const again = await project.stub.deploy({ commandId: crypto.randomUUID(), slot: 'preview' });
      return !again.ok && (await project.events()).length === before ? again : undefined;
    });
    expect(settled).toMatchObject({ error: { type: 'resource.conflict' } });
    delivered.resolve();
    expect(ledger.started.slice(count)).toEqual([]);
    const events = (await project.events()).map(({ event }) => event);
    expect(findViolations(events)).toEqual([]);
    const tasks = await project.stub.tasks();
    expect(tasks.ok && tasks.value.every(({ status }) => status === 'done' || status === 'cancelled')).toBe(true);
  });

  it('stops a model call that is under way, and what it would still bring changes nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    scriptModel(
      teamScript([planned('one')], (question) => {
        if (question.key !== 'one') return undefined;
        asked.resolve();
        return late.promise.then(() => ({
          text: 'Too late.',
          calls: [{ tool: 'complete_task', input: { summary: 's' } }],
        }));
      }),
    );
    const project = await new TestProject().create({ maxRevisions: 0 });
    await asked.promise;
    const { agentId } = await project.task('one');
    if (agentId === undefined) throw new Error('nobody works');
    const receive = vi.spyOn(AgentObject.prototype, 'receiveMessage');
    await project.stub.cancel({ commandId: 'cancel' });
    const before = await project.events();
    late.resolve();
    // The agent hears of it in both ways: at once, and through the outbox.
    await until(async () =>
      receive.mock.calls.some(([message]) => message.messageType === 'task.cancel') ? true : undefined,
    );
    const detail = await project.agent(agentId).events({ after: 0, limit: 1_000 });
    const types = detail.ok ? detail.value.map(({ event }) => event.type) : [];
    expect(types.at(-1)).not.toBe('tool.returned');
    expect(types).toContain('run.cancelled');
    expect(types.slice(types.indexOf('run.cancelled'))).not.toContain('model.responded');
    expect(await project.events()).toEqual(before);
  });
});
