import type { z } from '@hono/zod-openapi';
import type { BudgetLimits, ProjectBudget } from '../../shared/domain/budget/amounts.ts';
import type { budgetLimitsSchema, projectBudgetSchema } from '../../shared/schemas/budget.ts';
import { withoutUndefined } from './without-undefined.ts';

type Body = z.infer<typeof projectBudgetSchema>;

const limitsOf = (limits: z.infer<typeof budgetLimitsSchema> | undefined): BudgetLimits | undefined =>
  limits === undefined ? undefined : withoutUndefined(limits);

/** A budget from a body, as the objects take it: a limit is there or absent. */
export const budgetOf = ({ run, agent, project }: Body): ProjectBudget =>
  withoutUndefined({ run: limitsOf(run), agent: limitsOf(agent), project: limitsOf(project) });
