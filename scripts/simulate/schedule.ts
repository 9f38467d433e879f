/** One schedule: a small project with its agents, under the kills and faults that its seed draws. */
import type { AgentId, ProjectId, WorkspaceId } from '../../shared/domain/ids.ts';
import type { NewProject } from '../../shared/domain/project/decide.ts';
import { Agent } from './agent.ts';
import { findViolations } from './invariants.ts';
import { type Script, writeScript } from './model.ts';
import type { Mutation } from './mutations.ts';
import type { Disk } from './object.ts';
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

interface Stage {
  readonly simulation: Simulation;
  readonly world: OutsideWorld;
  readonly repository: Repository;
  readonly project: Project;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly agentOf: (agentId: AgentId) => Agent;
}

const setUp = (simulation: Simulation, script: Script): Stage => {
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
  return { simulation, world, repository, project, agents, agentOf };
};

const noIntentions = {
  cancelAfterMs: undefined,
  cancelsInStep: false,
  pauseAfterMs: undefined,
  notes: 0,
  settles: false,
  stopAgentAfterMs: undefined,
};

/** What is on all disks when everything is killed in the middle of a project that nothing had disturbed until then. */
interface Beginning {
  readonly script: Script;
  readonly now: number;
  readonly made: number;
  readonly world: OutsideWorld;
  readonly project: Disk;
  readonly repository: Disk;
  readonly agents: readonly { readonly agentId: AgentId; readonly disk: Disk }[];
}

const makeBeginning = (number: number): Beginning => {
  // Twice: once to see how long the project takes, then up to some part of that.
  const play = (untilMs: number): Stage & { readonly script: Script; readonly lasted: number } => {
    const simulation = new Simulation({ seed: -1 - number, isCalm: true });
    const script = writeScript(simulation.random);
    const stage = setUp(simulation, script);
    const people = new People(simulation, stage.project, stage.agents, stage.world);
    people.start(newProject, false, noIntentions);
    const startedAt = simulation.now;
    simulation.scheduler.run(startedAt + untilMs, mostEvents);
    return { ...stage, script, lasted: stage.project.state.updatedAt - startedAt };
  };
  const { lasted } = play(longestMs);
  const { simulation, script, world, project, repository, agents } = play(
    lasted * (0.25 + 0.72 * Math.sqrt(number / beginnings)),
  );
  for (const object of simulation.objects) object.crash(simulation.now);
  return {
    script,
    now: simulation.now,
    made: simulation.made,
    world,
    project: project.copyDisk(),
    repository: repository.copyDisk(),
    agents: [...agents.values()].map((agent) => ({ agentId: agent.agentId, disk: agent.copyDisk() })),
  };
};

/** Beginnings in the middle of a project, made once in each thread. */
const beginnings = 64;
const kept = new Map<number, Beginning>();

const begin = (simulation: Simulation): Stage => {
  const { random } = simulation;
  if (random.chance(0.03)) return setUp(simulation, writeScript(random));
  const number = random.between(0, beginnings - 1);
  const beginning = kept.get(number) ?? makeBeginning(number);
  kept.set(number, beginning);
  simulation.beginWith(beginning.now, beginning.made);
  const stage = setUp(simulation, beginning.script);
  stage.world.beginWith(beginning.world);
  const upAt = beginning.now + random.between(500, 800);
  stage.project.beginWith(beginning.project, upAt);
  stage.repository.beginWith(beginning.repository, upAt);
  for (const { agentId, disk } of beginning.agents) stage.agentOf(agentId).beginWith(disk, upAt);
  return stage;
};

/** Runs the schedule of a seed; the same seed is the same schedule. */
export const runSchedule = (options: {
  readonly seed: number;
  readonly mutation?: Mutation | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}): ScheduleResult => {
  const simulation = new Simulation(options);
  const { world, repository, project, agents } = begin(simulation);
  const people = new People(simulation, project, agents, world);
  const startedAt = simulation.now;
  people.start(newProject, project.log.sequence > 0, drawIntentions(simulation));
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
