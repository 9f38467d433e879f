/** What calls of `/v1` cost: the ledger, the budget, and what happens to both when something breaks off. */
import { beforeAll, describe, expect, it } from 'vitest';
import { workspaceStub } from '../../../durable-objects/stubs.ts';
import { noApiCalls } from '../../../shared/domain/budget/api-calls.ts';
import { noAmounts, type BudgetLimits } from '../../../shared/domain/budget/amounts.ts';
import { readModelAccounts } from '../../../shared/adapters/models/index.ts';
import { testCreateClock } from '../../../shared/ports/clock.ts';
import type { WorkspaceBudget } from '../../../shared/rpc/usage.ts';
import type { ApiUsage } from '../../../shared/rpc/workspace-calls.ts';
import { createChatModels } from '../chat-models.ts';
import { knownMs } from '../model-calls/account.ts';
import type { Services } from '../services.ts';
import { countedWorkspaces } from '../testing/counted-workspace.ts';
import {
  bindings,
  createGateway,
  createWorkspace,
  prepareDirectory,
  type Gateway,
  type TestWorkspace,
} from '../testing/harness.ts';
import { readError, readStream } from '../testing/openai-answers.ts';

const chatModels = createChatModels({
  accounts: readModelAccounts(bindings),
  guard: { protect: (client) => client },
  names: [],
});

const newGateway = (replaced: Partial<Services> = {}, variables: Record<string, string> = {}): Gateway =>
  createGateway({ chatModels, ...replaced }, variables);

const operator = newGateway();
let workspace: TestWorkspace;

beforeAll(async () => {
  await prepareDirectory();
  workspace = await createWorkspace(operator);
});

const messages = [{ role: 'user', content: 'a secret question' }];
/** What the scripted providers say of each answer. */
const callTokens = 22;

const ask = (gateway: Gateway, { ownerKey }: TestWorkspace, model: string, more: object = {}): Promise<Response> =>
  gateway.send('/v1/chat/completions', {
    key: ownerKey,
    json: { model, messages, max_completion_tokens: 100, ...more },
  });

const usageOf = async ({ workspaceId, ownerKey }: TestWorkspace): Promise<ApiUsage> =>
  await (await operator.send(`/api/workspaces/${workspaceId}/usage`, { key: ownerKey })).json();

const budgetOf = async ({ workspaceId, ownerKey }: TestWorkspace): Promise<WorkspaceBudget> =>
  await (await operator.send(`/api/workspaces/${workspaceId}/budget`, { key: ownerKey })).json();

const limit = async ({ workspaceId, ownerKey }: TestWorkspace, json: BudgetLimits): Promise<void> => {
  const path = `/api/workspaces/${workspaceId}/budget`;
  expect((await operator.send(path, { key: ownerKey, method: 'PUT', json })).status).toBe(200);
};

