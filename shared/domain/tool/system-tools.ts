/** What an agent or a person can see of the system itself: the project, its budget, its own run, and whether all parts answer. */
import { z } from 'zod';
import { defineOpenTool, defineTool, toolError } from './tool.ts';

const nothing = z.strictObject({});

export const readProject = defineOpenTool({
  name: 'read_project',
  description: 'Shows how the project stands: its status and stage, its tasks by status, what waits for whom.',
  parameters: nothing,
  effectClass: 'pure',
  capability: 'system',
  cost: 'low',
  run: async (_input, { overview }) => {
    const [view, tasks] = await Promise.all([overview.get(), overview.tasks()]);
    if (!view.ok) return toolError(view.error.detail);
    if (!tasks.ok) return toolError(tasks.error.detail);
    const { name, status, stage, revision } = view.value;
    const lines = tasks.value.map(
      (task) =>
        `${task.status.padEnd(10)} ${task.key} (${task.kind}, ${task.role}, attempt ${task.attempt})${task.waitingFor === undefined ? '' : `, waits for a ${task.waitingFor}`}`,
    );
    return { content: [`${name}: ${status}, stage ${stage}, revision ${revision}`, ...lines].join('\n') };
  },
});

export const readBudget = defineOpenTool({
  name: 'read_budget',
  description: 'Shows what the project and its agents have used of tokens, money, steps and time, and their limits.',
  parameters: nothing,
  effectClass: 'pure',
  capability: 'system',
  cost: 'low',
  run: async (_input, { overview }) => {
    const usage = await overview.usage();
    return usage.ok ? { content: JSON.stringify(usage.value, null, 2) } : toolError(usage.error.detail);
  },
});

export const readHealth = defineOpenTool({
  name: 'read_health',
  description: 'Asks the parts that tools depend on (repository, sandbox, toolchain, project) whether they answer now.',
  parameters: nothing,
  effectClass: 'pure',
  capability: 'system',
  cost: 'medium',
  run: async (_input, { repository, toolchain, sandbox, overview }) => {
    const probes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['project', () => overview.get()],
      ['repository', () => repository.branches()],
      ['sandbox', () => sandbox.ping()],
      ['toolchain', () => toolchain.check({})],
    ];
    const lines = await Promise.all(
      probes.map(async ([part, probe]) => {
        try {
          await probe();
          return `${part}: up`;
        } catch (error) {
          return `${part}: down (${error instanceof Error ? error.message : 'no reason given'})`;
        }
      }),
    );
    return { content: lines.join('\n'), isError: lines.some((line) => line.includes(': down')) };
  },
});

export const readRun = defineTool({
  name: 'read_run',
  description: 'Shows your own run so far: calls of the model and of tools, tokens, failures, and what you found.',
  parameters: nothing,
  effectClass: 'pure',
  capability: 'system',
  cost: 'low',
  run: (_input, { ownRun }) => ({ content: JSON.stringify(ownRun, null, 2) }),
});
