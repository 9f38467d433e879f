/** Taking the command to fork: what is asked for is looked up in the original and checked before anything is written. */
import { changeIssues } from '../../shared/domain/repository/file-changes.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import { roles as teamRoles } from '../../shared/domain/team/roles/index.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';
import type { ForkChange, ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { AgentReplayRpc, ForkPoint, ForkProject, ProjectReplayRpc, RunPoint } from '../../shared/rpc/replay.ts';
import { accountsOfWorkspace, settleModel, type ModelEnvironment } from '../models.ts';
import type { ForkJob } from './fork-store.ts';

export interface ForkSources {
  readonly source: () => Pick<ProjectRpc, 'agents' | 'specification'> & ProjectReplayRpc;
  readonly agent: (agentId: AgentId) => AgentReplayRpc;
  readonly environment: ModelEnvironment;
}

export interface PlannedFork {
  readonly job: ForkJob;
  readonly event: Extract<ProjectEvent, { type: 'project.forked' }>;
  readonly specification: { readonly path: string; readonly content: string };
  /** Agents of a usual team of its roles; how many there are is stated when the copy is whole. */
  readonly agents: number;
}

const findRun = async (
  { source, agent }: ForkSources,
  query: { readonly runId: RunPoint['runId']; readonly step: number },
): Promise<Result<RunPoint>> => {
  const agents = await source().agents();
  if (!agents.ok) return agents;
  for (const { agentId } of agents.value) {
    const point = await agent(agentId).runPoint(query);
    if (point.ok || point.error.type !== 'resource.not_found') return point;
  }
  return err({
    type: 'resource.not_found',
    detail: 'There is no such run in this project.',
    issues: [{ field: 'at.runId', reason: 'is no run of this project' }],
  });
};

const findFaults = (command: ForkProject, point: ForkPoint): readonly Issue[] => [
  ...(command.role === undefined || point.roles.includes(command.role)
    ? []
    : [{ field: 'role', reason: `is not in the team: ${point.roles.join(', ')}` }]),
  ...changeIssues(
    // A file to delete is there or not at that moment: seen when it is written.
    new Set((command.code ?? []).flatMap(({ path, content }) => (content === null ? [path] : []))),
    command.code ?? [],
  ),
];

const changeOf = ({ role, model, instructions, code }: ForkProject): readonly ForkChange[] =>
  model === undefined && instructions === undefined && code === undefined
    ? []
    : [
        {
          ...(role === undefined ? {} : { role }),
          ...(model === undefined ? {} : { model }),
          ...(instructions === undefined ? {} : { instructions }),
          ...(code === undefined ? {} : { paths: code.map(({ path }) => path) }),
        },
      ];

const compose = (
  command: ForkProject,
  point: ForkPoint,
  run: RunPoint | undefined,
): Omit<PlannedFork, 'specification'> => {
  const { code: _code, ...asked } = command;
  const { workspaceId, projectId, from } = command;
  const { format, specificationPath, roles, maxRevisions, maxAttempts } = point;
  // A fork tries things out: what its original does outside is not done a second time unless that is wanted.
  const tools = (point.tools ?? []).filter(({ effectClass }) => command.keepTools === true || effectClass === 'pure');
  const seats = teamRoles.filter(({ name }) => roles.includes(name)).map(({ seats: usual }) => usual);
  return {
    agents: seats.reduce((sum, usual) => sum + usual, 0),
    job: {
      command: asked,
      point,
      ...(run === undefined ? {} : { run }),
      phase: 'events',
      cursor: 0,
      branches: [],
      commit: point.commit,
    },
    event: {
      type: 'project.forked',
      from,
      sequence: point.sequence,
      projectId,
      workspaceId,
      ...(run === undefined ? {} : { run: { runId: run.runId, step: run.step } }),
      name: command.name ?? `${point.name} (fork)`.slice(0, 120),
      model: command.role === undefined ? (command.model ?? point.model) : point.model,
      format,
      specificationPath,
      roles,
      maxRevisions,
      maxAttempts,
      ...(tools.length === 0 ? {} : { tools }),
      ...(point.inDoubt === undefined ? {} : { inDoubt: point.inDoubt }),
      ...(point.workflowVersion === undefined ? {} : { workflowVersion: point.workflowVersion }),
      ...point.terms,
      changes: [...point.changes, ...changeOf(command)],
    },
  };
};

/** The same with the model that its name means, which has to be usable. */
const withSettledModel = async (command: ForkProject, environment: ModelEnvironment): Promise<Result<ForkProject>> => {
  if (command.model === undefined) return ok(command);
  const opened = await accountsOfWorkspace(environment, command.workspaceId);
  if (!opened.ok) return opened;
  const model = settleModel(command.model, command.projectId, environment, opened.value);
  return model.ok ? ok({ ...command, model: model.value }) : model;
};

/** The fork as it will be made, or why it cannot be. Reads only. */
export const planFork = async (asked: ForkProject, sources: ForkSources): Promise<Result<PlannedFork>> => {
  const settled = await withSettledModel(asked, sources.environment);
  if (!settled.ok) return settled;
  const command = settled.value;
  const { at } = command;
  const run = at !== undefined && 'runId' in at ? await findRun(sources, at) : undefined;
  if (run !== undefined && !run.ok) return run;
  const point = await sources.source().forkPoint({
    ...(at !== undefined && 'sequence' in at ? { sequence: at.sequence } : {}),
    ...(run === undefined ? {} : { run: run.value }),
  });
  if (!point.ok) return point;
  const issues = findFaults(command, point.value);
  if (issues.length > 0) return err({ type: 'request.invalid', detail: 'The fork cannot be made.', issues });
  const specification = await sources.source().specification();
  if (!specification.ok) return specification;
  return ok({ ...compose(command, point.value, run?.value), specification: specification.value });
};
