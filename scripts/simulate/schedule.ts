/** One schedule: a small project with its agents, under the kills and faults that its seed draws. */
import type { AgentId, ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import type { NewProject } from '../../shared/domain/project/decide.ts';
import { Agent } from './agent.ts';
import { findViolations } from './invariants.ts';
import { writeScript } from './model.ts';
import type { Mutation } from './mutations.ts';
import { OutsideWorld } from './outside-world.ts';
import { drawIntentions, People } from './people.ts';
import { Project } from './project.ts';
import { Repository } from './repository.ts';
import { type Counts, Simulation } from './simulation.ts';

export interface ScheduleResult extends Counts {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Places at which a process waited, and so could be killed. */
  readonly waits: number;
  readonly events: number;
  readonly status: string;
  readonly virtualMs: number;
}

/** Longest time that a schedule takes by its own clock, and events: beyond them it counts as stuck. */
const longestMs = 60 * 60_000;
const mostEvents = 200_000;

const seats = [
  { role: 'project_manager', count: 1 },
  { role: 'architect', count: 1 },
  { role: 'backend', count: 2 },
  { role: 'reviewer', count: 1 },
  { role: 'judge', count: 1 },
  { role: 'devops', count: 1 },
];

const newProject: NewProject = {
  // SAFETY: ids of a simulation never leave it.
  projectId: 'prj_1' as ProjectId,
  workspaceId: 'wsp_1' as WorkspaceId,
  name: 'simulated',
  format: 'markdown',
  specificationPath: 'SPEC.md',
  specificationLength: 1,
  model: 'simulated',
  seats,
  maxRevisions: 1,
  maxAttempts: 4,
};

export const runSchedule = (options: {
  readonly seed: number;
  readonly mutation?: Mutation | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}): ScheduleResult => {
  const simulation = new Simulation(options);
  const intentions = drawIntentions(simulation);
  const script = writeScript(simulation.random);
  const world = new OutsideWorld(simulation);
  const repository = new Repository(simulation);
  const agents = new Map<string, Agent>();
  const around = { simulation, world, repository, script, project: () => project };
  const agentOf = (agentId: AgentId): Agent => {
    const known = agents.get(agentId) ?? new Agent(agentId, around);
    agents.set(agentId, known);
    return known;
  };
  const project: Project = new Project(simulation, repository, agentOf);
  const people = new People(simulation, project, agents, world);
  people.start(newProject, intentions);
  const startedAt = simulation.now;
  const ended = simulation.scheduler.run(startedAt + longestMs, mostEvents);
  const violations = findViolations({ project, repository, agents, world, people, ended });
  let events = project.log.sequence + repository.log.sequence;
  for (const agent of agents.values()) events += agent.log.sequence;
  return {
    seed: options.seed,
    violations,
    ...simulation.counts,
    waits: simulation.scheduler.waits,
    events,
    status: project.state.status,
    virtualMs: simulation.now - startedAt,
  };
};
