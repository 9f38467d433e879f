/** Whole agents that find tools and call them by programs, over the wire of a real provider, killed in the middle. */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AgentId } from '../../shared/domain/ids.ts';
import type { ConnectedTool } from '../../shared/protocol/connected-tools.ts';
import type { StoredAgentEvent } from '../../shared/rpc/agent.ts';
import type { CreateProject } from '../../shared/rpc/project.ts';
import type { LedgerBehaviour, LedgerEntry } from '../../shared/testing/tools/ledger-server.ts';
import { kill } from './stage.ts';
import { prepareDirectory, TestProject, until } from './test-project.ts';

// SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
const { LEDGER_ORIGIN } = env as unknown as { readonly LEDGER_ORIGIN: string };

beforeAll(prepareDirectory);

type Call = readonly [tool: string, input: object];

const start = (calls: readonly Call[], more: Partial<CreateProject> = {}): Promise<TestProject> =>
  new TestProject().create({
    specification: `# Test\n\nCalls: ${JSON.stringify(calls)}\n`,
    model: 'openai/scripted',
    ...more,
  });

const developer = (project: TestProject): Promise<AgentId> =>
  until(async () => {
    const events = await project.events();
    const task = events.find(({ event }) => event.type === 'task.created' && event.task.key === 'work')?.event;
    const taskId = task?.type === 'task.created' ? task.taskId : undefined;
    const assigned = events.find(({ event }) => event.type === 'task.assigned' && event.taskId === taskId)?.event;
    return assigned?.type === 'task.assigned' ? assigned.agentId : undefined;
  });

const eventsOf = async (project: TestProject, agentId: AgentId): Promise<readonly StoredAgentEvent[]> => {
  const page = await project.agent(agentId).events({ after: 0, limit: 1_000 });
  if (!page.ok) throw new Error(page.error.detail);
  return page.value;
};

/** The results of the developer's calls, once there are as many. */
const results = async (project: TestProject, count: number): Promise<readonly StoredAgentEvent['event'][]> => {
  const agentId = await developer(project);
  return until(async () => {
    const returned = (await eventsOf(project, agentId)).filter(({ event }) => event.type === 'tool.returned');
    return returned.length >= count ? returned.map(({ event }) => event) : undefined;
  });
};

const programCalls = async (project: TestProject): Promise<readonly string[]> =>
  (await eventsOf(project, await developer(project)))
    .filter(({ event }) => event.type === 'program.called')
    .map(({ event }) => `${String(event['index'])} ${String(event['tool'])}`);

const behave = async (tool: string, as: LedgerBehaviour): Promise<void> => {
  await fetch(`${LEDGER_ORIGIN}/behave/${tool}?as=${as}`);
};

const entriesOf = async (tool: string): Promise<readonly LedgerEntry[]> => {
  const entries: readonly LedgerEntry[] = await (await fetch(`${LEDGER_ORIGIN}/entries`)).json();
  return entries.filter((entry) => entry.tool === tool);
};

let made = 0;
const ledgerTool = (over: Partial<ConnectedTool> = {}): ConnectedTool => {
  made += 1;
  const name = `ledger_${made}_${Date.now() % 100_000}`;
  return {
    name,
    description: 'Writes a note into a ledger outside.',
    parameters: { type: 'object' },
    url: `${LEDGER_ORIGIN}/tools/${name}`,
    effectClass: 'idempotent',
    taskKinds: ['implement'],
    timeoutMs: 15_000,
    ...over,
  };
};

const findProgram: Call = ['find_tools', { query: 'run a program that calls tools' }];
const program = (code: string): Call => ['run_program', { code }];

/** Kills everything when the hanging call has reached the ledger, and lets it answer from then on. */
const killInCall = async (project: TestProject, tool: string): Promise<void> => {
  await until(async () => ((await entriesOf(tool)).length > 0 ? true : undefined));
  await behave(tool, 'answer_by_key');
  await kill();
  await until(async () => ((await project.stub.get()).ok ? true : undefined));
};

const write = (path: string, text: string): string =>
  `await tools.write_files({ files: [{ path: '${path}', content: ${text} }] });`;

