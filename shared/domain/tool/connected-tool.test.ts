import { describe, expect, it } from 'vitest';
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { ToolServer, ToolServerAnswer, ToolServerCall } from '../../ports/tool-server.ts';
import { connectTool, findToolFaults } from './connected-tool.ts';
import { isBuiltInTool, toolsFor } from './index.ts';
import type { ToolContext } from './tool.ts';

const tool = (over: Partial<ConnectedTool> = {}): ConnectedTool => ({
  name: 'book_room',
  description: 'Books a room.',
  parameters: { type: 'object' },
  url: 'https://tools.test/book',
  effectClass: 'unsafe',
  taskKinds: ['implement'],
  timeoutMs: 1_000,
  ...over,
});

const lookupTool = { effectClass: 'lookup', lookupUrl: 'https://tools.test/calls' } as const;

const contextWith = (answer: ToolServerAnswer, calls: ToolServerCall[] = []): ToolContext => {
  const toolServer: ToolServer = {
    call: async (call) => {
      calls.push(call);
      return answer;
    },
    lookUp: async ({ key }) => ({ type: 'found', text: key }),
  };
  const call = { key: 'eff_1', attempt: 2, run: 'run_1', task: 'rooms', agent: 'agt_1' };
  return { toolServer, call } as unknown as ToolContext;
};

const answered: ToolServerAnswer = { type: 'answered', text: 'booked', cut: false };

describe('a connected tool', () => {
  it.each(['idempotent', 'lookup'] as const)('sends its key when it is %s', async (effectClass) => {
    const calls: ToolServerCall[] = [];
    const made = connectTool(tool(effectClass === 'lookup' ? lookupTool : { effectClass }));
    expect(await made.run('{"room":1}', contextWith(answered, calls))).toEqual({ content: 'booked' });
    const call = { key: 'eff_1', attempt: 2, run: 'run_1', task: 'rooms', agent: 'agt_1' };
    expect(calls).toMatchObject([
      { idempotencyKey: 'eff_1', body: { tool: 'book_room', arguments: { room: 1 }, call } },
    ]);
  });

  it.each(['pure', 'unsafe'] as const)('gives nothing to tell calls apart by when it is %s', async (effectClass) => {
    const calls: ToolServerCall[] = [];
    await connectTool(tool({ effectClass })).run('{}', contextWith(answered, calls));
    expect(JSON.stringify(calls)).not.toContain('eff_1');
    expect(calls[0]).not.toHaveProperty('idempotencyKey');
  });

  it('says of each answer whether the effect happened', async () => {
    const run = (answer: ToolServerAnswer) => connectTool(tool()).run('{}', contextWith(answer));
    expect(await run({ type: 'refused', reason: 'no' })).toEqual({ content: 'no', isError: true });
    expect(await run({ type: 'unknown', reason: 'cut off' })).toMatchObject({ effect: 'unknown', content: 'cut off' });
    expect((await run({ type: 'answered', text: 'x', cut: true })).content).toBe('x\n[the answer went on]');
    expect(await run({ type: 'answered', text: '', cut: false })).toEqual({ content: 'Done; the answer was empty.' });
  });

  it.each(['', 'null', '[1]', '"x"', '{'])(
    'does not call with the arguments %j unless they are an object',
    async (text) => {
      const calls: ToolServerCall[] = [];
      const result = await connectTool(tool()).run(text, contextWith(answered, calls));
      expect(calls).toHaveLength(text === '' ? 1 : 0);
      expect(result.isError ?? false).toBe(text !== '');
    },
  );

  it('asks under its key', async () => {
    const made = connectTool(tool(lookupTool));
    expect(await made.lookUp?.(contextWith(answered))).toEqual({ status: 'found', result: { content: 'eff_1' } });
  });

  it('is offered for its kinds of task, without a grant, and never over a tool of the platform', () => {
    const names = (kind: 'implement' | 'judge', tools: readonly ConnectedTool[]) =>
      toolsFor(kind, [], tools).map(({ name }) => name);
    expect(names('implement', [tool()])).toEqual(['book_room']);
    expect(names('judge', [tool()])).toEqual([]);
    expect(names('implement', [tool({ name: 'write_files' })])).toEqual([]);
  });
});

describe('findToolFaults', () => {
  const faults = (...tools: readonly ConnectedTool[]): readonly string[] =>
    findToolFaults(tools, isBuiltInTool).map(({ field }) => field);

  it('finds nothing wrong with tools that are well', () => {
    expect(faults(tool(), tool({ name: 'ask_room', ...lookupTool }))).toEqual([]);
  });

  it.each([
    ['tools.0.name', tool({ name: 'commit' })],
    ['tools.0.parameters', tool({ parameters: { type: 'string' } })],
    ['tools.0.parameters', tool({ parameters: { type: 'object', description: 'x'.repeat(8_000) } })],
    ['tools.0.lookupUrl', tool({ effectClass: 'lookup' })],
    ['tools.0.lookupUrl', tool({ lookupUrl: 'https://tools.test' })],
    ['tools.0.timeoutMs', tool({ timeoutMs: 60_001 })],
  ])('names %s', (field, faulty) => {
    expect(faults(faulty)).toEqual([field]);
  });

  it('names a second tool of the same name, and too many', () => {
    expect(faults(tool(), tool())).toEqual(['tools.1.name']);
    expect(faults(...Array.from({ length: 21 }, (_, index) => tool({ name: `tool_${index}` })))).toEqual(['tools']);
  });
});
