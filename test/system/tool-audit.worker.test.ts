/**
 * Every tool of the platform under its own effect class: a call that took effect and whose result was lost is made again
 * under the same key, against the real objects. The second answer equals the first, and nothing has happened twice.
 */
import { applyD1Migrations, env, runInDurableObject } from 'cloudflare:test';
import { RpcTarget } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createToolContext } from '../../durable-objects/agent/tool-context.ts';
import { createObjectCaller } from '../../durable-objects/object-caller.ts';
import { appName, projectStub, repositoryStub, workspaceStub } from '../../durable-objects/stubs.ts';
import type { TaskAssignment } from '../../shared/domain/agent/assignment.ts';
import type { AgentIdentity, Run } from '../../shared/domain/agent/state.ts';
import { createId, type ProjectId, type WorkspaceId } from '../../shared/domain/ids.ts';
import { findTool, platformCards, toolsFor } from '../../shared/domain/tool/index.ts';
import type { Tool, ToolContext } from '../../shared/domain/tool/tool.ts';
import type { ProgramCalls, SandboxRpc } from '../../shared/rpc/sandbox.ts';
import { taskKinds } from '../../shared/protocol/stages.ts';

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));
const workspaceId: WorkspaceId = createId('wsp', Date.now(), random());
const projectId: ProjectId = createId('prj', Date.now(), random());
const author = { name: 'a', email: 'a@aidevos.invalid' };

const worker = `
import { DurableObject } from 'cloudflare:workers';
export class App extends DurableObject {
  override async fetch(request: Request): Promise<Response> {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY)');
    if (request.method === 'POST') this.ctx.storage.sql.exec('INSERT INTO note DEFAULT VALUES');
    const count = this.ctx.storage.sql.exec('SELECT COUNT(*) AS count FROM note').one()['count'];
    return Response.json({ count });
  }
}
`;

const files = {
  'src/worker.ts': worker,
  'src/old.ts': 'export const old = 1;\n',
  'src/value.ts': 'export const value = 1;\n',
  'src/value.test.ts': `import { it, expect } from 'vitest';\nimport { value } from './value.ts';\nit('is 1', () => { expect(value).toBe(1); });\n`,
};

const repository = () => repositoryStub(env, workspaceId, projectId);
const project = () => projectStub(env, workspaceId, projectId);

// SAFETY: the binding's class implements it; the generated types know only its HTTP side.
const sandbox = () => env.SANDBOX as unknown as SandboxRpc;

const must = <T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly detail: string } },
): T => {
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

beforeAll(async () => {
  // SAFETY: bound by this project's vitest.config.ts; the generated types know only wrangler.toml.
  const { MIGRATIONS } = env as unknown as { readonly MIGRATIONS: Parameters<typeof applyD1Migrations>[1] };
  await applyD1Migrations(env.DIRECTORY, MIGRATIONS);
  const firstKey = {
    keyId: createId('key', Date.now(), random()),
    name: 'f',
    role: 'owner' as const,
    hash: '0'.repeat(64),
  };
  await workspaceStub(env, workspaceId).create({ commandId: 'create', workspaceId, name: 'Tests', firstKey });
  must(
    await project().create({
      commandId: 'create',
      workspaceId,
      projectId,
      specification: '# Notes\n\nA note has a title.\n',
    }),
  );
  await project().pause({ commandId: 'pause' });
  await vi.waitFor(async () => expect(await repository().branches()).toHaveLength(1), { timeout: 10_000 });
  must(await repository().openBranch({ commandId: 'open', branch: 'seed', from: 'main', fencingToken: 1 }));
  const changes = Object.entries(files).map(([path, content]) => ({ path, content }));
  must(await repository().write({ commandId: 'write', branch: 'seed', fencingToken: 1, changes }));
  must(await repository().commit({ commandId: 'commit', branch: 'seed', fencingToken: 1, message: 'Seed', author }));
  must(await repository().merge({ commandId: 'merge', branch: 'seed', into: 'main', message: 'Seed', author }));
});

/** The project's releases as a person asks for them: this team holds no task whose lease could be checked. */
const personally: ToolContext['project'] = {
  deploy: ({ holder: _holder, ...command }) => project().deploy(command),
  promote: ({ holder: _holder, ...command }) => project().promote(command),
  runChecks: ({ holder: _holder, ...command }) => project().runChecks(command),
  measurements: () => project().measurements(),
};

/** A program's calls, all of which read the same. */
class ReadingCalls extends RpcTarget implements ProgramCalls {
  async call(): ReturnType<ProgramCalls['call']> {
    return { type: 'answered', content: 'value = 1', isError: false };
  }
}

let calls = 0;

/** A context on a branch of its own, the same for both attempts but for the number of the attempt. */
const contextsOf = async (prepare: Prepare | undefined): Promise<readonly [ToolContext, ToolContext, string[]]> => {
  calls += 1;
  const branch = `task/call-${calls}`;
  must(await repository().openBranch({ commandId: `open-${calls}`, branch, from: 'main', fencingToken: 1 }));
  await prepare?.(branch);
  const assignment: TaskAssignment = {
    taskId: createId('tsk', Date.now(), random()),
    attempt: 1,
    fencingToken: 1,
    leaseMs: 1,
    branch,
    writes: true,
    task: {
      key: 'work',
      title: 'Work',
      kind: 'implement',
      role: 'backend',
      description: '',
      acceptanceCriteria: [],
      dependsOn: [],
      priority: 1,
      estimateMinutes: 1,
      paths: ['src/'],
    },
    context: {
      projectName: 'Notes',
      specificationPath: 'SPEC.md',
      stage: 'implementation',
      revision: 0,
      team: ['backend'],
      comments: [],
      measurements: [],
      gates: [],
      plannedKeys: [],
    },
  };
  const identity: AgentIdentity = {
    agentId: createId('agt', Date.now(), random()),
    workspaceId,
    projectId,
    role: 'backend',
    name: 'backend-1',
    model: 'offline/engineer',
  };
  const run = { runId: createId('run', Date.now(), random()), assignment } as unknown as Run;
  const notes: string[] = [];
  const parts = new Map<string, unknown>();
  // As the journal keeps the parts of a call over its attempts.
  const once = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    if (!parts.has(name)) parts.set(name, await work());
    // SAFETY: kept under this name by the same tool.
    return parts.get(name) as T;
  };
  const objects = createObjectCaller(env as never, () => undefined);
  const made = (attempt: number): ToolContext => ({
    ...createToolContext(env as never, objects, identity, run, { idempotencyKey: `audit/${calls}`, attempt }),
    project: personally,
    once,
    wholeResult: (cursor) => (cursor === 'tool/0/call' ? 'The whole result.' : undefined),
    program: { tools: ['read_file'], calls: new ReadingCalls(), startedAt: 1, seed: 'audit' },
    sendMessage: (...note) => {
      notes.push(note.join(' '));
    },
  });
  return [made(1), made(2), notes];
};

