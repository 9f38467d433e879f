/** What a model is asked at a point of a run: a pure function of the run, so that a replay asks exactly the same. */
import type { ModelRequest } from '../../ports/model-client.ts';
import type { Role } from '../team/role.ts';
import { toolsOfRun } from '../tool/index.ts';
import { composeMessages, composeSystem } from './prompt.ts';
import type { Run } from './state.ts';

const maxOutputTokens = 32_000;

/** The request without its idempotency key. `model` is the name without its provider. */
export const composeRequest = (run: Run, role: Role, model: string): Omit<ModelRequest, 'idempotencyKey'> => ({
  model,
  system: composeSystem(role, run.assignment.context.projectName, run.assignment.context.instructions),
  messages: composeMessages(run),
  tools: toolsOfRun(run, role).map(({ definition }) => definition),
  maxOutputTokens,
});
