/**
 * What must hold in the log of any project, whatever happened to it: judged from the events alone, in one pass, so that
 * tests, simulations and crash runs can ask the same question of any log they find.
 */
import { isFinalStatus, type PlannedTask, type ProjectEvent } from '../../protocol/project-events.ts';
import type { ProjectStatus } from '../../protocol/stages.ts';
import { findCycle, pathsOverlap } from '../task/plan.ts';
import { taskKinds } from '../workflow/task-kinds.ts';

interface Watched {
  readonly task: PlannedTask;
  holder?: string;
  /** Assigned, in review or being merged. */
  holdsPaths: boolean;
  stuck: boolean;
  end?: string;
  readonly remedies: Set<string>;
}

type TaskEvent = ProjectEvent & { readonly taskId: string };

type EventOf<Type extends ProjectEvent['type']> = Extract<ProjectEvent, { type: Type }>;

const endTypes: ReadonlySet<string> = new Set(['task.completed', 'task.failed', 'task.cancelled']);

/** What may still be told of a project that has ended: what ends with it, and what people do by themselves. */
const afterEnd: ReadonlySet<string> = new Set([
  'task.cancelled',
  'message.relayed',
  'deployment.recorded',
  'main.moved',
  'measurement.recorded',
  // What became of a call may come out long after its run, and is kept as evidence.
  'effect.in_doubt',
  'effect.settled',
  'dead_letters.counted',
  'gates.configured',
  'waiver.granted',
  'waiver.revoked',
  'figures.recorded',
  'fork.completed',
  'pool.shrank',
]);

const endStatus = (type: string): ProjectStatus | undefined => {
  switch (type) {
    case 'project.completed':
      return 'completed';
    case 'project.blocked':
      return 'blocked';
    case 'project.failed':
      return 'failed';
    case 'project.cancelled':
      return 'cancelled';
    default:
      return undefined;
  }
};

/** Some events only mention a task, which may have ended by then. */
const isOfTask = (event: ProjectEvent): event is TaskEvent =>
  'taskId' in event &&
  event.type !== 'question.answered' &&
  !event.type.startsWith('effect.') &&
  !event.type.startsWith('budget.');

class Watch {
  readonly violations: string[] = [];
  readonly #tasks = new Map<string, Watched>();
  readonly #resting = new Set<string>();
  readonly #questions = new Map<string, 'open' | 'closed'>();
  #lastToken = 0;
  #status: ProjectStatus = 'active';

  see(event: ProjectEvent, position: number): void {
    const refuse = (text: string): void => void this.violations.push(`event ${position} (${event.type}): ${text}`);
    if (isFinalStatus(this.#status) && !(afterEnd.has(event.type) && this.#mayFollow(event))) {
      refuse(`the project was ${this.#status} already`);
    }
    this.#status = endStatus(event.type) ?? this.#status;
    if (event.type === 'task.created') this.#create(event, refuse);
    else if (event.type === 'fork.completed') this.#goOn(event);
    else if (isOfTask(event)) this.#seeTask(event, refuse);
    else if (event.type === 'pool.grew' || event.type === 'pool.shrank') this.#resize(event, refuse);
    if (event.type.startsWith('question.')) this.#seeQuestion(event, refuse);
  }

  /** Every dependency is known, and no task waits for itself. */
  finish(): void {
    const tasks = [...this.#tasks.values()].map(({ task }) => task);
    const cycle = findCycle(tasks);
    if (cycle !== undefined) this.violations.push(`tasks wait in a cycle: ${cycle.join(' → ')}`);
    const keys = new Set(tasks.map(({ key }) => key));
    for (const { key, dependsOn } of tasks) {
      for (const dependency of dependsOn) {
        if (!keys.has(dependency)) this.violations.push(`${key} waits for ${dependency}, which is not there`);
      }
    }
  }

  #mayFollow(event: ProjectEvent): boolean {
    return event.type !== 'measurement.recorded' || this.#status !== 'cancelled';
  }

  /** A copy goes on where its original was: what was held there is free here, whatever had ended may be open again. */
  #goOn({ released, dropped }: EventOf<'fork.completed'>): void {
    this.#status = 'active';
    for (const taskId of released) {
      const watched = this.#tasks.get(taskId);
      if (watched !== undefined) this.#release(watched, 'task.returned');
    }
    for (const taskId of dropped) this.#tasks.delete(taskId);
  }

  #create({ taskId, task }: EventOf<'task.created'>, refuse: (text: string) => void): void {
    if (this.#tasks.has(taskId)) refuse(`${taskId} was made before`);
    this.#tasks.set(taskId, { task, holdsPaths: false, stuck: false, remedies: new Set() });
  }