type Prepare = (branch: string) => Promise<void>;

interface Row {
  readonly effectClass: 'pure' | 'idempotent';
  readonly input: object;
  readonly prepare?: Prepare;
  /** What the tool's first answer says, so that no row passes by failing twice alike. */
  readonly says: string;
}

const changed: Prepare = async (branch) => {
  const changes = [{ path: 'src/value.ts', content: 'export const value = 2;\n' }];
  must(await repository().write({ commandId: `prepare-${branch}`, branch, fencingToken: 1, changes }));
};

const committed: Prepare = async (branch) => {
  await changed(branch);
  must(
    await repository().commit({ commandId: `commit-${branch}`, branch, fencingToken: 1, message: 'Change', author }),
  );
};

/** Moves main on, by a file that nobody else touches. */
const openAndMove = async (other: string): Promise<void> => {
  must(await repository().openBranch({ commandId: `open-${other}`, branch: other, from: 'main', fencingToken: 1 }));
  const changes = [{ path: `src/${other}.ts`, content: 'export {};\n' }];
  must(await repository().write({ commandId: `write-${other}`, branch: other, fencingToken: 1, changes }));
  must(
    await repository().commit({
      commandId: `commit-${other}`,
      branch: other,
      fencingToken: 1,
      message: 'Other',
      author,
    }),
  );
  must(
    await repository().merge({ commandId: `merge-${other}`, branch: other, into: 'main', message: 'Other', author }),
  );
};

/** main has moved on. */
const behind: Prepare = async (branch) => {
  await committed(branch);
  await openAndMove(`other-${branch.replace('/', '-')}`);
};

const deployed: Prepare = async () => {
  must(await project().deploy({ commandId: 'deploy-first', slot: 'preview' }));
};

const checked: Prepare = async () => {
  await deployed('');
  const checks = [{ criterion: 'counts', method: 'POST', path: '/', expectStatus: 200 }];
  must(await project().runChecks({ commandId: 'checks-first', slot: 'preview', checks }));
};

const task = {
  key: 'more',
  title: 'More',
  kind: 'implement',
  role: 'backend',
  description: 'More.',
  acceptanceCriteria: [],
  dependsOn: [],
  priority: 1,
  estimateMinutes: 1,
  paths: ['src/more.ts'],
};

const manifest = 'name: shop\nmembers: { a: { service: api } }\nroutes: [{ path: /, member: a }]';

