import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BudgetLimits, ProjectBudget } from '../../shared/domain/budget/amounts.ts';
import type { ProjectId } from '../../shared/domain/ids.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectUsage } from '../../shared/rpc/usage.ts';
import { ScriptedProvider } from './scripted-provider.ts';
import { askAgain, kill, Stage, until, valueOf } from './stage.ts';

/** Of one call of `askAgain`. */
const callTokens = 1_100;
const callMicros = 4_500;

const dimensions = [
  { name: 'tokens', limits: { maxTokens: 5_000 }, dimension: 'tokens' },
  { name: 'money', limits: { maxCostMicros: 20_000 }, dimension: 'costMicros' },
  { name: 'steps', limits: { maxSteps: 9 }, dimension: 'steps' },
  { name: 'wall time', limits: { maxWallMs: 2_000 }, dimension: 'wallMs' },
] as const satisfies readonly { readonly limits: BudgetLimits; readonly [key: string]: unknown }[];

let stage: Stage;
let provider: ScriptedProvider;

beforeEach(async () => {
  stage = await Stage.create();
  // A runaway: whatever it is given, it asks for more.
  provider = new ScriptedProvider((index) => askAgain(index, { delayMs: 5 }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const exhaustions = (events: readonly ProjectEvent[]) =>
  events.flatMap((event) => (event.type === 'budget.exhausted' ? [event] : []));

const settled = (projectId: ProjectId): Promise<ProjectUsage> =>
  until(async () => {
    const { status } = valueOf(await stage.project(projectId).get());
    if (status === 'active') return undefined;
    const usage = valueOf(await stage.project(projectId).usage());
    return usage.reserved.tokens === 0 && usage.reserved.steps === 0 ? usage : undefined;
  });

const tokensOf = ({ inputTokens, outputTokens }: ProjectUsage): number => inputTokens + outputTokens;

/** The provider was not asked for more than the limit and one call. */
const expectWithin = (usage: ProjectUsage, limits: BudgetLimits, runs = 1): void => {
  expect(provider.calls.length).toBe(usage.answered);
  expect(tokensOf(usage)).toBeLessThan(((limits.maxTokens ?? Infinity) + callTokens) * runs);
  expect(usage.costMicros).toBeLessThan(((limits.maxCostMicros ?? Infinity) + callMicros) * runs);
  expect(usage.steps).toBeLessThanOrEqual((limits.maxSteps ?? Infinity) * runs);
};

describe.each(dimensions)('a limit of $name', ({ limits, dimension }) => {
  beforeEach(() => {
    // Slow enough that few calls fit into the time.
    if (dimension === 'wallMs') provider.play((index) => askAgain(index, { delayMs: 500 }));
  });

  it.each(['run', 'agent'] as const)(
    'of the %s ends the run of a runaway agent',
    { timeout: 60_000 },
    async (scope) => {
      const budget: ProjectBudget = { [scope]: limits };
      const projectId = await stage.start({ budget, maxAttempts: 1 });
      const usage = await settled(projectId);
      expectWithin(usage, limits);
      const view = valueOf(await stage.project(projectId).get());
      expect(view.status).toBe('failed');
      expect(view.reason).toContain(`The budget of the ${scope} is used up`);
      const [told] = exhaustions(await stage.events(projectId));
      expect(told).toMatchObject({ scope, dimension, limit: Object.values(limits)[0] });
      expect(told?.used).toBeGreaterThanOrEqual(told?.limit ?? 0);
    },
  );

  it('of the project pauses it, and with more it goes on where it stopped', { timeout: 60_000 }, async () => {
    const projectId = await stage.start({ budget: { project: limits } });
    const agentId = await stage.worker(projectId);
    const usage = await settled(projectId);
    expectWithin(usage, limits);
    const paused = valueOf(await stage.project(projectId).get());
    expect(paused).toMatchObject({ status: 'paused' });
    expect(paused.reason).toContain('The budget of the project is used up');
    expect(paused.reason).toContain('aidevos budget set');
    expect(exhaustions(await stage.events(projectId))).toMatchObject([{ scope: 'project', dimension, agentId }]);
    const run = valueOf(await stage.agent(agentId).get()).run;

    const calls = provider.calls.length;
    const budget = { project: { maxTokens: 13_200, maxWallMs: 600_000 } };
    const command = { commandId: 'raise', budget };
    const raised = valueOf(await stage.project(projectId).setBudget(command));
    expect(valueOf(await stage.project(projectId).setBudget(command)).budget).toEqual(raised.budget);
    valueOf(await stage.project(projectId).resume({ commandId: 'on' }));
    const more = await settled(projectId);
    expect(provider.calls.length).toBeGreaterThan(calls);
    expect(tokensOf(more)).toBeGreaterThanOrEqual(13_200);
    expect(tokensOf(more)).toBeLessThan(13_200 + callTokens);
    const later = valueOf(await stage.agent(agentId).get()).run;
    expect(later).toMatchObject({ runId: run?.runId, attempt: 1 });
    const answers = await stage.ledger(agentId);
    expect(answers.map(({ step }) => step)).toEqual(answers.map((_, index) => index));
    await stage.end(projectId);
  });

  it('of the workspace holds for all its projects together', { timeout: 60_000 }, async () => {
    valueOf(await stage.workspace().setBudget({ commandId: 'limit', limits }));
    const projects = await Promise.all([stage.start(), stage.start(), stage.start()]);
    const usages = await Promise.all(projects.map(settled));
    const total = {
      tokens: usages.reduce((sum, usage) => sum + tokensOf(usage), 0),
      costMicros: usages.reduce((sum, { costMicros }) => sum + costMicros, 0),
      steps: usages.reduce((sum, { steps }) => sum + steps, 0),
    };
    const bound: BudgetLimits = limits;
    expect(total.tokens).toBeLessThan((bound.maxTokens ?? Infinity) + callTokens);
    expect(total.costMicros).toBeLessThan((bound.maxCostMicros ?? Infinity) + callMicros);
    expect(total.steps).toBeLessThanOrEqual(bound.maxSteps ?? Infinity);
    for (const projectId of projects) {
      const view = valueOf(await stage.project(projectId).get());
      expect(view).toMatchObject({ status: 'paused' });
      expect(view.reason).toContain('The budget of the workspace is used up');
    }
    const seen = await until(async () => {
      const view = valueOf(await stage.workspace().budget());
      return view.used.tokens === total.tokens && view.reserved.tokens === 0 ? view : undefined;
    });
    expect(seen).toMatchObject({ limits, used: total });

    const calls = provider.calls.length;
    valueOf(await stage.workspace().setBudget({ commandId: 'more', limits: { maxTokens: total.tokens + 3_000 } }));
    for (const projectId of projects) valueOf(await stage.project(projectId).resume({ commandId: 'on' }));
    await Promise.all(projects.map(settled));
    expect(provider.calls.length).toBeGreaterThan(calls);
    expect(provider.calls.length).toBeLessThanOrEqual(calls + 3);
    await stage.end(...projects);
  });
});

describe('a budget', () => {
  it(
    'is kept under kills: what was interrupted counts, and the total exceeds it by less than one call',
    { timeout: 120_000 },
    async () => {
      const limits = { maxTokens: 20_000 };
      const text = 'x'.repeat(8_000);
      provider.play((index) => askAgain(index, { text, outputTokens: 2_000 }));
      provider.fallSilent((index) => (index % 2 === 0 ? 7 : undefined));
      const projectId = await stage.start({ budget: { project: limits } });
      const agentId = await stage.worker(projectId);
      let killed = 0;
      for (;;) {
        const { status } = valueOf(await stage.project(projectId).get());
        if (status === 'paused') break;
        if (provider.stalled > killed) {
          killed += 1;
          await kill();
          await stage.agent(agentId).get();
        }
        await scheduler.wait(5);
      }
      const usage = await settled(projectId);
      expect(killed).toBeGreaterThan(2);
      expect(usage.interrupted).toBe(killed);
      const ledger = await stage.ledger(agentId);
      const booked = ledger.reduce((sum, call) => sum + call.usage.inputTokens + call.usage.outputTokens, 0);
      expect(booked).toBe(tokensOf(usage));
      expect(booked).toBeGreaterThanOrEqual(limits.maxTokens);
      const largest = Math.max(...ledger.map((call) => call.usage.inputTokens + call.usage.outputTokens));
      expect(booked).toBeLessThan(limits.maxTokens + largest);
      await stage.end(projectId);
    },
  );

  it('in money is refused for a model whose price is not known', async () => {
    const refused = stage.start({ model: 'anthropic/claude-of-tomorrow', budget: { project: { maxCostMicros: 1 } } });
    await expect(refused).rejects.toThrow('the price of anthropic/claude-of-tomorrow is not known');
    const projectId = await stage.start({ model: 'anthropic/claude-of-tomorrow' });
    const budget = { run: { maxCostMicros: 5 } };
    const changed = await stage.project(projectId).setBudget({ commandId: 'money', budget });
    expect(changed).toMatchObject({
      ok: false,
      error: { type: 'request.invalid', issues: [{ field: 'budget.run.maxCostMicros' }] },
    });
    valueOf(await stage.workspace().setBudget({ commandId: 'money', limits: { maxCostMicros: 5_000 } }));
    const view = await until(async () => {
      const now = valueOf(await stage.project(projectId).get());
      return now.status === 'paused' ? now : undefined;
    });
    expect(view.reason).toContain('the price of anthropic/claude-of-tomorrow is not known');
    await stage.end(projectId);
  });

  it('that is lowered while an agent works stops it at its next call', { timeout: 60_000 }, async () => {
    const projectId = await stage.start();
    await until(() => (provider.calls.length > 3 ? true : undefined));
    valueOf(await stage.project(projectId).setBudget({ commandId: 'less', budget: { project: { maxTokens: 1 } } }));
    const usage = await settled(projectId);
    const { length } = provider.calls;
    expect(usage.answered).toBe(length);
    expect(valueOf(await stage.project(projectId).get()).status).toBe('paused');
    await stage.end(projectId);
  });
});
