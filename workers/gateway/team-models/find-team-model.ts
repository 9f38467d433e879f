/**
 * `team`, `team/<project>`, `agent/<agent>` and `role/<role>` as models. What belongs to another workspace is not
 * found, in the same words as what is not there.
 */
import { z } from 'zod';
import { isAllowed, type Action } from '../../../shared/domain/access/policy.ts';
import { resolveAlias } from '../../../shared/domain/model/aliases.ts';
import { parseTeamModelName, type TeamModelName } from '../../../shared/domain/team-chat/model-names.ts';
import type { AgentId } from '../../../shared/domain/ids.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { ModelClient } from '../../../shared/ports/model-client.ts';
import { fromAppError } from '../../../shared/protocol/openai/app-error.ts';
import { invalidValue, type OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import { idSchema } from '../../../shared/schemas/ids.ts';
import type { AppContext } from '../app-environment.ts';
import type { TranslatedModel } from '../chat-models.ts';
import type { AskedModel, Route } from '../model-routes/asked-model.ts';
import { routeModel } from '../model-routes/route-model.ts';
import { askAgent, checkProject } from '../project-access.ts';
import { teamCapabilities } from './capabilities.ts';
import { createAgentClient, createRoleClient } from './consultation-client.ts';
import { isMissing } from './project-desk.ts';
import { createTeamClient, type TeamCall } from './team-client.ts';

/** How long one stream follows a project, in milliseconds; what happens later is told by the next. */
const longestStreamMs = 3_600_000;

/** The labels of a request that mean something to the team; others are the client's own. */
const labels = z.looseObject({ project_id: idSchema('prj').optional(), conversation: z.string().max(512).default('') });

/** What `/api` asks for the same, and what reading the records takes. */
const actionsOf = (name: TeamModelName): readonly Action[] => {
  switch (name.type) {
    case 'team':
      return [
        'project.create',
        'project.read',
        'event.read',
        'question.read',
        'question.answer',
        'message.send',
        'file.read',
      ];
    case 'project':
      return ['project.read', 'event.read', 'question.read', 'question.answer', 'message.send', 'file.read'];
    case 'agent':
      return ['agent.read', 'project.read', 'event.read', 'file.read'];
    case 'role':
      return [];
  }
};

const checkActions = ({ var: { principal } }: AppContext, name: TeamModelName): Result<true, OpenAiRefusal> => {
  const missing = actionsOf(name).find((action) => !isAllowed(principal.role, action));
  if (missing === undefined) return ok(true);
  const detail = `A key with the role "${principal.role}" may not do this (${missing}).`;
  return err(fromAppError({ type: 'auth.forbidden', detail }));
};

const routeTo = (model: TranslatedModel): Route => ({ model, standIns: [], answeredBy: () => model.name });

const team = (context: AppContext, call: TeamCall): Route =>
  routeTo({
    type: 'translated',
    name: 'team',
    model: 'team',
    client: createTeamClient(context, call),
    capabilities: teamCapabilities,
    // Projects keep to budgets of their own and to the workspace's.
    isCounted: true,
  });

const isOffline = (model: string): boolean => model.startsWith('offline/');

/** Somebody of the team who is asked, played by that model and by whatever stands behind it. */
const consulted = async (
  context: AppContext,
  model: string,
  role: string,
  { translate, requestBytes }: AskedModel,
  create: (client: ModelClient | undefined) => ModelClient,
): Promise<Result<Route, OpenAiRefusal>> => {
  const name = isOffline(model) ? 'offline/engineer' : model;
  const route = await routeModel(context, { name, translate, requestBytes });
  if (!route.ok) return route;
  const player = route.value.model;
  // Without a wire to pass it on, every model is translated.
  if (player.type === 'passed') return err(context.get('chatModels').notFound(model));
  const isRuled = isOffline(player.name);
  const client = create(isRuled ? undefined : player.client);
  const played = { ...player, client, role, ...(isRuled ? { isCounted: true as const } : {}) };
  return ok({ ...route.value, model: played });
};

/** A project's agent, where the caller may see it. */
const agentModel = async (
  context: AppContext,
  agentId: AgentId,
  name: string,
): Promise<Result<{ readonly model: string; readonly role: string }, OpenAiRefusal>> => {
  const agent = await askAgent(context, agentId, (stub) => stub.get());
  if (agent.ok) return ok(agent.value);
  return err(isMissing(agent) ? context.get('chatModels').notFound(name) : fromAppError(agent.error));
};

const refuseProject = (context: AppContext, name: string, known: Result<true>): OpenAiRefusal | undefined => {
  if (known.ok) return undefined;
  return isMissing(known) ? context.get('chatModels').notFound(name) : fromAppError(known.error);
};

/** A request for one of them. */
export interface AskedTeam extends AskedModel {
  readonly isStreamed: boolean;
  /** The request's labels, as they came. */
  readonly metadata?: unknown;
}

/** The model of the name that was asked for, for one request. */
export const findTeamModel = async (context: AppContext, request: AskedTeam): Promise<Result<Route, OpenAiRefusal>> => {
  const { services } = context.var;
  const name = resolveAlias(request.name, context.get('chatModels').aliases);
  const parsed = parseTeamModelName(name);
  if (parsed === undefined) return err(context.get('chatModels').notFound(name));
  const allowed = checkActions(context, parsed);
  if (!allowed.ok) return allowed;
  const waitMs = request.isStreamed ? longestStreamMs : services.config.teamWaitMs;
  switch (parsed.type) {
    case 'role':
      return await consulted(context, services.config.defaultModel, parsed.role.name, request, (client) =>
        createRoleClient(parsed.role, client),
      );
    case 'agent': {
      const agent = await agentModel(context, parsed.agentId, name);
      if (!agent.ok) return agent;
      const { model, role } = agent.value;
      return await consulted(context, model, role, request, (client) =>
        createAgentClient(context, parsed.agentId, client),
      );
    }
    case 'project': {
      const refusal = refuseProject(context, name, await checkProject(context, parsed.projectId));
      if (refusal !== undefined) return err(refusal);
      return ok(team(context, { projectId: parsed.projectId, conversation: '', waitMs }));
    }
    case 'team': {
      const labelled = labels.safeParse(request.metadata ?? {});
      if (!labelled.success) {
        const place = ['metadata', ...(labelled.error.issues[0]?.path ?? [])].join('.');
        return err(invalidValue(place, `'${place}': ${labelled.error.issues[0]?.message ?? 'cannot be used'}.`));
      }
      const { project_id: projectId, conversation } = labelled.data;
      if (projectId === undefined) return ok(team(context, { conversation, waitMs }));
      const known = await checkProject(context, projectId);
      if (isMissing(known)) return err(invalidValue('metadata.project_id', 'There is no such project.'));
      return known.ok ? ok(team(context, { projectId, conversation, waitMs })) : err(fromAppError(known.error));
    }
  }
};

/** Whether the caller's workspace has a project or an agent of this name. */
export const hasTeamModel = async (context: AppContext, name: string): Promise<boolean> => {
  const parsed = parseTeamModelName(name);
  if (parsed === undefined) return false;
  switch (parsed.type) {
    case 'team':
    case 'role':
      return true;
    case 'project':
      return (await checkProject(context, parsed.projectId)).ok;
    case 'agent':
      return (await askAgent(context, parsed.agentId, (stub) => stub.get())).ok;
  }
};