const table: Readonly<Record<string, Row>> = {
  read_specification: { effectClass: 'pure', input: {}, says: 'A note has a title' },
  read_file: { effectClass: 'pure', input: { path: 'src/value.ts' }, says: 'value = 1' },
  list_files: { effectClass: 'pure', input: {}, says: 'src/value.ts' },
  search_files: { effectClass: 'pure', input: { text: 'value = 1' }, says: 'src/value.ts:1' },
  outline_code: { effectClass: 'pure', input: { prefix: 'src/' }, says: 'export constant value' },
  find_references: { effectClass: 'pure', input: { name: 'value' }, says: 'used src/value.test.ts:2' },
  find_impact: { effectClass: 'pure', input: { paths: ['src/value.ts'] }, says: 'test src/value.test.ts' },
  write_files: {
    effectClass: 'idempotent',
    input: { files: [{ path: 'src/new.ts', content: 'export {};\n' }] },
    says: 'Changed',
  },
  edit_file: {
    effectClass: 'idempotent',
    input: { path: 'src/value.ts', find: '= 1', replace: '= 3' },
    says: 'Changed',
  },
  apply_diff: {
    effectClass: 'idempotent',
    input: {
      diff: '--- a/src/value.ts\n+++ b/src/value.ts\n@@ -1 +1 @@\n-export const value = 1;\n+export const value = 3;\n',
    },
    says: 'Changed',
  },
  glob: { effectClass: 'pure', input: { pattern: '**/*.test.ts' }, says: 'src/value.test.ts' },
  grep: { effectClass: 'pure', input: { pattern: 'value = \\d' }, says: 'src/value.ts:1' },
  find_tools: { effectClass: 'pure', input: { query: 'apply a diff' }, says: 'apply_diff:' },
  read_more: { effectClass: 'pure', input: { cursor: 'tool/0/call@4' }, says: 'whole result' },
  run_program: {
    effectClass: 'idempotent',
    input: { code: "return await tools.read_file({ path: 'src/value.ts' });" },
    says: 'value = 1',
  },
  run_shell: {
    effectClass: 'idempotent',
    input: { script: "sed -i 's/= 1/= 3/' src/value.ts" },
    says: 'changed src/value.ts',
  },
  fetch_url: { effectClass: 'pure', input: { url: 'https://example.com/' }, says: 'not on the list of this project' },
  read_project: { effectClass: 'pure', input: {}, says: 'Notes: ' },
  read_budget: { effectClass: 'pure', input: {}, says: 'reserved' },
  read_health: { effectClass: 'pure', input: {}, says: 'sandbox: up' },
  read_run: { effectClass: 'pure', input: {}, says: 'run_' },
  delete_file: { effectClass: 'idempotent', input: { path: 'src/old.ts' }, says: 'Changed' },
  commit: { effectClass: 'idempotent', input: { message: 'Change' }, prepare: changed, says: 'Committed as' },
  update_branch: { effectClass: 'idempotent', input: {}, prepare: behind, says: 'Up to date at' },
  read_diff: { effectClass: 'pure', input: {}, prepare: committed, says: 'value = 2' },
  run_tests: { effectClass: 'pure', input: {}, says: '1 passed' },
  generate_tests: { effectClass: 'pure', input: { path: 'src/value.ts', limit: 5 }, says: 'worth keeping' },
  check_types: { effectClass: 'pure', input: {}, says: 'No type error' },
  deploy: { effectClass: 'idempotent', input: { slot: 'staging' }, says: 'is in the staging slot' },
  run_checks: {
    effectClass: 'idempotent',
    input: {
      slot: 'preview',
      checks: [
        { criterion: 'counts from nothing', method: 'POST', path: '/', expectStatus: 200, expectContains: '"count":1' },
      ],
    },
    prepare: deployed,
    says: '1 checks passed, 0 failed',
  },
  promote: {
    effectClass: 'idempotent',
    input: { from: 'preview', to: 'production' },
    prepare: checked,
    says: 'is in the production slot',
  },
  drive_app: {
    effectClass: 'idempotent',
    input: {
      steps: [
        { action: 'visit', path: '/' },
        { action: 'expect_text', text: '"count":0' },
      ],
    },
    prepare: deployed,
    says: 'there is',
  },
  read_measurements: { effectClass: 'pure', input: {}, says: 'measurements' },
  plan_composition: { effectClass: 'pure', input: { manifest }, says: 'bring up a' },
  compose_services: { effectClass: 'idempotent', input: { manifest }, says: 'shop is starting: 2 steps' },
  read_composition: { effectClass: 'pure', input: { name: 'nothing' }, says: 'There is no such composition' },
  find_services: {
    effectClass: 'pure',
    input: { name: 'aidevos-project' },
    says: 'aidevos-project/prj_',
  },
  send_message: { effectClass: 'idempotent', input: { recipient: '*', content: 'Hello' }, says: 'Sent' },
  submit_plan: { effectClass: 'pure', input: { summary: 's', tasks: [task] }, says: 'handed in' },
  submit_analysis: { effectClass: 'pure', input: { summary: 's', findings: [] }, says: 'handed in' },
  complete_task: { effectClass: 'pure', input: { summary: 's' }, prepare: committed, says: 'Handed in' },
  submit_advice: { effectClass: 'pure', input: { helpful: true, advice: 'a' }, says: 'handed in' },
  submit_vote: { effectClass: 'pure', input: { vote: 'approve', reason: 'r' }, says: 'cast' },
  submit_review: { effectClass: 'pure', input: { verdict: 'approve', comments: [] }, says: 'handed in' },
  submit_verdict: { effectClass: 'pure', input: { verdict: 'fail', reasons: ['r'] }, says: 'handed in' },
  submit_settlement: { effectClass: 'pure', input: { decision: 'ask_person', reason: 'r' }, says: 'handed in' },
  report_blocked: { effectClass: 'pure', input: { sentences: [{ sentence: 's', reason: 'r' }] }, says: 'blocked' },
};

