/** What a workspace makes of reports on its models: counted once, alarms raised and closed, ratings taken. */
import { abortAllDurableObjects, applyD1Migrations, env, runInDurableObject, type D1Migration } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../../shared/adapters/crypto/random-ids.ts';
import { noAmounts } from '../../shared/domain/budget/amounts.ts';
import type { QualityRow } from '../../shared/domain/model/quality/measures.ts';
import { addCounts, type QualityTotals } from '../../shared/domain/model/quality/totals.ts';
import type { WorkspaceRpc } from '../../shared/rpc/workspace-access.ts';
import type { QualityAlarm } from '../../shared/rpc/workspace-quality.ts';
import { objectName, workspaceStub, type ObjectBindings } from '../stubs.ts';

// SAFETY: `testing/wrangler.toml` has these bindings.
const bindings = env as unknown as Pick<ObjectBindings, 'WORKSPACE' | 'PROJECT'> & {
  readonly DIRECTORY: D1Database;
  readonly TEST_MIGRATIONS: D1Migration[];
};
const ids = createRandomIds(systemClock);

beforeAll(async () => {
  await applyD1Migrations(bindings.DIRECTORY, bindings.TEST_MIGRATIONS);
});

const scope = { model: 'openai/a', role: 'client', taskKind: 'chat' };
const row = (trials: number, total: number, more: Partial<QualityRow> = {}): QualityRow => ({
  ...scope,
  measure: 'schema',
  trials,
  total,
  ...more,
});

/** A workspace, and a report of one isolate to it. */
const create = async () => {
  const workspaceId = ids.create('wsp');
  const workspace = (): WorkspaceRpc => workspaceStub(bindings, workspaceId);
  const firstKey = { keyId: ids.create('key'), name: 'owner', role: 'owner' as const, hash: 'ab'.repeat(32) };
  await workspace().create({ commandId: 'c', workspaceId, name: 'team', firstKey });
  let batch = 0;
  const report = async (quality: readonly QualityRow[], answers: readonly string[] = []) => {
    batch += 1;
    const sent = {
      holderId: 'isolate-a',
      batch,
      revision: batch,
      used: noAmounts,
      hold: noAmounts,
      rows: [],
      quality,
      answers: answers.map((responseId) => ({ ...scope, responseId })),
    };
    const reply = await workspace().reportCalls(sent);
    // An answer that was lost on the way is asked for again.
    expect(await workspace().reportCalls(sent)).toEqual(reply);
    return reply.ok ? reply.value.qualityFactors : {};
  };
  return { workspaceId, workspace, report };
};

const countsOf = async (workspace: () => WorkspaceRpc, more: object = {}) => {
  const page = await workspace().modelQuality({ since: 0, after: '', limit: 50, ...more });
  return page.ok ? Object.fromEntries(page.value.models.map(({ model, counts }) => [model, counts])) : page;
};

const alarmsOf = async (workspace: () => WorkspaceRpc): Promise<readonly QualityAlarm[]> => {
  const alarms = await workspace().qualityAlarms({ status: 'all', limit: 50 });
  return alarms.ok ? alarms.value : [];
};

const good = row(20, 0);
const bad = row(20, 18);

describe('what isolates report', () => {
  it('is counted once, by model, role, kind and time, also when it is told again after a kill', async () => {
    const { workspace, report } = await create();
    expect(await countsOf(workspace)).toEqual({});
    await report([row(3, 1), row(2, 0, { taskKind: 'messages' }), row(4, 8, { measure: 'duration' })]);
    await abortAllDurableObjects();
    await report([row(1, 1, { model: 'openai/b', role: 'architect' })]);
    const first = { schema: { trials: 5, total: 1 }, duration: { trials: 4, total: 8 } };
    const second = { schema: { trials: 1, total: 1 } };
    expect(await countsOf(workspace)).toEqual({ 'openai/a': first, 'openai/b': second });
    expect(await countsOf(workspace, { role: 'architect' })).toEqual({ 'openai/b': second });
    expect(await countsOf(workspace, { taskKind: 'messages' })).toEqual({
      'openai/a': { schema: { trials: 2, total: 0 } },
    });
    expect(await countsOf(workspace, { since: Date.now() + 3_600_000 })).toEqual({});
    const detail = await workspace().modelQualityOf({ model: 'openai/a', since: 0 });
    expect(detail).toMatchObject({
      ok: true,
      value: {
        parts: [
          { role: 'client', taskKind: 'chat' },
          { role: 'client', taskKind: 'messages' },
        ],
      },
    });
    expect(await workspace().modelQualityOf({ model: 'openai/x', since: 0 })).toMatchObject({
      ok: false,
      error: { type: 'resource.not_found' },
    });
  });

  it('comes in pages', async () => {
    const { workspace, report } = await create();
    await report(['c', 'a', 'b'].map((name) => row(1, 0, { model: `openai/${name}` })));
    const names: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await workspace().modelQuality({ since: 0, after, limit: 2 });
      if (!page.ok) throw new Error(page.error.detail);
      names.push(...page.value.models.map(({ model }) => model));
      after = page.value.next;
    }
    expect(names).toEqual(['openai/a', 'openai/b', 'openai/c']);
  });
});

describe('what a project tells', () => {
  it('are totals, of which the growth is counted once, whatever is lost, repeated or late', async () => {
    const { workspace } = await create();
    const projectId = ids.create('prj');
    const of = { model: 'openai/a', role: 'backend', taskKind: 'implement' };
    const told = (trials: number, total: number): QualityTotals => addCounts({}, of, { review: { trials, total } });
    const tell = (revision: number, quality: QualityTotals) =>
      workspace().reportUsage({ projectId, revision, used: noAmounts, hold: noAmounts, quality });
    await tell(1, told(1, 0));
    await tell(3, told(5, 2));
    await tell(2, told(3, 1));
    await tell(3, told(5, 2));
    expect(await countsOf(workspace)).toEqual({ 'openai/a': { review: { trials: 5, total: 2 } } });
  });
});

