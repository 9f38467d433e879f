/** Calls of a project's own tools, killed in the window between the effect and its result, against a ledger outside. */
import { abortAllDurableObjects, applyD1Migrations, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { agentStub, projectStub, workspaceStub } from '../../durable-objects/stubs.ts';
import { createId, type AgentId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { EffectClass } from '../../shared/domain/engine/effect-class.ts';
import type { ConnectedTool } from '../../shared/protocol/connected-tools.ts';
import type { EffectView } from '../../shared/rpc/project.ts';
import type { LedgerBehaviour, LedgerEntry } from '../../shared/testing/tools/ledger-server.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());

// SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
const { MIGRATIONS, LEDGER_ORIGIN } = env as unknown as {
  readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
  readonly LEDGER_ORIGIN: string;
};

beforeAll(async () => {
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
  const keyId = createId('key', Date.now(), random());
  const firstKey = { keyId, name: 'first', role: 'owner' as const, hash: '0'.repeat(64) };
  await workspaceStub(env, workspaceId).create({ commandId: 'create', workspaceId, name: 'Tests', firstKey });
});

const behave = async (tool: string, as: LedgerBehaviour): Promise<void> => {
  await fetch(`${LEDGER_ORIGIN}/behave/${tool}?as=${as}`);
};

const entriesOf = async (tool: string): Promise<readonly LedgerEntry[]> => {
  const entries: readonly LedgerEntry[] = await (await fetch(`${LEDGER_ORIGIN}/entries`)).json();
  return entries.filter((entry) => entry.tool === tool);
};

const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch {
      // An object that was just killed refuses once; it is asked again.
    }
    await scheduler.wait(25);
  }
};

