import { env } from 'cloudflare:test';
import { RpcTarget } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { defaultProgramLimits, type ProgramAnswer, type ProgramCalls } from '../../../shared/rpc/sandbox.ts';
import type { SandboxEnvironment } from '../environment.ts';
import { build } from '../../toolchain/build/build.ts';
import { runProgram } from './run-program.ts';

/** Answers by a function, and keeps what was asked. */
class Answers extends RpcTarget implements ProgramCalls {
  readonly asked: string[] = [];
  readonly #answer: (index: number, tool: string, argumentsJson: string) => ProgramAnswer | Promise<ProgramAnswer>;

  constructor(answer: (index: number, tool: string, argumentsJson: string) => ProgramAnswer | Promise<ProgramAnswer>) {
    super();
    this.#answer = answer;
  }

  async call(index: number, tool: string, argumentsJson: string): Promise<ProgramAnswer> {
    this.asked.push(`${index} ${tool} ${argumentsJson}`);
    return this.#answer(index, tool, argumentsJson);
  }
}

const echo = (): Answers =>
  new Answers((index, tool) => ({ type: 'answered', content: `${tool} ${index}`, isError: false }));

const run = async (code: string, calls = echo(), limits: Partial<typeof defaultProgramLimits> = {}) => {
  const source = `export default async (tools: any): Promise<unknown> => { ${code}\n};`;
  const built = build({ files: { 'program.ts': source }, entries: ['program.ts'] });
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  const report = await runProgram(
    // SAFETY: bound by wrangler.toml beside this folder; the generated types know only the gateway's.
    (env as unknown as SandboxEnvironment).LOADER,
    {
      built: built.value,
      entry: 'program.ts',
      tools: ['read', 'write'],
      startedAt: 1_700_000_000_000,
      seed: 'run_1/tool/0/call',
      limits: { ...defaultProgramLimits, totalMs: 10_000, ...limits },
    },
    calls,
  );
  return { report, asked: calls.asked };
};

describe('a program', () => {
  it('calls tools as functions and returns a value', async () => {
    const { report, asked } = await run(
      "const texts = []; for (const path of ['a', 'b']) texts.push(await tools.read({ path })); console.log('read', 2); return { texts };",
    );
    expect(report).toMatchObject({ status: 'finished', calls: 2, console: ['read 2'] });
    expect(JSON.parse(report.valueJson ?? '')).toEqual({ texts: ['read 0', 'read 1'] });
    expect(asked).toEqual(['0 read {"path":"a"}', '1 read {"path":"b"}']);
  });

  it('takes the same course whatever time the answers take', async () => {
    const code = `
      const branch = async (name: string) => { await tools.read({ name }); await Promise.resolve(); await tools.write({ name }); };
      await Promise.all([branch('a'), branch('b'), branch('c')]);
      tools.write({ last: [Math.random(), Date.now(), new Date().toISOString(), crypto.randomUUID()] });
      return new Date(0);`;
    const slow = new Answers(async (index) => {
      await scheduler.wait((7 * (index + 1)) % 5);
      return { type: 'answered', content: '', isError: false };
    });
    const [first, second] = [await run(code), await run(code, slow)];
    expect(first.asked).toHaveLength(7);
    expect(second.asked).toEqual(first.asked);
    expect(second.report.valueJson).toBe('"1970-01-01T00:00:00.000Z"');
    expect(first.asked[6]).toContain('2023-11-14T22:13:20.000Z');
  });

  it('is told of a call that failed, with the words of the tool', async () => {
    const failing = new Answers(() => ({ type: 'answered', content: 'There is no tool rm here.', isError: true }));
    const { report } = await run(
      'try { await tools.rm({}); } catch (error: any) { return [error.name, error.message]; }',
      failing,
    );
    expect(JSON.parse(report.valueJson ?? '')).toEqual(['ToolError', 'There is no tool rm here.']);
    expect((await run('await tools.rm({});', failing)).report).toMatchObject({
      status: 'failed',
      reason: 'ToolError: There is no tool rm here.',
    });
  });

  it.each([
    ['await tools.read({ path: () => 1 });', 'read: arguments.path is a function'],
    ['await tools.read({ list: [1n] });', 'read: arguments.list\\[0\\] is a bigint'],
    ['await tools.read({ size: Infinity });', 'read: arguments.size is Infinity'],
    ['const a: any = {}; a.a = a; await tools.read(a);', 'read: arguments.a contains itself'],
    ['return { size: NaN };', 'the result.size is NaN, which JSON cannot hold'],
    ['return [() => 1];', 'the result\\[0\\] is a function, which JSON cannot hold'],
    ['const a: any = {}; a.a = a; return a;', 'the result.a contains itself'],
    ['for (;;) {}', 'endless loop'],
    ['const f = (): number => f(); return f();', /steps|call stack/],
    ["return fetch('https://example.com');", 'not permitted to access the internet'],
    ['setTimeout(() => 1, 1);', 'There are no timers in a program'],
    ["return (await import('node:fs')).readFileSync('/etc/passwd', 'utf8');", /ENOENT|no such file/],
    ["throw new Error('enough');", 'Error: enough'],
  ])('fails with its reason: %s', async (code, reason) => {
    const { report, asked } = await run(code);
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(asked).toEqual([]);
  });

  it('is stopped at its number of calls, also when it swallows the reason', async () => {
    const { report, asked } = await run('for (;;) { try { await tools.read({}); } catch {} }', echo(), {
      calls: 3,
      fuel: 200,
    });
    expect(report).toMatchObject({ status: 'stopped', reason: 'It made more than 3 calls', calls: 3 });
    expect(asked).toHaveLength(3);
  });

  it('is stopped by who answers its calls', async () => {
    const calls = new Answers((index) =>
      index === 0 ? { type: 'answered', content: '', isError: false } : { type: 'ended', reason: 'The run is over.' },
    );
    const { report } = await run('await tools.read({}); await tools.read({}); await tools.write({});', calls);
    expect(report).toMatchObject({ status: 'stopped', reason: 'The run is over.', calls: 2 });
  });

  it('ends when nothing can come any more, or its time is over', async () => {
    const { report } = await run('await new Promise(() => {});', echo(), { totalMs: 1_000 });
    expect(['timed_out', 'crashed']).toContain(report.status);
    const never = new Answers(() => new Promise(() => undefined));
    expect((await run('await tools.read({});', never, { totalMs: 300 })).report.status).toBe('timed_out');
  });

  it('returns and prints no more than it may', async () => {
    expect((await run("return 'x'.repeat(300_000);")).report).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('more than 200000 characters'),
    });
    const { report } = await run("for (let i = 0; i < 5000; i++) console.log('x'.repeat(10));");
    expect(report.console).toHaveLength(1_001);
  });

  it('cannot call after its end, nor around its gate', async () => {
    const { report, asked } = await run(
      '(globalThis as any).later = () => tools.read({}); Promise.resolve().then(() => tools.write({ late: true })); return Object.keys(tools);',
    );
    expect(report.valueJson).toBe('["read","write"]');
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});
