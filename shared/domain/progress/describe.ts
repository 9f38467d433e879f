/** One event as one line, for logs and for terminals that cannot be redrawn. Pure. */
import { describeExhaustion } from '../budget/exhaustion.ts';
import type { Measurement, ProjectEvent } from '../../protocol/project-events.ts';
import type { ProgressState } from './state.ts';
import { describePoolEvent } from './describe-pools.ts';
import { clean, fit, type Style } from './style.ts';

const longestText = 160;

const countsText = (counts: { passed: number; failed: number; skipped: number }): string =>
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`;

/** A measurement in a few words. */
export const describeMeasurement = (measurement: Measurement): string => {
  switch (measurement.kind) {
    case 'tests':
      return `tests ${measurement.status}: ${countsText(measurement.counts)}`;
    case 'types':
      return `types: ${measurement.errors} errors in ${measurement.filesChecked} files`;
    case 'security':
      return `security: ${measurement.findings.length} findings`;
    case 'acceptance':
      return `acceptance on ${measurement.slot}: ${measurement.passed} passed, ${measurement.failed} failed`;
    case 'health':
      return `health of ${measurement.slot}: status ${measurement.status}`;
  }
};

const taskTitle = (state: ProgressState, taskId: string): string =>
  fit(state.tasks.find((task) => task.taskId === taskId)?.title ?? taskId, 80);

const agentName = (state: ProgressState, agentId: string): string => state.agents[agentId]?.name ?? agentId;

type Progressed = Extract<ProjectEvent, { type: 'task.progressed' }>;

const describeActivity = (state: ProgressState, event: Progressed): string | undefined => {
  const name = agentName(state, event.agentId);
  const { activity } = event;
  switch (activity.type) {
    case 'thinking':
      return undefined;
    case 'said':
      return `${name}: ${fit(activity.text, longestText)}`;
    case 'call_interrupted':
      return `${name} was interrupted while the model answered; the call is made again (about ${activity.tokens} tokens paid for twice)`;
    case 'waiting':
      return `${name} waits: ${fit(activity.reason, longestText)}`;
    case 'tool_started':
      return `${name} calls ${activity.tool} ${fit(activity.detail, longestText)}`.trim();
    case 'tool_called':
      return [name, activity.tool, fit(activity.detail, longestText), activity.failed ? '(refused)' : '']
        .filter((part) => part !== '')
        .join(' ');
    case 'tests_ran':
      return `${name} ran the tests, ${activity.status}: ${countsText(activity.counts)}`;
  }
};

type TaskEvent = Extract<ProjectEvent, { type: `task.${string}` | 'lease.expired' }>;

const helperText: Readonly<Record<Extract<TaskEvent, { type: 'task.helped' }>['source'], string>> = {
  colleague: 'a colleague',
  model: 'another model',
  compaction: 'a shorter conversation',
  person: 'you',
};

const describeTask = (state: ProgressState, event: TaskEvent, style: Style): string | undefined => {
  const title = taskTitle(state, event.taskId);
  switch (event.type) {
    case 'task.created':
      return `new task for ${event.task.role}: ${fit(event.task.title, longestText)}`;
    case 'task.assigned':
      return `${agentName(state, event.agentId)} takes "${title}"${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`;
    case 'task.progressed':
      return describeActivity(state, event);
    case 'task.submitted':
      return `${agentName(state, event.agentId)} hands in "${title}": ${fit(event.summary, longestText)}`;
    case 'task.accepted':
      return `accepted: "${title}"`;
    case 'task.returned':
      return style.bad(`returned (${event.cause}): "${title}": ${fit(event.comments.join('; '), longestText)}`);
    case 'task.merged':
      return style.good(`merged: "${title}" as ${event.commit.slice(0, 8)}`);
    case 'task.completed':
      return style.good(`done: "${title}"`);
    case 'task.failed':
      return style.bad(`failed: "${title}": ${fit(event.reason, longestText)}`);
    case 'task.cancelled':
      return `cancelled: "${title}"`;
    case 'task.stuck':
      return style.bad(`stuck (${event.kind}): "${title}": ${fit(event.evidence.join(' '), longestText)}`);
    case 'task.helped':
      return style.good(`helped by ${helperText[event.source]}: "${title}": ${fit(event.text, longestText)}`);
    case 'lease.expired':
      return style.bad(`${agentName(state, event.agentId)} was not heard of; "${title}" is given out again`);
  }
};

const isTaskEvent = (event: ProjectEvent): event is TaskEvent =>
  event.type.startsWith('task.') || event.type === 'lease.expired';

type OtherEvent = Exclude<ProjectEvent, TaskEvent>;
type EndEvent = Extract<OtherEvent, { type: `project.${string}` }>;

const describeProject = (event: EndEvent, style: Style): string => {
  switch (event.type) {
    case 'project.created':
      return style.bold(
        `project "${fit(event.name, 80)}" (${event.format}, model ${fit(event.model, 80)}) ${event.projectId}`,
      );
    case 'project.forked':
      return style.bold(
        `"${fit(event.name, 80)}" is a fork of ${event.from} at ${event.sequence}${event.run === undefined ? '' : `, run ${event.run.runId} at step ${event.run.step}`}`,
      );
    case 'project.paused':
      return event.reason === undefined ? 'paused' : style.bad(`paused: ${clean(event.reason)}`);
    case 'project.resumed':
      return 'resumed';
    case 'project.cancelled':
      return style.bad(`cancelled: ${fit(event.reason, longestText)}`);
    case 'project.completed':
      return style.good(style.bold(`completed at ${event.version.slice(0, 8)}`));
    case 'project.blocked': {
      const sentences = event.sentences.map(({ sentence, reason }) => `"${clean(sentence)}": ${clean(reason)}`);
      return style.bad(`blocked, not understood: ${sentences.join('; ')}`);
    }
    case 'project.stalled':
      return style.bad(`nothing moves; waiting for ${fit(event.waitingFor.join('; '), longestText)}`);
    case 'project.failed':
      return style.bad(style.bold(`failed: ${clean(event.reason)}`));
  }
};

const isProjectEvent = (event: OtherEvent): event is EndEvent => event.type.startsWith('project.');

type HelpEvent = Extract<OtherEvent, { type: `question.${string}` | 'remedy.started' }>;

const describeRemedy = ({ remedy }: Extract<HelpEvent, { type: 'remedy.started' }>): string => {
  switch (remedy.type) {
    case 'colleague':
      return `the ${remedy.role} is asked for help`;
    case 'model':
      return `${remedy.model} is tried instead`;
    case 'compaction':
      return 'the conversation is shortened';
    case 'person':
      return 'you are asked';
    case 'none':
      return 'nothing is left to try';
  }
};

const describeHelp = (event: HelpEvent, style: Style): string => {
  switch (event.type) {
    case 'remedy.started':
      return describeRemedy(event);
    case 'question.asked':
      return style.bold(`question for you (${event.questionId}): ${fit(event.text, longestText)}`);
    case 'question.answered':
      return `answered: ${fit(event.text, longestText)}`;
    case 'question.expired':
      return style.bad(`nobody answered ${event.questionId} in time`);
  }
};

const isHelpEvent = (event: OtherEvent): event is HelpEvent =>
  event.type.startsWith('question.') || event.type === 'remedy.started';

type WatchEvent = Extract<
  OtherEvent,
  {
    type:
      | 'effect.in_doubt'
      | 'effect.settled'
      | 'dead_letters.counted'
      | 'budget.changed'
      | 'budget.exhausted'
      | 'tool.registered'
      | 'tool.removed'
      | 'tools.configured'
      | 'gates.configured'
      | 'waiver.granted'
      | 'waiver.revoked'
      | 'state.restored';
  }
>;

const watchTypes: ReadonlySet<string> = new Set<WatchEvent['type']>([
  'effect.in_doubt',
  'effect.settled',
  'dead_letters.counted',
  'budget.changed',
  'budget.exhausted',
  'tool.registered',
  'tool.removed',
  'tools.configured',
  'gates.configured',
  'waiver.granted',
  'waiver.revoked',
  'state.restored',
]);

const isWatchEvent = (event: OtherEvent): event is WatchEvent => watchTypes.has(event.type);

/** What may need a person. */
const describeWatch = (state: ProgressState, event: WatchEvent, style: Style): string => {
  switch (event.type) {
    case 'effect.in_doubt':
      return style.bad(
        `${agentName(state, event.agentId)} does not know whether ${event.tool} took effect (${fit(event.cause, longestText)}); to be settled: ${event.effectId}`,
      );
    case 'effect.settled':
      return `${event.effectId} is settled as ${event.decision} by ${event.by}`;
    case 'dead_letters.counted':
      return event.depth === 0
        ? `${agentName(state, event.agentId)} has no dead letters any longer`
        : style.bad(`${agentName(state, event.agentId)} has ${event.depth} dead letters`);
    case 'budget.changed':
      return 'the budget was changed';
    case 'budget.exhausted':
      return style.bad(describeExhaustion(event));
    case 'tool.registered':
      return `${event.by} registered the tool ${event.tool.name}`;
    case 'tool.removed':
      return `${event.by} took the tool ${event.name} away`;
    case 'tools.configured':
      return `${event.by} set ${event.grants.length} rules about tools; agents may fetch from ${event.fetchOrigins.length === 0 ? 'nowhere' : fit(event.fetchOrigins.join(', '), longestText)}`;
    case 'gates.configured':
      return `${event.by} set ${event.gates.length} gates: ${fit(event.gates.map(({ name }) => name).join(', '), longestText)}`;
    case 'waiver.granted':
      return style.bad(
        `${event.waiver.person} waives the gate ${event.waiver.gate} until ${new Date(event.waiver.endsAt).toISOString().slice(0, 10)}: ${fit(event.waiver.reason, longestText)}`,
      );
    case 'waiver.revoked':
      return `${event.by} took the waiver ${event.waiverId} back`;
    case 'state.restored':
      return style.bold(`${event.by} restored the state of version ${event.version}`);
  }
};

const describeTeamwork = (
  state: ProgressState,
  event: Exclude<OtherEvent, EndEvent | HelpEvent | WatchEvent>,
  style: Style,
): string => {
  switch (event.type) {
    case 'fork.completed':
      return style.bold(`the fork goes on in ${event.stage}, main at ${event.commit.slice(0, 8)}`);
    case 'team.formed':
      return `team of ${event.agents.length}: ${event.agents.map(({ name }) => name).join(', ')}`;
    case 'pools.configured':
    case 'agents.granted':
    case 'pool.grew':
    case 'pool.shrank':
      return describePoolEvent(event);
    case 'repository.created':
      return `repository made at ${event.commit.slice(0, 8)}`;
    case 'main.moved':
      return `main is at ${event.commit.slice(0, 8)}`;
    case 'stage.entered':
      return style.bold(`== ${event.stage}${event.revision > 0 ? ` (revision ${event.revision})` : ''}`);
    case 'analysis.recorded':
      return `analysis: ${fit(event.summary, longestText)}`;
    case 'review.recorded': {
      const text = `review of "${taskTitle(state, event.subject)}": ${event.verdict}`;
      return event.verdict === 'approve' ? text : style.bad(`${text}: ${fit(event.comments.join('; '), longestText)}`);
    }
    case 'vote.recorded':
      return `${event.role} votes ${event.vote}: ${fit(event.reason, longestText)}`;
    case 'measurement.recorded':
      return `measured ${describeMeasurement(event.measurement)}`;
    case 'gates.evaluated': {
      const missed = event.gates.filter(({ passed }) => !passed).map(({ name, evidence }) => `${name}: ${evidence}`);
      return missed.length === 0
        ? style.good(`all ${event.gates.length} gates passed`)
        : style.bad(`gates missed: ${fit(missed.join('; '), longestText * 2)}`);
    }
    case 'figures.recorded':
      return `measured ${event.figures.kind}: ${fit(event.figures.summary, longestText)}`;
    case 'revision.started':
      return style.bad(`revision ${event.revision}: ${fit(event.evidence.join('; '), longestText)}`);
    case 'deployment.recorded':
      return style.good(`${event.slot}: ${event.action} ${event.version.slice(0, 8)}`);
    case 'message.relayed':
      return `${event.sender} to ${event.recipient}, ${event.messageType}: ${fit(event.excerpt, longestText)}`;
  }
};

/** The line for this event, given the state after it; undefined for what is not worth one. */
export const describeEvent = (state: ProgressState, event: ProjectEvent, style: Style): string | undefined => {
  if (isTaskEvent(event)) return describeTask(state, event, style);
  if (isHelpEvent(event)) return describeHelp(event, style);
  if (isWatchEvent(event)) return describeWatch(state, event, style);
  return isProjectEvent(event) ? describeProject(event, style) : describeTeamwork(state, event, style);
};