const kill = async (): Promise<void> => {
  // A turn of its own: the runtime dies when an object is destroyed from inside one of its own callbacks.
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

let counter = 0;
const freshName = (): string => `tool_${(counter += 1)}_${Date.now() % 100_000}`;

const connected = (name: string, effectClass: EffectClass, over: Partial<ConnectedTool> = {}): ConnectedTool => ({
  name,
  description: 'A tool outside.',
  parameters: { type: 'object' },
  url: `${LEDGER_ORIGIN}/tools/${name}`,
  effectClass,
  taskKinds: ['implement'],
  timeoutMs: 15_000,
  ...(effectClass === 'lookup' ? { lookupUrl: `${LEDGER_ORIGIN}/lookup/${name}` } : {}),
  ...over,
});

const writing = ['write_files', { files: [{ path: 'src/note.txt', content: 'after' }] }] as const;

interface Started {
  readonly projectId: ProjectId;
  readonly name: string;
}

interface StartOptions {
  readonly name?: string;
  readonly tool?: Partial<ConnectedTool>;
  readonly input?: object;
  readonly project?: object;
}

/** A project whose developer calls the tool once and then writes a file. */
const start = async (effectClass: EffectClass, options: StartOptions = {}): Promise<Started> => {
  const name = options.name ?? freshName();
  const projectId: ProjectId = createId('prj', Date.now(), random());
  const calls = [[name, options.input ?? { note: 'hello' }], writing];
  const created = await projectStub(env, workspaceId, projectId).create({
    commandId: 'create',
    workspaceId,
    projectId,
    specification: `# Test\n\nCalls: ${JSON.stringify(calls)}\n`,
    model: 'openai/scripted',
    tools: [connected(name, effectClass, options.tool)],
    ...options.project,
  });
  if (!created.ok) throw new Error(created.error.detail);
  return { projectId, name };
};

const eventsOf = async (projectId: ProjectId): Promise<readonly ProjectEvent[]> => {
  const page = await projectStub(env, workspaceId, projectId).events({ after: 0, limit: 1_000 });
  return page.ok ? page.value.map(({ event }) => event) : [];
};

const eventOf = <Type extends ProjectEvent['type']>(
  projectId: ProjectId,
  type: Type,
): Promise<Extract<ProjectEvent, { type: Type }>> =>
  until(async () => {
    const found = (await eventsOf(projectId)).find((event) => event.type === type);
    // SAFETY: it has this type.
    return found as Extract<ProjectEvent, { type: Type }> | undefined;
  });

/** What the developer was given back by its first call. */
const resultOf = ({ projectId, name }: Started): Promise<{ readonly content: string; readonly isError: boolean }> =>
  until(async () => {
    const holder = (await eventsOf(projectId)).find(
      (event) =>
        event.type === 'task.progressed' && event.activity.type === 'tool_called' && event.activity.tool === name,
    );
    if (holder?.type !== 'task.progressed') return undefined;
    const events = await agentStub(env, workspaceId, holder.agentId).events({ after: 0, limit: 1_000 });
    const returned = events.ok
      ? events.value.find(({ event }) => event['tool'] === name && event.type === 'tool.returned')
      : undefined;
    return returned === undefined
      ? undefined
      : { content: String(returned.event['content']), isError: returned.event['isError'] === true };
  });

const doubtOf = ({ projectId }: Started): Promise<EffectView> =>
  until(async () => {
    const page = await projectStub(env, workspaceId, projectId).effects({ status: 'in_doubt', after: 0, limit: 10 });
    return page.ok ? page.value[0] : undefined;
  });

const settle = (projectId: ProjectId, effectId: string, decision: 'done' | 'redo' | 'abandon', more: object = {}) =>
  projectStub(env, workspaceId, projectId).settleEffect({
    commandId: `settle-${crypto.randomUUID()}`,
    effectId,
    decision,
    by: 'person:key_1',
    ...more,
  });

/** Kills all objects when the effect has happened and its result has not arrived, and lets the tool answer from then on. */
const killInWindow = async (started: Started): Promise<void> => {
  await until(async () => ((await entriesOf(started.name)).length > 0 ? true : undefined));
  await behave(started.name, 'answer_by_key');
  await kill();
  // Somebody looks at the project; what it is to do next, it does by itself.
  await until(async () => (await projectStub(env, workspaceId, started.projectId).get()).ok || undefined);
};

const startNamed = (name: string, effectClass: EffectClass, tool: Partial<ConnectedTool> = {}): Promise<Started> =>
  start(effectClass, { name, tool });

const startAndKill = async (effectClass: EffectClass, options: StartOptions = {}): Promise<Started> => {
  const name = freshName();
  await behave(name, 'do_and_hang');
  const started = await start(effectClass, { ...options, name });
  await killInWindow(started);
  return started;
};

describe('a call that was killed after its effect', () => {
  it('is made again when it is idempotent, under the same key, and happens once', async () => {
    const started = await startAndKill('idempotent');
    expect(await resultOf(started)).toMatchObject({ isError: false });
    const entries = await entriesOf(started.name);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.headerKey).toMatch(/^eff_[0-9a-f]{32}$/);
    expect(entries[0]?.headerKey).toBe(entries[0]?.key);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('is made again when it is pure, with nothing to tell the calls apart', async () => {
    const started = await startAndKill('pure');
    expect(await resultOf(started)).toMatchObject({ isError: false });
    const entries = await entriesOf(started.name);
    expect(entries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(entries.every((entry) => entry.key === undefined && entry.headerKey === undefined)).toBe(true);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('is asked for when it has a lookup, and happens once', async () => {
    const started = await startAndKill('lookup');
    const result = await resultOf(started);
    expect(result).toMatchObject({ isError: false, content: expect.stringContaining(started.name) });
    expect(await entriesOf(started.name)).toHaveLength(1);
    expect((await eventsOf(started.projectId)).some(({ type }) => type === 'effect.in_doubt')).toBe(false);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('waits in doubt when it is unsafe, with its task, and is settled once', async () => {
    const started = await startAndKill('unsafe');
    const { projectId, name } = started;
    const doubt = await doubtOf(started);
    expect(doubt).toMatchObject({
      tool: name,
      effectClass: 'unsafe',
      status: 'in_doubt',
      detail: '{"note":"hello"}',
      cause: 'The object was stopped while the step ran.',
    });
    const project = () => projectStub(env, workspaceId, projectId);
    expect(await project().get()).toMatchObject({ value: { effectsInDoubt: 1 } });
    const tasks = await project().tasks();
    const held = tasks.ok ? tasks.value.find(({ taskId }) => taskId === doubt.taskId) : undefined;
    expect(held).toMatchObject({ status: 'assigned', inDoubt: doubt.effectId, agentId: doubt.agentId });
    expect(held?.leaseExpiresAt).toBeUndefined();
    expect(await agentStub(env, workspaceId, doubt.agentId).get()).toMatchObject({
      value: { run: { inDoubt: [doubt.effectId] } },
    });
    // Killed again, it waits as before.
    await kill();
    await until(async () => (await agentStub(env, workspaceId, doubt.agentId).get()).ok || undefined);
    expect(await entriesOf(name)).toHaveLength(1);

    expect(await settle(projectId, `${doubt.effectId}9`, 'done')).toMatchObject({
      error: { type: 'resource.not_found' },
    });
    expect(await settle(projectId, doubt.effectId, 'redo', { result: 'x' })).toMatchObject({ ok: false });
    const command = {
      commandId: 'same',
      effectId: doubt.effectId,
      decision: 'done',
      result: 'It was sent.',
      by: 'person:key_1',
    } as const;
    const settled = await project().settleEffect(command);
    expect(settled).toMatchObject({ ok: true, value: { status: 'settled', decision: 'done', by: 'person:key_1' } });
    expect(await project().settleEffect(command)).toEqual(settled);
    expect(await settle(projectId, doubt.effectId, 'abandon')).toMatchObject({ error: { type: 'resource.conflict' } });

    expect(await resultOf(started)).toEqual({ content: 'It was sent.', isError: false });
    expect(await entriesOf(name)).toHaveLength(1);
    // The run goes on: the developer writes its file.
    await until(
      async () =>
        (await eventsOf(projectId)).some(
          (event) =>
            event.type === 'task.progressed' &&
            event.activity.type === 'tool_called' &&
            event.activity.tool === 'write_files',
        ) || undefined,
    );
    await project().cancel({ commandId: 'end' });
  });

  it('is made again, once, when an unsafe one is settled with redo', async () => {
    const started = await startAndKill('unsafe');
    const doubt = await doubtOf(started);
    expect(await settle(started.projectId, doubt.effectId, 'redo')).toMatchObject({ ok: true });
    expect(await resultOf(started)).toMatchObject({ isError: false, content: expect.stringContaining(started.name) });
    expect(await entriesOf(started.name)).toHaveLength(2);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('is in doubt anew when its repetition is killed as well', async () => {
    const started = await startAndKill('unsafe');
    const first = await doubtOf(started);
    await behave(started.name, 'do_and_cut');
    await settle(started.projectId, first.effectId, 'redo');
    const second = await until(async () => {
      const doubt = await doubtOf(started);
      return doubt.effectId === first.effectId ? undefined : doubt;
    });
    expect(second.effectId).toBe(first.effectId.replace(/-1$/, '-2'));
    expect(await settle(started.projectId, first.effectId, 'done')).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    expect(await settle(started.projectId, second.effectId, 'abandon', { reason: 'enough' })).toMatchObject({
      ok: true,
    });
    expect(await resultOf(started)).toMatchObject({
      isError: true,
      content: expect.stringContaining('given up by person:key_1 (enough)'),
    });
    expect(await entriesOf(started.name)).toHaveLength(2);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('stays as evidence when its project is cancelled', async () => {
    const started = await startAndKill('unsafe');
    const doubt = await doubtOf(started);
    const project = projectStub(env, workspaceId, started.projectId);
    await project.cancel({ commandId: 'end' });
    await until(async () => {
      const agent = await agentStub(env, workspaceId, doubt.agentId).get();
      return (agent.ok && agent.value.status === 'idle') || undefined;
    });
    expect(await project.effects({ status: 'in_doubt', after: 0, limit: 10 })).toMatchObject({
      value: [{ effectId: doubt.effectId }],
    });
    expect(await settle(started.projectId, doubt.effectId, 'redo')).toMatchObject({
      error: { type: 'resource.conflict' },
    });
    expect(await settle(started.projectId, doubt.effectId, 'done')).toMatchObject({ ok: true });
    expect(await entriesOf(started.name)).toHaveLength(1);
  });

  it('is told as evidence when its run is ended while it is under way', async () => {
    const name = freshName();
    await behave(name, 'do_and_hang');
    const started = await startNamed(name, 'unsafe');
    await until(async () => ((await entriesOf(started.name)).length > 0 ? true : undefined));
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
    expect(await doubtOf(started)).toMatchObject({ cause: 'The run was ended while the call was under way.' });
  });
});

describe('a tool server that misbehaves', () => {
  it.each(['do_and_cut', 'do_and_fail', 'answer_half', 'redirect'] as const)(
    'leaves an unsafe call in doubt when it does %s',
    async (behaviour) => {
      const name = freshName();
      await behave(name, behaviour);
      const started = await startNamed(name, 'unsafe');
      expect((await doubtOf(started)).cause).not.toBe('');
      expect((await entriesOf(name)).length).toBe(behaviour === 'redirect' ? 0 : 1);
      expect(await entriesOf('elsewhere')).toEqual([]);
      await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
    },
  );

  it('leaves an unsafe call in doubt when it never answers, at the end of the time', async () => {
    const name = freshName();
    await behave(name, 'hang');
    const started = await startNamed(name, 'unsafe', { timeoutMs: 200 });
    expect((await doubtOf(started)).cause).toContain('200 ms');
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it.each([
    ['refuse', { isError: true, content: expect.stringContaining('422') }],
    ['answer_binary', { isError: false, content: expect.stringContaining('\uFFFD') }],
    ['answer_huge', { isError: false, content: expect.stringContaining('to 60000 of') }],
  ] as const)('gives an unsafe call a result when it does %s', async (behaviour, expected) => {
    const name = freshName();
    await behave(name, behaviour);
    const started = await startNamed(name, 'unsafe');
    expect(await resultOf(started)).toMatchObject(expected);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('is called again, a few times, when the call is idempotent, and the effect happens once', async () => {
    const name = freshName();
    await behave(name, 'do_and_fail');
    const started = await startNamed(name, 'idempotent');
    expect(await resultOf(started)).toMatchObject({ isError: true, content: expect.stringContaining('500') });
    const entries = await entriesOf(name);
    expect(entries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(1);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('is asked at once when the call has a lookup and the connection breaks', async () => {
    const name = freshName();
    await behave(name, 'do_and_cut');
    const started = await startNamed(name, 'lookup');
    expect(await resultOf(started)).toMatchObject({ isError: false });
    expect(await entriesOf(name)).toHaveLength(1);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('leaves a call with a lookup in doubt while the lookup fails', async () => {
    const name = freshName();
    await behave(name, 'do_and_cut');
    await behave(`lookup/${name}`, 'do_and_fail');
    const started = await startNamed(name, 'lookup');
    const doubt = await doubtOf(started);
    expect(doubt).toMatchObject({ effectClass: 'lookup', cause: expect.stringContaining('lookup') });
    // As soon as the server knows, the run goes on by itself.
    await behave(`lookup/${name}`, 'answer');
    await kill();
    await until(async () => (await agentStub(env, workspaceId, doubt.agentId).get()).ok || undefined);
    expect(await resultOf(started)).toMatchObject({ isError: false });
    expect(await eventOf(started.projectId, 'effect.settled')).toMatchObject({ by: 'lookup', decision: 'done' });
    expect(await entriesOf(name)).toHaveLength(1);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });
});

describe('the project manager', () => {
  it.each([
    ['done', 1, { isError: false, content: 'the manager saw it' }],
    ['redo', 2, { isError: false }],
    ['abandon', 1, { isError: true }],
  ] as const)('settles an effect in doubt with %s', async (manager, effects, result) => {
    const started = await startAndKill('unsafe', { input: { manager }, project: { inDoubt: 'project_manager' } });
    expect(await resultOf(started)).toMatchObject(result);
    const settled = await eventOf(started.projectId, 'effect.settled');
    expect(settled).toMatchObject({ decision: manager, reason: 'as told' });
    const agents = await projectStub(env, workspaceId, started.projectId).agents();
    const seat = agents.ok ? agents.value.find(({ role }) => role === 'project_manager') : undefined;
    expect(settled.by).toBe(`agent:${seat?.agentId as AgentId}`);
    expect(await entriesOf(started.name)).toHaveLength(effects);
    await projectStub(env, workspaceId, started.projectId).cancel({ commandId: 'end' });
  });

  it('leaves to a person what it cannot know', async () => {
    const started = await startAndKill('unsafe', {
      input: { manager: 'ask_person' },
      project: { inDoubt: 'project_manager' },
    });
    const doubt = await doubtOf(started);
    const project = projectStub(env, workspaceId, started.projectId);
    const asked = await until(async () => {
      const tasks = await project.tasks();
      return tasks.ok ? tasks.value.find(({ kind, status }) => kind === 'settle' && status === 'done') : undefined;
    });
    expect(asked.summary).toBe('Left to a person: as told');
    expect(await doubtOf(started)).toEqual(doubt);
    expect(await settle(started.projectId, doubt.effectId, 'done', { result: 'seen' })).toMatchObject({ ok: true });
    expect(await resultOf(started)).toEqual({ content: 'seen', isError: false });
    await project.cancel({ commandId: 'end' });
  });
});

describe('a project with tools', () => {
  it.each([
    ['an address that is not on the list', { url: 'https://elsewhere.example.com/' }, 'tools.0.url'],
    ['credentials in the address', { url: 'http://a:b@127.0.0.1/' }, 'tools.0.url'],
    ['the name of a tool of the platform', { name: 'write_files' }, 'tools.0.name'],
  ])('is refused with %s', async (_what, over, field) => {
    await expect(start('pure', { tool: over })).rejects.toThrow(field);
  });
});