describe('a model that becomes worse', () => {
  it('raises one alarm, counts less in selection, and is well again when its figures return', async () => {
    const { workspace, report } = await create();
    for (let block = 0; block < 4; block += 1) await report([good]);
    expect(await alarmsOf(workspace)).toEqual([]);
    const before = (await report([good]))['openai/a'] ?? 0;
    const after = (await report([bad]))['openai/a'] ?? 0;
    expect(before).toBeGreaterThan(1);
    expect(after).toBeLessThan(0.75);
    expect(await alarmsOf(workspace)).toMatchObject([
      {
        model: 'openai/a',
        measure: 'schema',
        status: 'open',
        recent: { trials: 20, misses: 18 },
        baseline: { trials: 100 },
      },
    ]);
    await report([bad]);
    const lowest = (await report([bad]))['openai/a'] ?? 0;
    expect(lowest).toBeLessThan(after);
    await abortAllDurableObjects();
    expect(await alarmsOf(workspace)).toHaveLength(1);
    await report([good]);
    expect(await alarmsOf(workspace)).toMatchObject([{ status: 'open' }]);
    const healed = (await report([good]))['openai/a'] ?? 0;
    expect(healed).toBeGreaterThan(1);
    expect(await alarmsOf(workspace)).toMatchObject([{ status: 'closed', closedBy: 'figures' }]);
    const standing = await workspace().qualityAlarms({ status: 'standing', limit: 10 });
    expect(standing).toEqual({ ok: true, value: [] });
  });

  it('is acknowledged by a person, who can take it as the new normal', async () => {
    const { workspace, report } = await create();
    for (const block of [good, good, good, bad]) await report([block]);
    const [alarm] = await alarmsOf(workspace);
    const alarmId = alarm?.alarmId ?? '';
    const ack = { commandId: 'a', alarmId, by: 'person:k', note: 'asked the provider', accept: false };
    const acknowledged = await workspace().acknowledgeAlarm(ack);
    expect(acknowledged).toMatchObject({ ok: true, value: { status: 'acknowledged', note: 'asked the provider' } });
    expect(await workspace().acknowledgeAlarm(ack)).toEqual(acknowledged);
    await report([bad]);
    expect(await alarmsOf(workspace)).toHaveLength(1);
    const accepted = await workspace().acknowledgeAlarm({ ...ack, commandId: 'b', accept: true });
    expect(accepted).toMatchObject({ ok: true, value: { status: 'closed', closedBy: 'person' } });
    for (let block = 0; block < 5; block += 1) await report([bad]);
    expect(await alarmsOf(workspace)).toHaveLength(1);
    const unknown = await workspace().acknowledgeAlarm({ ...ack, commandId: 'd', alarmId: ids.create('alm') });
    expect(unknown).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
  });
});

describe('a rating', () => {
  const rate = (workspace: () => WorkspaceRpc, responseId: string, rating: number, by = 'person:k') =>
    workspace().giveFeedback({
      commandId: ids.create('cmd'),
      subject: { type: 'answer', responseId },
      rating,
      by,
    });

  it('of an answer counts for its model, once for each person', async () => {
    const { workspace, report } = await create();
    await report([], ['chatcmpl-1', 'chatcmpl-2']);
    expect(await rate(workspace, 'chatcmpl-1', 0.25)).toMatchObject({
      ok: true,
      value: { subject: 'chatcmpl-1', rating: 0.25, models: ['openai/a'] },
    });
    expect(await rate(workspace, 'chatcmpl-1', 1)).toMatchObject({ ok: false, error: { type: 'resource.conflict' } });
    expect(await rate(workspace, 'chatcmpl-1', 1, 'person:other')).toMatchObject({ ok: true });
    expect(await rate(workspace, 'chatcmpl-3', 1)).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
    expect(await countsOf(workspace)).toEqual({ 'openai/a': { feedback: { trials: 2, total: 0.75 } } });
    const listed = await workspace().feedback({ limit: 10 });
    expect(listed.ok ? listed.value.map(({ rating }) => rating) : []).toEqual([1, 0.25]);
  });

  it('cannot be given for an answer of long ago', async () => {
    const { workspace, workspaceId, report } = await create();
    await report([], ['old']);
    const stub = bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec('UPDATE answered_call SET answered_at = answered_at - ?', 8 * 86_400_000);
    });
    expect(await rate(workspace, 'old', 1)).toMatchObject({ ok: false, error: { type: 'resource.not_found' } });
  });
});

it('keeps no more than it can, whatever names callers make up', async () => {
  const { workspaceId, workspace, report } = await create();
  for (let block = 0; block < 6; block += 1) {
    const names = Array.from({ length: 1_000 }, (_, index) => `openai/${block}-${index}`);
    await report(names.map((model) => row(1, 0, { model })));
  }
  const stub = bindings.WORKSPACE.getByName(objectName(workspaceId, 'workspace', workspaceId));
  const count = (table: string): Promise<unknown> =>
    runInDurableObject(
      stub,
      (_, { storage }) => storage.sql.exec(`SELECT COUNT(*) AS count FROM ${table}`).one().count,
    );
  expect([await count('model_quality'), await count('model_drift')]).toEqual([5_000, 5_000]);
  expect(Object.keys(await countsOf(workspace))).toHaveLength(50);
});
