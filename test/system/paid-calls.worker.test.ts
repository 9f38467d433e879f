import { env, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelCallView } from '../../shared/rpc/agent.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import { askAgain, kill, Stage, until, valueOf } from './stage.ts';

const text = Array.from({ length: 8_000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
const readOn = (index: number) => askAgain(index, { text, outputTokens: 2_000 });

let stage: Stage;
const start = async () => {
  const projectId = await stage.start();
  return { projectId, agentId: await stage.worker(projectId) };
};

const keyOf = ({ runId, step }: ModelCallView): string => `${runId}/${step}`;

beforeAll(async () => {
  stage = await Stage.create();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('model calls under kills', () => {
  it('are each in the ledger, keep what had arrived, and are completed once', { timeout: 240_000 }, async () => {
    const kills = 50;
    const provider = new ScriptedProvider(readOn);
    // Each call is cut twice, at changing places, and answered the third time.
    provider.fallSilent((index) => (index % 3 === 2 || index >= (kills / 2) * 3 ? undefined : (index * 7) % 20));
    const { projectId, agentId } = await start();
    for (let killed = 0; killed < kills; killed += 1) {
      await until(() => (provider.stalled > killed ? true : undefined));
      await kill();
      await stage.agent(agentId).get();
    }
    const ledger = await until(async () => {
      const calls = await stage.ledger(agentId);
      return calls.filter(({ status }) => status === 'answered').length >= kills / 2 + 2 ? calls : undefined;
    });
    await stage.end(projectId);

    const interrupted = ledger.filter(({ status }) => status === 'interrupted');
    expect(interrupted).toHaveLength(kills);
    expect(ledger.length).toBeGreaterThanOrEqual(provider.calls.length - 1);
    const answered = ledger.filter(({ status }) => status === 'answered').map(keyOf);
    expect(new Set(answered).size).toBe(answered.length);
    for (const call of interrupted) {
      expect(answered).toContain(keyOf(call));
      expect(call.usage.inputTokens).toBeGreaterThan(0);
      expect(call.costMicros).toBeGreaterThan(0);
    }
    // The provider sees one key for each step, whatever the attempt.
    const upstream = provider.calls.slice(0, ledger.length);
    for (const [index, call] of ledger.entries()) {
      expect(upstream[index]?.idempotencyKey).toContain(`${call.runId}/model/${call.step}`);
      if (call.status !== 'interrupted') continue;
      const kept = call.partial?.text ?? '';
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length).toBeGreaterThan((upstream[index]?.sent ?? 0) - 2_500);
    }
    const told = (await stage.events(projectId)).filter(
      (event) => event.type === 'task.progressed' && event.activity.type === 'call_interrupted',
    );
    expect(told).toHaveLength(kills);
  });

  it('are not made again when the whole answer had arrived', { timeout: 60_000 }, async () => {
    const provider = new ScriptedProvider(readOn);
    provider.fallSilent((index) => (index === 0 ? 6 : undefined));
    const { projectId, agentId } = await start();
    await until(() => (provider.stalled === 1 ? true : undefined));
    await runInDurableObject(env.AGENT.getByName(`${stage.workspaceId}/agent/${agentId}`), (_object, { storage }) => {
      const rest = [
        { type: 'text_delta', text: ' and the rest' },
        { type: 'tool_call_started', index: 1, id: 'c', name: 'read_specification' },
        { type: 'tool_call_delta', index: 1, argumentsText: '{}' },
        { type: 'usage', usage: { inputTokens: 7, outputTokens: 8, cachedInputTokens: 0 } },
        { type: 'finished', stopReason: 'tool_calls' },
      ];
      storage.sql.exec('INSERT INTO model_call_part (call, part, events) VALUES (1, 99, ?)', JSON.stringify(rest));
    });
    await kill();
    const first = await until(async () => {
      const calls = await stage.ledger(agentId);
      return calls.length > 2 ? calls[0] : undefined;
    });
    await stage.end(projectId);
    expect(first).toMatchObject({
      status: 'answered',
      step: 0,
      attempt: 1,
      usage: { inputTokens: 7, outputTokens: 8 },
    });
    const keys = provider.calls.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys.filter((key) => key.endsWith('/model/0'))).toHaveLength(1);
  });

  it('of a cancelled run are booked and change nothing else', { timeout: 60_000 }, async () => {
    const provider = new ScriptedProvider(readOn);
    provider.fallSilent((index) => (index === 1 ? 15 : undefined));
    const { projectId, agentId } = await start();
    await until(() => (provider.stalled === 1 ? true : undefined));
    await stage.end(projectId);
    const cut = await until(async () => {
      const call = (await stage.ledger(agentId))[1];
      return call?.status === 'started' ? undefined : call;
    });
    expect(cut).toMatchObject({ status: 'failed', estimated: true });
    // The prefix that the next call repeats is marked for the provider's cache.
    const marked = { cache_control: { type: 'ephemeral' } };
    for (const { body } of provider.calls) {
      const { system, tools, messages }: Record<string, readonly { content?: unknown[] }[]> = JSON.parse(body);
      expect([system?.at(-1), tools?.at(-1), messages?.at(-1)?.content?.at(-1)]).toMatchObject([
        marked,
        marked,
        marked,
      ]);
    }
    expect(cut?.usage.outputTokens).toBeGreaterThan(1_000);
    const events = valueOf(await stage.agent(agentId).events({ after: 0, limit: 100 }));
    const types = events.map(({ event }) => event.type);
    expect(types.slice(types.indexOf('run.cancelled') + 1)).toEqual(['message.received']);
    const usage = await until(async () => {
      const answer = valueOf(await stage.project(projectId).usage());
      return answer.failed === 1 ? answer : undefined;
    });
    expect(usage).toMatchObject({ answered: 1, failed: 1, reserved: { tokens: 0 } });
  });
});