const tools: ReadonlyMap<string, Tool> = new Map(
  [
    ...taskKinds.flatMap((kind) => toolsFor(kind, ['*'])),
    ...platformCards().flatMap(({ name }) => findTool(name, []) ?? []),
  ].map((tool) => [tool.name, tool] as const),
);

/** Everything outside of the caller that a tool could have changed. */
const outside = async (): Promise<unknown> => {
  const branches = await repository().branches();
  const logs = await Promise.all(
    branches.map(async ({ name }) => [name, must(await repository().log({ ref: name })).length]),
  );
  const events = must(await project().events({ after: 0, limit: 1_000 }));
  const slots = await sandbox().status(appName(workspaceId, projectId));
  const places = [...slots].map(({ slot, version, previousVersion }) => ({ slot, version, previousVersion }));
  const recorded = events.filter(
    ({ event }) => event.type === 'deployment.recorded' || event.type === 'measurement.recorded',
  );
  return { branches, logs, places, recorded: recorded.map(({ event }) => event) };
};

describe('the audit of effect classes', () => {
  it('covers every tool of the platform', () => {
    expect([...tools.keys()].toSorted()).toEqual(Object.keys(table).toSorted());
  });

  it.each(Object.entries(table))('%s', async (name, { effectClass, input, prepare, says }) => {
    const tool = tools.get(name)!;
    expect(tool.effectClass).toBe(effectClass);
    const [first, second, notes] = await contextsOf(prepare);
    const before = await outside();
    const answer = await tool.run(JSON.stringify(input), first);
    expect(answer.content).toMatch(says);
    const after = await outside();
    if (effectClass === 'pure') expect(after).toEqual(before);
    // What was written meanwhile by others must not matter to a repeat.
    const again = await tool.run(JSON.stringify(input), second);
    expect({ ...again, content: again.content.replaceAll(/\d+(\.\d+)? ms/g, '') }).toEqual({
      ...answer,
      content: answer.content.replaceAll(/\d+(\.\d+)? ms/g, ''),
    });
    expect(await outside()).toEqual(after);
    // Messages leave with the result of the step, so an attempt that was lost sent none.
    expect(notes).toHaveLength(name === 'send_message' ? 2 : 0);
  });
});

/** As after a crash between the effect of a release and its result: the intent is there, the result is not. */
const loseResult = (commandId: string): Promise<void> =>
  runInDurableObject(env.PROJECT.getByName(`${workspaceId}/project/${projectId}`), (_instance, state) => {
    state.storage.sql.exec(
      "UPDATE journal_step SET status = 'started', value = NULL, settled_told = 0 WHERE key = ?",
      `release/${commandId}`,
    );
  });

const versionIn = async (slot: string): Promise<string | undefined> =>
  (await sandbox().status(appName(workspaceId, projectId))).find((place) => place.slot === slot)?.version;

describe('a release whose result was lost', () => {
  it('is the deployment of the same commit, although main has moved on', async () => {
    const first = must(await project().deploy({ commandId: 'lost-1', slot: 'staging' }));
    await loseResult('lost-1');
    await openAndMove('moved-1');
    const again = must(await project().deploy({ commandId: 'lost-1', slot: 'staging' }));
    expect(again.version).toBe(first.version);
    expect(await versionIn('staging')).toBe(first.version);
  });

  it('goes back once, and not forth again', async () => {
    await openAndMove('moved-2');
    const old = await versionIn('staging');
    must(await project().deploy({ commandId: 'lost-2', slot: 'staging' }));
    expect(await versionIn('staging')).not.toBe(old);
    expect(must(await project().rollback({ commandId: 'lost-3', slot: 'staging' })).version).toBe(old);
    await loseResult('lost-3');
    expect(must(await project().rollback({ commandId: 'lost-3', slot: 'staging' })).version).toBe(old);
    expect(await versionIn('staging')).toBe(old);
  });
});