describe('the ledger', () => {
  it('has every call by model, key and day, with its tokens and its price', async () => {
    const own = await createWorkspace(operator);
    const gateway = newGateway();
    for (const model of ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5', 'openai/unheard-of']) {
      expect((await ask(gateway, own, model)).status).toBe(200);
      await (await ask(gateway, own, model, { stream: true })).text();
    }
    expect((await ask(gateway, own, 'openai/rate-limited')).status).toBe(429);
    await gateway.settle();
    const usage = await usageOf(own);
    const tokens = { inputTokens: 24, cachedInputTokens: 8, outputTokens: 20, estimated: 0, failed: 0 };
    const byName = Object.fromEntries(usage.models.map(({ model, ...totals }) => [model, totals]));
    expect(byName['openai/gpt-4o']).toMatchObject({ requests: 2, ...tokens, costMicros: 250, unpricedTokens: 0 });
    expect(byName['anthropic/claude-sonnet-4-5']).toMatchObject({ requests: 2, ...tokens, costMicros: 352 });
    expect(byName['openai/unheard-of']).toMatchObject({ requests: 2, costMicros: 0, unpricedTokens: 44 });
    expect(byName['openai/rate-limited']).toMatchObject({ requests: 1, failed: 1, inputTokens: 0, estimated: 0 });
    expect(usage.totals).toMatchObject({ requests: 7, failed: 1, costMicros: 602, estimatedCostMicros: 0 });
    expect([usage.keys.length, usage.days.length]).toEqual([1, 1]);
    expect((await budgetOf(own)).used).toEqual({ tokens: 6 * callTokens, costMicros: 602, steps: 7 });
    expect((await usageOf(workspace)).totals.requests).toBe(0);
  });

  it('is one line in the log for each call, without what was said', async () => {
    const gateway = newGateway();
    const answer = await ask(gateway, workspace, 'openai/gpt-4o', { stream: true });
    await answer.text();
    const lines = gateway.log.filter(({ message }) => message === 'model call');
    expect(lines).toMatchObject([
      {
        level: 'info',
        requestId: answer.headers.get('x-request-id'),
        fields: {
          model: 'openai/gpt-4o',
          wire: 'chat',
          streamed: true,
          status: 'answered',
          inputTokens: 12,
          costMicros: 125,
        },
      },
    ]);
    expect(JSON.stringify(gateway.log)).not.toMatch(/secret question|one two/);
    await gateway.settle();
  });

  it('shows a stream without its usage to a client that did not ask, and with it to one that did', async () => {
    const gateway = newGateway();
    const plain = await readStream(await ask(gateway, workspace, 'openai/gpt-4o', { stream: true }));
    expect(plain.chunks.every(({ choices, usage }) => choices.length === 1 && !usage)).toBe(true);
    const stream_options = { include_usage: true };
    const asked = await readStream(await ask(gateway, workspace, 'openai/gpt-4o', { stream: true, stream_options }));
    expect(asked.chunks.at(-1)?.usage?.prompt_tokens).toBe(12);
    await gateway.settle();
  });

  it('adds up 10,000 calls, and a repeated report adds none', async () => {
    const { workspaceId } = await createWorkspace(operator);
    const stub = workspaceStub(bindings, workspaceId);
    const row = (index: number) => ({
      ...noApiCalls,
      day: `2026-10-${String((index % 31) + 1).padStart(2, '0')}`,
      keyId: `key_${index % 7}`,
      model: `openai/m${index}`,
      requests: 1,
      costMicros: index,
    });
    for (let batch = 1; batch <= 20; batch += 1) {
      const rows = Array.from({ length: 500 }, (_, index) => row((batch - 1) * 500 + index));
      const report = {
        holderId: 'isolate-a',
        batch,
        rows,
        revision: batch,
        used: noAmounts,
        hold: noAmounts,
        credentialUses: [],
      };
      await stub.reportCalls(report);
      await stub.reportCalls(report);
    }
    const usage = await stub.apiUsage({ from: '2026-10-01', to: '2026-10-31' });
    if (!usage.ok) throw new Error(usage.error.detail);
    expect(usage.value.totals).toMatchObject({ requests: 10_000, costMicros: (9_999 * 10_000) / 2 });
    expect([usage.value.models.length, usage.value.keys.length, usage.value.days.length]).toEqual([1_000, 7, 31]);
    expect(usage.value.models[0]).toMatchObject({ model: 'openai/m9999' });
  });
});