describe('finding tools', () => {
  it('makes them callable in the run, also after a kill, and not before', async () => {
    const diff = '--- /dev/null\n+++ b/src/a.ts\n@@ -0,0 +1 @@\n+export const a = 1;\n';
    const tool = ledgerTool();
    const project = await start(
      [
        ['apply_diff', { diff }],
        ['find_tools', { query: 'change files by a unified diff' }],
        [tool.name, {}],
        ['apply_diff', { diff }],
        ['apply_diff', { diff }],
        ['submit_verdict', { verdict: 'pass', reasons: [] }],
      ],
      { tools: [tool] },
    );
    await behave(tool.name, 'do_and_hang');
    await killInCall(project, tool.name);
    const [early, found, , applied, again, foreign] = await results(project, 6);
    expect(early).toMatchObject({ isError: true, content: expect.stringContaining('look for it with find_tools') });
    expect(found).toMatchObject({ isError: false, content: expect.stringContaining('apply_diff:') });
    expect(applied).toMatchObject({
      isError: false,
      content: 'Changed src/a.ts.',
      provenance: { tool: 'apply_diff', version: 1, truncated: false, commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect(again).toMatchObject({ isError: true, content: expect.stringContaining('src/a.ts is there already') });
    expect(foreign).toMatchObject({ isError: true, content: expect.stringContaining('submit_verdict') });
    await project.stub.cancel({ commandId: 'end' });
  });

  it('finds a tool that was registered while the run was under way, and loses what a rule denies', async () => {
    const gate = ledgerTool();
    const late = ledgerTool();
    await behave(gate.name, 'hang');
    const project = await start(
      [
        [gate.name, {}],
        ['find_tools', { query: 'notes in a ledger' }],
        [late.name, { note: 'late' }],
        ['find_tools', { query: 'grep lines by a regular expression' }],
        ['grep', { pattern: 'note' }],
      ],
      { tools: [gate] },
    );
    await developer(project);
    const by = 'person:key_1';
    const grants = [{ effect: 'deny' as const, tools: ['grep'], roles: ['backend'], reason: 'it is being mended' }];
    expect(await project.stub.registerTool({ commandId: 'late', tool: late, by })).toMatchObject({ ok: true });
    await project.stub.configureTools({ commandId: 'deny', grants, fetchOrigins: [], by });
    await behave(gate.name, 'answer');
    await kill();
    await until(async () => ((await project.stub.get()).ok ? true : undefined));
    const [, found, called, denied, refused] = await results(project, 5);
    expect(found).toMatchObject({ content: expect.stringContaining(late.name) });
    expect(called).toMatchObject({ isError: false });
    expect(await entriesOf(late.name)).toHaveLength(1);
    expect(denied).toMatchObject({ content: expect.stringContaining('it is being mended') });
    expect(refused).toMatchObject({ isError: true, tool: 'grep' });
    await project.stub.cancel({ commandId: 'end' });
  });
});

describe('a result that is too long', () => {
  it('is shown in pages', async () => {
    // The model's script travels in the plan, which is shorter than the file.
    const code = `const lines = Array.from({ length: 1000 }, (_, index) => 'export const line' + index + " = '" + 'x'.repeat(80) + "';");
      ${write('src/long.ts', "lines.join('\\n')")}`;
    const project = await start([
      findProgram,
      program(code),
      ['read_file', { path: 'src/long.ts' }],
      ['read_more', { cursor: 'tool/2/call_2@60000' }],
      ['read_more', { cursor: 'tool/2/call_2@99999999' }],
      ['read_more', { cursor: 'tool/9/call_9@0' }],
    ]);
    const [, , first, second, beyond, unknown] = await results(project, 6);
    const file = await project.repository.readFile({ ref: 'task/work', path: 'src/long.ts' });
    expect(first).toMatchObject({ provenance: { truncated: true } });
    const text = String(first?.['content']);
    expect(text).toContain('read on: read_more with cursor tool/2/call_2@60000');
    expect(text.slice(0, 60_000) + String(second?.['content'])).toBe(file.ok && file.value.content);
    expect(beyond).toMatchObject({ isError: true, content: expect.stringContaining('ends at character') });
    expect(unknown).toMatchObject({ isError: true });
    await project.stub.cancel({ commandId: 'end' });
  });
});

describe('a program', () => {
  it('goes on after a kill in the middle, and repeats nothing', async () => {
    const tool = ledgerTool();
    const code = `
      const before = 'export const at = ' + Date.now() + ' + ' + Math.random() + ';\\n';
      ${write('src/one.ts', 'before')}
      const note = await tools.${tool.name}({ note: 'middle' });
      ${write('src/two.ts', 'before')}
      await tools.${tool.name}({ note: 'end' });
      await tools.commit({ message: 'Two files' });
      console.log(note.length > 0);
      return (await tools.list_files({ prefix: 'src/' })).split('\\n');`;
    await behave(tool.name, 'do_and_hang');
    const project = await start([findProgram, program(code)], { tools: [tool] });
    await killInCall(project, tool.name);
    const [, result] = await results(project, 2);
    expect(result).toMatchObject({
      isError: false,
      content: expect.stringMatching(/src\/one\.ts[^]*src\/two\.ts[^]*\[6 calls of tools\]/),
    });
    expect(await programCalls(project)).toEqual([
      '0 write_files',
      `1 ${tool.name}`,
      '2 write_files',
      `3 ${tool.name}`,
      '4 commit',
      '5 list_files',
    ]);
    expect((await entriesOf(tool.name)).map((entry) => entry.arguments)).toEqual([{ note: 'middle' }, { note: 'end' }]);
    const log = await project.repository.log({ ref: 'task/work' });
    expect(log.ok && log.value.filter(({ message }) => message.startsWith('Two files'))).toHaveLength(1);
    const [one, two] = await Promise.all(
      ['src/one.ts', 'src/two.ts'].map((path) => project.repository.readFile({ ref: 'task/work', path })),
    );
    expect(one?.ok && one.value.content).toBe(two?.ok && two.value.content);
    await project.stub.cancel({ commandId: 'end' });
  });

  it('is stopped when it asks something else after a kill', async () => {
    const tool = ledgerTool();
    const code = `
      const real = new Intl.DateTimeFormat('en', { minute: 'numeric', second: 'numeric', fractionalSecondDigits: 3 });
      ${write('src/one.ts', 'real.format()')}
      await tools.${tool.name}({});`;
    await behave(tool.name, 'do_and_hang');
    const project = await start([findProgram, program(code)], { tools: [tool] });
    await killInCall(project, tool.name);
    const [, result] = await results(project, 2);
    expect(result).toMatchObject({
      isError: true,
      content: expect.stringContaining('its call 1 now is write_files with other arguments'),
    });
    await project.stub.cancel({ commandId: 'end' });
  });

  it('may call neither what ends a task, nor what it was not granted, nor what nobody could settle', async () => {
    const unsafe = ledgerTool({ effectClass: 'unsafe' });
    const names = ['complete_task', 'deploy', 'find_tools', 'run_program', 'nothing', unsafe.name, 'grep'];
    const code = `
      const said: string[] = [];
      for (const name of ${JSON.stringify(names)}) {
        try { await (tools as any)[name]({}); said.push('called'); } catch (error: any) { said.push(error.message); }
      }
      return said;`;
    const project = await start([findProgram, program(code)], { tools: [unsafe] });
    const [, result] = await results(project, 2);
    const said: unknown = JSON.parse(/^Returned: (\[[^]*?\n\])/.exec(String(result?.['content']))?.[1] ?? 'null');
    expect(said).toEqual([
      expect.stringContaining('complete_task cannot be called in a program'),
      expect.stringContaining('deploy belongs to other kinds of task'),
      expect.stringContaining('find_tools cannot be called in a program'),
      expect.stringContaining('run_program cannot be called in a program'),
      expect.stringContaining('There is no tool nothing'),
      expect.stringContaining('nobody could settle it'),
      expect.stringContaining('look for it with find_tools'),
    ]);
    expect(await entriesOf(unsafe.name)).toHaveLength(0);
    await project.stub.cancel({ commandId: 'end' });
  });

  it('says where it cannot be built, and ends when it loops', async () => {
    const project = await start([findProgram, program('return 1 +;'), program('for (;;) {}')]);
    const [, unbuilt, endless] = await results(project, 3);
    expect(unbuilt).toMatchObject({ isError: true, content: expect.stringContaining('line 1') });
    expect(endless).toMatchObject({ isError: true, content: expect.stringContaining('endless loop') });
    await project.stub.cancel({ commandId: 'end' });
  });
});
