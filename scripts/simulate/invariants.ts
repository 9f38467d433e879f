/** What must hold after a schedule, computed from the event logs, what was acknowledged, and the outside ledger alone. */
import { findViolations as findLogViolations } from '../../shared/domain/project/invariants.ts';
import { defaultRunLimits } from '../../shared/domain/agent/loop.ts';
import { isFinalStatus, type ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { Agent } from './agent.ts';
import type { OutsideWorld } from './outside-world.ts';
import type { People } from './people.ts';
import type { Project } from './project.ts';
import type { Repository } from './repository.ts';

export interface Ended {
  readonly project: Project;
  readonly repository: Repository;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly world: OutsideWorld;
  readonly people: People;
  /** Nothing was left to happen before the limits. */
  readonly ended: boolean;
}

type Check = (ended: Ended) => readonly string[];

const eventsOf = (project: Project): readonly ProjectEvent[] => project.log.entries.map(({ event }) => event);

const acknowledgedIsKept: Check = ({ project, people, agents }) => {
  const events = eventsOf(project);
  const has = (type: ProjectEvent['type']): boolean => events.some((event) => event.type === type);
  const received = new Set<string>();
  for (const agent of agents.values()) {
    for (const { event } of agent.log.entries) if (event.type === 'message.received') received.add(event.messageId);
  }
  return people.acknowledged.flatMap(({ command, answer }) => {
    switch (command) {
      case 'create':
        return has('project.created') ? [] : ['the acknowledged project is not there'];
      case 'cancel':
        return answer !== true || has('project.cancelled') ? [] : ['an acknowledged cancellation is not there'];
      case 'note': {
        const relayed = events.some((event) => event.type === 'message.relayed' && event.messageId === answer);
        return relayed && received.has(String(answer)) ? [] : [`the acknowledged note ${String(answer)} was lost`];
      }
      default:
        return [];
    }
  });
};

const twice = (list: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return list.filter((entry) => seen.size === seen.add(entry).size);
};

const isSubsequence = (part: readonly string[], whole: readonly string[]): boolean => {
  let at = 0;
  for (const entry of whole) if (entry === part[at]) at += 1;
  return at === part.length;
};

const messagesOnceAndInOrder: Check = ({ project, agents }) => {
  const found = twice(project.taken).map((id) => `the project took message ${id} twice`);
  const taken = new Set(project.taken);
  for (const agent of agents.values()) {
    const received: string[] = [];
    for (const { event } of agent.log.entries) if (event.type === 'message.received') received.push(event.messageId);
    for (const id of twice(received)) found.push(`${agent.name} took message ${id} twice`);
    for (const id of agent.sent) if (!taken.has(id)) found.push(`message ${id} of ${agent.name} was lost`);
    if (!isSubsequence(agent.sent, project.taken)) found.push(`messages of ${agent.name} came out of order`);
  }
  for (const object of [project, ...agents.values()]) {
    if (object.outboxRows.rows.size > 0) found.push(`${object.name} still has messages to deliver`);
    if (object.outboxRows.deadLetters.length > 0) found.push(`${object.name} gave up on a message`);
    if (object.timerRows.deadLetters > 0) found.push(`${object.name} gave up on a timer`);
  }
  return found;
};

const sequencesWithoutGaps: Check = ({ project, repository, agents }) =>
  [project, repository, ...agents.values()].flatMap((object) =>
    object.log.entries.every(({ sequence }, index) => sequence === index + 1) ? [] : [`${object.name} has a gap`],
  );

const effectsAtMostOnce: Check = ({ world, people }) => {
  const applied = new Map<string, number>();
  const sent = new Map<string, number>();
  const found: string[] = [];
  for (const entry of world.ledger) {
    if (entry.effectClass === 'pure') continue;
    sent.set(entry.effect, (sent.get(entry.effect) ?? 0) + 1);
    if (!entry.applied) continue;
    const times = (applied.get(entry.effect) ?? 0) + 1;
    applied.set(entry.effect, times);
    if (times > 1) found.push(`the ${entry.effectClass} effect ${entry.effect} happened ${times} times`);
  }
  for (const { effect, effectClass } of world.ledger) {
    const allowed = 1 + (people.redone.get(effect) ?? 0);
    const times = sent.get(effect) ?? 0;
    if (effectClass === 'unsafe' && times > allowed) found.push(`the unsafe effect ${effect} was begun ${times} times`);
  }
  return found;
};

/** When the run, and each of its effects, was over by the agent's own log. */
const readEnds = (agent: Agent): ReadonlyMap<string, number> => {
  const ends = new Map<string, number>();
  const models = new Map<string, number>();
  const tools = new Map<string, number>();
  for (const { event, sequence } of agent.log.entries) {
    if (event.type === 'run.finished' || event.type === 'run.cancelled') ends.set(event.runId, sequence);
    if (event.type === 'model.responded' || event.type === 'model.failed') {
      const step = models.get(event.runId) ?? 0;
      models.set(event.runId, step + 1);
      ends.set(`${event.runId}/model/${step}`, sequence);
    }
    if (event.type === 'tool.returned') {
      const step = tools.get(event.runId) ?? 0;
      tools.set(event.runId, step + 1);
      ends.set(`${event.runId}/tool/${step}/${event.toolCallId}`, sequence);
    }
  }
  return ends;
};

const nothingBeginsAfterItsEnd: Check = ({ world, agents }) => {
  const ends = new Map<string, ReadonlyMap<string, number>>();
  for (const agent of agents.values()) ends.set(agent.name, readEnds(agent));
  const found: string[] = [];
  for (const { agent, runId, effect, logSequence } of world.ledger) {
    const runEnd = ends.get(agent)?.get(runId) ?? Number.POSITIVE_INFINITY;
    const stepEnd = ends.get(agent)?.get(effect) ?? Number.POSITIVE_INFINITY;
    if (logSequence >= stepEnd) found.push(`the completed step ${effect} was executed again`);
    else if (logSequence >= runEnd) found.push(`the effect ${effect} began after its run had ended`);
  }
  return found;
};

const everythingEnds: Check = ({ project, agents, ended }) => {
  if (!ended) return ['something goes on for ever'];
  const found: string[] = [];
  let parked = 0;
  for (const agent of agents.values()) {
    const { run } = agent.log.state;
    if (run === undefined) continue;
    const isParked = [...agent.journalRows.values()].some(
      ({ key, status }) => status === 'in_doubt' && key.startsWith(`${run.runId}/`),
    );
    if (isParked) parked += 1;
    else found.push(`the run ${run.runId} of ${agent.name} neither ended nor is parked`);
  }
  const { status } = project.state;
  if (!isFinalStatus(status) && parked === 0) found.push(`the project is ${status} in ${project.state.stage}`);
  return found;
};

const tasksInTheirOrder: Check = ({ project, agents }) => {
  const found: string[] = [];
  const done = new Set<string>();
  const plan = new Map<string, { readonly key: string; readonly dependsOn: readonly string[] }>();
  const granted = new Map<number, string>();
  const returns = new Map<string, number>();
  for (const event of eventsOf(project)) {
    if (event.type === 'task.created') plan.set(event.taskId, event.task);
    if (event.type === 'task.completed') done.add(plan.get(event.taskId)?.key ?? '');
    if (event.type === 'task.returned') returns.set(event.taskId, (returns.get(event.taskId) ?? 0) + 1);
    if (event.type !== 'task.assigned') continue;
    const early = plan.get(event.taskId)?.dependsOn.filter((key) => !done.has(key)) ?? [];
    if (early.length > 0) found.push(`task ${event.taskId} was assigned before ${early.join(', ')}`);
    if (granted.has(event.fencingToken)) found.push(`fencing token ${event.fencingToken} was given twice`);
    granted.set(event.fencingToken, event.taskId);
  }
  const bound = project.state.identity?.maxAttempts ?? 0;
  for (const [taskId, times] of returns) if (times >= bound) found.push(`task ${taskId} came back ${times} times`);
  const started = new Set<number>();
  for (const agent of agents.values()) {
    for (const { event } of agent.log.entries) {
      if (event.type !== 'run.started') continue;
      const { taskId, fencingToken } = event.assignment;
      if (granted.get(fencingToken) !== taskId) found.push(`${agent.name} started ${taskId} without a lease`);
      if (started.has(fencingToken)) found.push(`task ${taskId} started twice under token ${fencingToken}`);
      started.add(fencingToken);
    }
  }
  return found;
};

/** Dependencies, holders, paths, ends, remedies: what any project's log has to show. */
const logHolds: Check = ({ project }) => findLogViolations(project.log.entries.map(({ event }) => event));

const staleHoldersNeverWrite: Check = ({ repository }) => {
  const seen = new Map<string, number>();
  let lowest = 0;
  return repository.log.entries.flatMap(({ event }) => {
    if (!('fencingToken' in event)) return [];
    if (event.type === 'fenced') {
      lowest = Math.max(lowest, event.fencingToken);
      return [];
    }
    const before = Math.max(lowest, seen.get(event.branch) ?? 0);
    seen.set(event.branch, Math.max(before, event.fencingToken));
    return event.fencingToken < before ? [`a holder with token ${event.fencingToken} wrote ${event.branch}`] : [];
  });
};

const budgetsHold: Check = ({ agents }) => {
  const found: string[] = [];
  for (const agent of agents.values()) {
    const calls = new Map<string, number>();
    for (const { event } of agent.log.entries) {
      if (event.type !== 'model.responded' && event.type !== 'model.failed') continue;
      const count = (calls.get(event.runId) ?? 0) + 1;
      calls.set(event.runId, count);
      if (count > defaultRunLimits.maxModelCalls) found.push(`run ${event.runId} called the model ${count} times`);
    }
  }
  return found;
};

/** What failed once everything had ended; empty when all promises were kept. */
export const findViolations = (ended: Ended): readonly string[] =>
  [
    acknowledgedIsKept,
    messagesOnceAndInOrder,
    sequencesWithoutGaps,
    effectsAtMostOnce,
    nothingBeginsAfterItsEnd,
    everythingEnds,
    tasksInTheirOrder,
    staleHoldersNeverWrite,
    budgetsHold,
    logHolds,
  ].flatMap((check) => check(ended));
