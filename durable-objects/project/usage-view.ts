/** The project's use of its budget, as people see it. */
import { subtractAmounts } from '../../shared/domain/budget/amounts.ts';
import { committedOf, newHolder, standingOf, type HolderRow } from '../../shared/domain/budget/giver.ts';
import { remainingOf } from '../../shared/domain/budget/remaining.ts';
import { addTotals, noCalls, type CallTotals, type ModelTotals } from '../../shared/domain/budget/usage.ts';
import type { QualityTotals } from '../../shared/domain/model/quality/totals.ts';
import type { ProjectState } from '../../shared/domain/project/state.ts';
import { activeMs } from '../../shared/domain/project/views.ts';
import type { ProjectUsage } from '../../shared/rpc/usage.ts';

export interface AgentAccount extends HolderRow {
  readonly models: ModelTotals;
  readonly quality: QualityTotals;
}

const sumModels = (models: ModelTotals): CallTotals => Object.values(models).reduce(addTotals, noCalls);

const mergeModels = (all: readonly ModelTotals[]): ModelTotals => {
  const merged: Record<string, CallTotals> = {};
  for (const [model, totals] of all.flatMap((models) => Object.entries(models))) {
    merged[model] = addTotals(merged[model] ?? noCalls, totals);
  }
  return merged;
};

/** Undefined for a project that does not exist. */
export const viewUsage = (
  state: ProjectState,
  accounts: Readonly<Record<string, AgentAccount>>,
  now: number,
): ProjectUsage | undefined => {
  const { identity, budget = {} } = state;
  if (identity === undefined) return undefined;
  const wallMs = activeMs(state, now);
  const { used, committed } = standingOf(accounts);
  const models = mergeModels(Object.values(accounts).map((account) => account.models));
  return {
    projectId: identity.projectId,
    ...sumModels(models),
    steps: used.steps,
    reserved: subtractAmounts(committed, used),
    wallMs,
    agents: state.agents.map(({ agentId, name, role }) => {
      const account = accounts[agentId] ?? { ...newHolder, models: {}, quality: {} };
      const reserved = subtractAmounts(committedOf(account), account.used);
      return { agentId, name, role, ...sumModels(account.models), steps: account.used.steps, reserved };
    }),
    models: Object.entries(models).map(([model, totals]) => ({ model, ...totals })),
    budget,
    remaining: remainingOf(budget.project ?? {}, committed, wallMs),
  };
};