describe('a client that leaves', () => {
  it.each(['openai/silent', 'anthropic/silent'])('in the middle of %s pays an estimate', async (model) => {
    const own = await createWorkspace(operator);
    const gateway = newGateway();
    const answer = await ask(gateway, own, model, { stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await gateway.settle();
    const { totals } = await usageOf(own);
    expect(totals).toMatchObject({ requests: 1, cancelled: 1, failed: 0, estimated: 1 });
    expect(totals.inputTokens).toBeGreaterThan(10);
    expect((await budgetOf(own)).api.reserved).toEqual(noAmounts);
  });

  it.each([
    ['openai/never', false],
    ['openai/never', true],
    ['anthropic/never', false],
  ])('before anything of %s has come ends the call (streamed: %s)', async (model, stream) => {
    const own = await createWorkspace(operator);
    const gateway = newGateway();
    const hangUp = new AbortController();
    const pending = gateway.send('/v1/chat/completions', {
      key: own.ownerKey,
      json: { model, messages, max_completion_tokens: 100, stream },
      signal: hangUp.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    hangUp.abort();
    expect((await pending).status).toBe(499);
    await gateway.settle();
    expect((await usageOf(own)).totals).toMatchObject({ requests: 1, cancelled: 1, estimated: 1 });
  });

  it('is told apart from a stream that is cut, which pays an estimate too', async () => {
    const own = await createWorkspace(operator);
    const gateway = newGateway();
    for (const model of ['openai/cut', 'anthropic/cut'])
      await (await ask(gateway, own, model, { stream: true })).text();
    await gateway.settle();
    expect((await usageOf(own)).totals).toMatchObject({ requests: 2, cancelled: 0, failed: 2, estimated: 2 });
  });
});

describe('a budget', () => {
  it('costs no question before the call where nothing is limited', async () => {
    const called: string[] = [];
    const gateway = newGateway({ objects: countedWorkspaces(called) });
    expect((await ask(gateway, workspace, 'openai/gpt-4o')).status).toBe(200);
    expect(called.filter((name) => name === 'extendCallGrant')).toHaveLength(1);
    called.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => ask(gateway, workspace, 'openai/gpt-4o')));
    expect(called.filter((name) => name === 'extendCallGrant')).toHaveLength(0);
    await gateway.settle();
    expect(called.filter((name) => name === 'reportCalls').length).toBeLessThan(10);
  });

  it.each([1, 100, 3_000])('of %i tokens is hard under 50 calls at once', async (maxTokens) => {
    const own = await createWorkspace(operator);
    await limit(own, { maxTokens });
    const gateways = [newGateway(), newGateway()];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(gateways[index % 2] ?? operator, own, 'openai/gpt-4o')),
    );
    const made = answers.filter(({ status }) => status === 200).length;
    expect(made).toBeGreaterThan(0);
    expect(made * callTokens).toBeLessThan(maxTokens + callTokens);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer.status).toBe(429);
      expect(await readError(answer)).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' });
    }
    for (const gateway of gateways) await gateway.settle();
    const budget = await budgetOf(own);
    expect(budget.used).toMatchObject({ tokens: made * callTokens, steps: made });
    expect(budget.api).toEqual({ used: budget.used, reserved: noAmounts });
  });

  it('that is set while calls are made holds after the time that is promised', async () => {
    const own = await createWorkspace(operator);
    const clock = testCreateClock(Date.now());
    const gateway = newGateway({ clock });
    expect((await ask(gateway, own, 'openai/gpt-4o')).status).toBe(200);
    await gateway.settle();
    await limit(own, { maxTokens: 1 });
    clock.advance(knownMs);
    const refused = await ask(gateway, own, 'openai/gpt-4o');
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect((await readError(refused)).message).toContain(
      'The budget of the workspace is used up: 22 tokens of 1 tokens',
    );
    await limit(own, {});
    clock.advance(knownMs);
    expect((await ask(gateway, own, 'openai/gpt-4o')).status).toBe(200);
  });

  it('in money refuses a model whose price nobody knows, also after one whose price is known', async () => {
    const own = await createWorkspace(operator);
    await limit(own, { maxCostMicros: 1_000_000 });
    const gateway = newGateway();
    expect((await ask(gateway, own, 'openai/gpt-4o')).status).toBe(200);
    const refused = await ask(gateway, own, 'openai/unheard-of');
    expect((await readError(refused)).message).toContain('the price of openai/unheard-of is not known');
    expect((await ask(gateway, own, 'offline/engineer')).status).toBe(200);
    await gateway.settle();
  });

  it('is not lost with an isolate: what that one was given stays taken, and the rest is there for others', async () => {
    const own = await createWorkspace(operator);
    await limit(own, { maxTokens: 3_000 });
    const dead = newGateway();
    const answer = await ask(dead, own, 'openai/silent', { stream: true });
    const reader = answer.body?.getReader();
    await reader?.read();
    // Nothing of that isolate is ever heard again.
    const { remaining, api } = await budgetOf(own);
    expect(api.reserved.tokens).toBeGreaterThan(1_000);
    const next = newGateway();
    expect((await ask(next, own, 'openai/gpt-4o')).status).toBe(200);
    await next.settle();
    expect((await budgetOf(own)).remaining.tokens).toBe((remaining.tokens ?? 0) - callTokens);
    const large = await ask(next, own, 'openai/gpt-4o', { max_completion_tokens: 5_000 });
    expect(large.status).toBe(200);
    await next.settle();
    await reader?.cancel();
    await dead.settle();
    const after = await budgetOf(own);
    expect(after.api.reserved).toEqual(noAmounts);
    expect(after.used.steps).toBe(3);
  });
});