  #seeTask(event: TaskEvent, refuse: (text: string) => void): void {
    const watched = this.#tasks.get(event.taskId);
    if (watched === undefined) return refuse('the task was never made');
    if (watched.end !== undefined) refuse(`“${watched.task.key}” had ended with ${watched.end}`);
    switch (event.type) {
      case 'task.assigned':
        this.#assign(watched, event, refuse);
        return;
      case 'task.progressed':
        if (watched.holder !== event.agentId) refuse(`${event.agentId} does not hold “${watched.task.key}”`);
        return;
      case 'task.submitted':
        if (watched.holder !== event.agentId) refuse(`${event.agentId} does not hold “${watched.task.key}”`);
        delete watched.holder;
        return;
      case 'task.merged':
        if (!watched.holdsPaths) refuse(`“${watched.task.key}” was not handed in`);
        return;
      case 'task.stuck':
      case 'remedy.started':
      case 'task.helped':
        this.#seeHelp(watched, event, refuse);
        return;
      default:
        this.#release(watched, event.type);
    }
  }

  #assign(watched: Watched, event: EventOf<'task.assigned'>, refuse: (text: string) => void): void {
    const { task } = watched;
    const others = [...this.#tasks.values()].filter((other) => other !== watched);
    if (watched.holder !== undefined) refuse(`“${task.key}” is held by ${watched.holder}`);
    if (this.#resting.has(event.agentId)) refuse(`${event.agentId} is at rest`);
    const busy = others.find(({ holder }) => holder === event.agentId);
    if (busy !== undefined) refuse(`${event.agentId} holds “${busy.task.key}” as well`);
    if (event.fencingToken <= this.#lastToken) refuse(`token ${event.fencingToken} follows ${this.#lastToken}`);
    this.#lastToken = Math.max(this.#lastToken, event.fencingToken);
    for (const key of task.dependsOn) {
      const done = others.some((other) => other.task.key === key && other.end === 'task.completed');
      if (!done) refuse(`“${task.key}” started before its dependency “${key}” was done`);
    }
    if (taskKinds[task.kind].writes) {
      const clash = others.find(
        (other) =>
          other.holdsPaths && other.task.paths.some((path) => task.paths.some((own) => pathsOverlap(own, path))),
      );
      if (clash !== undefined) refuse(`“${task.key}” may write what “${clash.task.key}” holds`);
      watched.holdsPaths = true;
    }
    watched.holder = event.agentId;
  }

  #resize(event: EventOf<'pool.grew'> | EventOf<'pool.shrank'>, refuse: (text: string) => void): void {
    if (event.type === 'pool.grew') {
      for (const agentId of event.revived) if (!this.#resting.delete(agentId)) refuse(`${agentId} was not at rest`);
      return;
    }
    for (const agentId of event.rested) {
      const held = [...this.#tasks.values()].find(({ holder }) => holder === agentId);
      if (held !== undefined) refuse(`${agentId} is sent to rest and holds “${held.task.key}”`);
      this.#resting.add(agentId);
    }
  }

  #seeHelp(
    watched: Watched,
    event: EventOf<'task.stuck' | 'remedy.started' | 'task.helped'>,
    refuse: (text: string) => void,
  ): void {
    if (event.type === 'task.stuck') {
      if (watched.stuck) refuse(`“${watched.task.key}” was stuck already`);
      watched.stuck = true;
      return;
    }
    if (!watched.stuck) refuse(`“${watched.task.key}” was not stuck`);
    if (event.type === 'task.helped') {
      watched.stuck = false;
      return;
    }
    const { remedy } = event;
    if (remedy.type === 'none') {
      watched.stuck = false;
      return;
    }
    const name = remedy.type === 'model' ? `model ${remedy.model}` : remedy.type;
    if (watched.remedies.has(name)) refuse(`“${watched.task.key}” was given ${name} twice`);
    watched.remedies.add(name);
  }

  #release(watched: Watched, type: ProjectEvent['type']): void {
    const ended = endTypes.has(type);
    if (!ended && type !== 'task.returned') return;
    if (ended) watched.end = type;
    delete watched.holder;
    watched.holdsPaths = false;
    watched.stuck = false;
  }

  #seeQuestion(event: ProjectEvent, refuse: (text: string) => void): void {
    if (event.type === 'question.asked') {
      if (this.#questions.has(event.questionId)) refuse(`${event.questionId} was asked before`);
      this.#questions.set(event.questionId, 'open');
    }
    if (event.type !== 'question.answered' && event.type !== 'question.expired') return;
    if (this.#questions.get(event.questionId) !== 'open') refuse(`${event.questionId} is not open`);
    this.#questions.set(event.questionId, 'closed');
  }
}

/**
 * What in this log cannot have happened in a correct scheduler, in words; empty when all is well. Knows: dependencies
 * before dependents, one holder per task and one task per agent, no path held twice, rising fencing tokens, no cycles,
 * one end per task and nothing after it, nobody sent to rest with a task or given one there, nothing after the end of the project, each remedy once, one answer per question.
 * @param events the whole log from its beginning, in order
 */
export const findViolations = (events: readonly ProjectEvent[]): readonly string[] => {
  const watch = new Watch();
  for (const [index, event] of events.entries()) watch.see(event, index + 1);
  watch.finish();
  return watch.violations;
};
