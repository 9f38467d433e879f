import { beforeAll, describe, expect, it } from 'vitest';
import type { ProgramAnswer, ProgramReport, SandboxRpc } from '../../../shared/rpc/sandbox.ts';
import { fakeSandbox, fakeToolchain } from '../testing/fake-workers.ts';
import { createGateway, createTestProject, createWorkspace, prepareDirectory } from '../testing/harness.ts';

/** What the program asks, one after another; the isolate dies before the number `diesBefore`. */
let asked: readonly { readonly tool: string; readonly prefix: string }[] = [];
let diesBefore: number | undefined;
let answers: ProgramAnswer[] = [];
let startedAt: number[] = [];
let looked: string[] = [];

const runProgram: SandboxRpc['runProgram'] = async (request, calls): Promise<ProgramReport> => {
  startedAt.push(request.startedAt);
  const report = { console: [], calls: asked.length, durationMs: 1 };
  for (const [index, { tool, prefix }] of asked.entries()) {
    if (index === diesBefore) return { ...report, status: 'crashed' };
    const answer = await calls.call(index, tool, JSON.stringify({ prefix }));
    answers.push(answer);
    if (answer.type === 'ended') return { ...report, status: 'stopped', reason: answer.reason };
  }
  return { ...report, status: 'finished', valueJson: '"done"' };
};

const gateway = createGateway({
  sandbox: { ...fakeSandbox, runProgram },
  toolchain: {
    ...fakeToolchain,
    code: async (request) => {
      looked.push('prefix' in request.query ? (request.query.prefix ?? '') : '');
      return await fakeToolchain.code(request);
    },
  },
});
let key: string;

beforeAll(async () => {
  await prepareDirectory();
  ({ ownerKey: key } = await createWorkspace(gateway));
});

/** Runs the program in a project of its own, or in the one that is given. */
const run = async (projectId: string, code: string, idempotencyKey?: string): Promise<Record<string, unknown>> => {
  const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const json = { arguments: { code } };
  const answer = await gateway.send(`/api/projects/${projectId}/tools/run_program`, { key, json, headers });
  return { status: answer.status, ...(await answer.json<Record<string, unknown>>()) };
};

const begin = async (): Promise<string> => {
  [answers, startedAt, looked, diesBefore] = [[], [], [], undefined];
  asked = ['a.ts', 'b.ts'].map((prefix) => ({ tool: 'outline_code', prefix }));
  return await createTestProject(gateway, key);
};

describe('a program under an idempotency-key', () => {
  it('goes on where it was broken off, and does no call twice', async () => {
    const projectId = await begin();
    diesBefore = 1;
    expect(await run(projectId, 'return 1', 'k')).toMatchObject({ status: 200, isError: true });
    expect(looked).toEqual(['a.ts']);
    diesBefore = undefined;
    const finished = await run(projectId, 'return 1', 'k');
    expect(finished).toMatchObject({ status: 200, isError: false, content: expect.stringContaining('done') });
    expect(looked).toEqual(['a.ts', 'b.ts']);
    expect(answers[1]).toEqual(answers[0]);
    expect(new Set(startedAt).size).toBe(1);
    const runs = startedAt.length;
    expect(await run(projectId, 'return 1', 'k')).toMatchObject({ content: finished['content'], isError: false });
    expect([startedAt.length, looked.length]).toEqual([runs, 2]);
  });

  it('is stopped when it asks something else than before', async () => {
    const projectId = await begin();
    diesBefore = 1;
    await run(projectId, 'return 2', 'k');
    diesBefore = undefined;
    asked = [{ tool: 'outline_code', prefix: 'other.ts' }];
    expect(await run(projectId, 'return 2', 'k')).toMatchObject({
      isError: true,
      content: expect.stringContaining('call 1 now is another one'),
    });
    expect(looked).toEqual(['a.ts']);
  });

  it('without a key is run anew each time', async () => {
    const projectId = await begin();
    await run(projectId, 'return 3');
    await run(projectId, 'return 3');
    expect(looked).toEqual(['a.ts', 'b.ts', 'a.ts', 'b.ts']);
  });
});
