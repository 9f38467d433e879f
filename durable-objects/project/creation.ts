import { parseOrigins, refuseToolUrl } from '../../shared/adapters/tools/origins.ts';
import { findUnpricedLimits } from '../../shared/domain/budget/money-limit.ts';
import type { NewProject } from '../../shared/domain/project/decide.ts';
import { findPoolFaults } from '../../shared/domain/project/pools.ts';
import { inspectSpecification } from '../../shared/domain/project/specification.ts';
import { findToolFaults } from '../../shared/domain/tool/connected-tool.ts';
import { isBuiltInTool } from '../../shared/domain/tool/index.ts';
import { roles } from '../../shared/domain/team/roles/index.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';
import type { CreateProject } from '../../shared/rpc/project.ts';
import type { WorkspaceAccounts } from '../../shared/adapters/vault/vaults.ts';
import { accountsOfWorkspace, settleModel } from '../models.ts';
import { defaultModel, type ProjectEnvironment } from './environment.ts';

const defaultMaxRevisions = 3;
const defaultMaxAttempts = 3;

const findFaults = (command: CreateProject): readonly Issue[] => {
  const unknown = (command.roles ?? []).filter((name) => !roles.some((role) => role.name === name));
  return unknown.map((name) => ({
    field: 'roles',
    reason: `${name} is no role; known are ${roles.map((role) => role.name).join(', ')}`,
  }));
};

const findFaultsOfTools = (
  tools: NonNullable<CreateProject['tools']>,
  toolOrigins: string | undefined,
): readonly Issue[] => {
  const allowed = parseOrigins(toolOrigins);
  const addresses = tools.flatMap(({ url, lookupUrl }, index) => [
    { field: `tools.${index}.url`, reason: refuseToolUrl(url, allowed) },
    {
      field: `tools.${index}.lookupUrl`,
      reason: lookupUrl === undefined ? undefined : refuseToolUrl(lookupUrl, allowed),
    },
  ]);
  return [
    ...findToolFaults(tools, isBuiltInTool),
    ...addresses.flatMap(({ field, reason }) => (reason === undefined ? [] : [{ field, reason }])),
  ];
};

/** Each has to be usable now, as the model itself: a fallback that cannot be called helps nobody. */
const settleFallbacks = (
  names: readonly string[],
  seed: string,
  environment: object,
  opened: WorkspaceAccounts,
): Result<readonly string[]> => {
  const settled: string[] = [];
  for (const [index, name] of names.entries()) {
    const model = settleModel(name, seed, environment, opened);
    if (!model.ok) {
      const issues = (model.error.issues ?? []).map(({ reason }) => ({ field: `fallbackModels.${index}`, reason }));
      return err({ ...model.error, issues });
    }
    settled.push(model.value);
  }
  return ok(settled);
};

/** The models that are meant, all of which the workspace can use now. */
const settleModels = async (
  command: CreateProject,
  environment: Pick<ProjectEnvironment, 'AIDEVOS_MODEL' | 'WORKSPACE'>,
): Promise<Result<{ readonly model: string; readonly fallbacks: readonly string[] }>> => {
  const accounts = await accountsOfWorkspace(environment, command.workspaceId);
  if (!accounts.ok) return accounts;
  const asked = command.model ?? environment.AIDEVOS_MODEL ?? defaultModel;
  const model = settleModel(asked, command.projectId, environment, accounts.value);
  if (!model.ok) return model;
  const fallbacks = settleFallbacks(command.fallbackModels ?? [], command.projectId, environment, accounts.value);
  return fallbacks.ok ? ok({ model: model.value, fallbacks: fallbacks.value }) : fallbacks;
};

const inMilliseconds = <Name extends string>(name: Name, seconds: number | undefined): { [key in Name]?: number } =>
  // SAFETY: the one key of the object is the name.
  (seconds === undefined ? {} : { [name]: seconds * 1_000 }) as { [key in Name]?: number };

/** A role with a pool begins with the pool's minimum, any other with what the role says. */
const formTeam = (command: CreateProject): Result<Pick<NewProject, 'seats' | 'pools'>> => {
  const { roles: wanted, pools = [] } = command;
  const issues = findFaults(command);
  if (issues.length > 0) return err({ type: 'request.invalid', detail: 'The team cannot be formed.', issues });
  const seats = roles
    .filter((role) => wanted === undefined || wanted.includes(role.name))
    .map(({ name, seats: usual }) => ({
      role: name,
      count: pools.find(({ role }) => role === name)?.minimum ?? usual,
    }));
  const team = seats.map(({ role }) => role);
  const poolIssues = findPoolFaults(pools, team);
  return poolIssues.length > 0
    ? err({ type: 'request.invalid', detail: 'The pools cannot be set.', issues: poolIssues })
    : ok({ seats, ...(pools.length === 0 ? {} : { pools }) });
};

/** A new project with the platform's defaults filled in, or why it cannot be. */
export const composeNewProject = async (
  command: CreateProject,
  environment: Pick<ProjectEnvironment, 'AIDEVOS_MODEL' | 'AIDEVOS_TOOL_ORIGINS' | 'WORKSPACE'>,
): Promise<Result<NewProject>> => {
  const facts = inspectSpecification(command.specification);
  if (!facts.ok) return facts;
  const team = formTeam(command);
  if (!team.ok) return team;
  const tools = command.tools ?? [];
  const toolIssues = findFaultsOfTools(tools, environment.AIDEVOS_TOOL_ORIGINS);
  if (toolIssues.length > 0) {
    const detail = `The tools cannot be used: ${toolIssues.map(({ field, reason }) => `${field} ${reason}`).join('; ')}.`;
    return err({ type: 'request.invalid', detail, issues: toolIssues });
  }
  const settled = await settleModels(command, environment);
  if (!settled.ok) return settled;
  const { model, fallbacks } = settled.value;
  const moneyIssues = findUnpricedLimits(command.budget ?? {}, model);
  if (moneyIssues.length > 0) {
    const detail = `The budget cannot be kept: the price of ${model} is not known.`;
    return err({ type: 'request.invalid', detail, issues: moneyIssues });
  }
  const { format, path, name } = facts.value;
  return ok({
    projectId: command.projectId,
    workspaceId: command.workspaceId,
    name: command.name ?? name,
    format,
    specificationPath: path,
    specificationLength: command.specification.length,
    model,
    ...team.value,
    maxRevisions: command.maxRevisions ?? defaultMaxRevisions,
    maxAttempts: command.maxAttempts ?? defaultMaxAttempts,
    ...(command.budget === undefined ? {} : { budget: command.budget }),
    ...(tools.length === 0 ? {} : { tools }),
    ...(command.inDoubt === undefined ? {} : { inDoubt: command.inDoubt }),
    ...inMilliseconds('leaseMs', command.leaseSeconds),
    ...inMilliseconds('stallMs', command.stallSeconds),
    ...inMilliseconds('questionTimeoutMs', command.questionTimeoutSeconds),
    ...(command.fallbackModels === undefined ? {} : { fallbackModels: fallbacks }),
  });
};
