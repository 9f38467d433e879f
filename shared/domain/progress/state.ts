/** What a watcher knows of a project: a pure fold over its events. The demo and the CLI show the same. */
import type { Gate, Measurement, ProjectEvent, TestCounts } from '../../protocol/project-events.ts';
import type { ProjectStatus, Stage } from '../../protocol/stages.ts';

export type WatchedTaskStatus = 'open' | 'working' | 'submitted' | 'done' | 'failed' | 'cancelled';

export interface WatchedTask {
  readonly taskId: string;
  readonly title: string;
  readonly role: string;
  readonly stage: Stage;
  readonly status: WatchedTaskStatus;
  readonly attempt: number;
  readonly agent?: string;
  /** What is going on in it, in a few words. */
  readonly activity?: string;
  /** The task that this one reviews. */
  readonly subject?: string;
}

export interface WatchedTests {
  readonly status: string;
  readonly counts: TestCounts;
}

export interface ProgressState {
  readonly name: string;
  readonly projectId: string;
  readonly model: string;
  readonly status: ProjectStatus;
  readonly stage: Stage | undefined;
  readonly revision: number;
  /** Names by agent id. */
  readonly agents: Readonly<Record<string, { readonly name: string; readonly role: string }>>;
  /** In the order in which they were made. */
  readonly tasks: readonly WatchedTask[];
  readonly tests: WatchedTests | undefined;
  readonly measurements: readonly Measurement[];
  readonly gates: readonly Gate[];
  readonly deployments: readonly string[];
  /** Effects in doubt that wait for somebody, by their ids. */
  readonly doubts: Readonly<Record<string, { readonly tool: string }>>;
  /** Why it failed, is blocked or was cancelled. */
  readonly reason: string | undefined;
  readonly startedAt: number | undefined;
  readonly lastAt: number | undefined;
  /** Forks whose originals' events are being read: an end among them is not this project's. */
  readonly copying: number;
  readonly sequence: number;
}

export const initialProgress: ProgressState = {
  name: '',
  projectId: '',
  model: '',
  status: 'active',
  stage: undefined,
  revision: 0,
  agents: {},
  tasks: [],
  tests: undefined,
  measurements: [],
  gates: [],
  deployments: [],
  doubts: {},
  reason: undefined,
  startedAt: undefined,
  lastAt: undefined,
  copying: 0,
  sequence: 0,
};

type TaskEvent = Extract<ProjectEvent, { type: `task.${string}` }>;

const changeTask = (
  state: ProgressState,
  taskId: string,
  change: (task: WatchedTask) => WatchedTask,
): ProgressState => ({
  ...state,
  tasks: state.tasks.map((task) => (task.taskId === taskId ? change(task) : task)),
});

const activityText = (event: Extract<TaskEvent, { type: 'task.progressed' }>): string | undefined => {
  const { activity } = event;
  switch (activity.type) {
    case 'thinking':
      return 'thinking';
    case 'said':
      return activity.text;
    case 'call_interrupted':
      return `call ${activity.step} of the model again`;
    case 'waiting':
      return `waits: ${activity.reason}`;
    case 'tool_started':
      return `${activity.tool} ${activity.detail}`.trim();
    case 'tool_called':
      return `${activity.tool} ${activity.detail}${activity.failed ? ' (refused)' : ''}`.trim();
    case 'tests_ran':
      return `tests: ${activity.counts.passed} passed, ${activity.counts.failed} failed`;
  }
};

const onTaskEvent = (state: ProgressState, event: TaskEvent): ProgressState => {
  const agentName = 'agentId' in event ? state.agents[event.agentId]?.name : undefined;
  const change = (changes: Partial<WatchedTask>): ProgressState =>
    changeTask(state, event.taskId, (task) => ({ ...task, ...changes }));
  switch (event.type) {
    case 'task.created': {
      const { taskId, stage, task, subject } = event;
      const created: WatchedTask = {
        taskId,
        title: task.title,
        role: task.role,
        stage,
        status: 'open',
        attempt: 0,
        ...(subject === undefined ? {} : { subject }),
      };
      return { ...state, tasks: [...state.tasks, created] };
    }
    case 'task.assigned':
      return change({
        status: 'working',
        attempt: event.attempt,
        activity: 'starting',
        ...(agentName === undefined ? {} : { agent: agentName }),
      });
    case 'task.progressed': {
      const activity = activityText(event);
      const tests = event.activity.type === 'tests_ran' ? event.activity : state.tests;
      return { ...change(activity === undefined ? {} : { activity }), tests };
    }
    case 'task.submitted':
      return change({ status: 'submitted', activity: event.summary });
    case 'task.accepted':
      return change({ activity: 'accepted' });
    case 'task.returned':
      return change({ status: 'open', activity: `returned (${event.cause}): ${event.comments.join('; ')}` });
    case 'task.merged':
      return change({ status: 'done', activity: `merged as ${event.commit.slice(0, 8)}` });
    case 'task.completed':
      return change({ status: 'done', activity: event.summary });
    case 'task.failed':
      return change({ status: 'failed', activity: event.reason });
    case 'task.cancelled':
      return change({ status: 'cancelled' });
    case 'task.stuck':
      return change({ activity: `stuck (${event.kind}): ${event.evidence[0] ?? ''}` });
    case 'task.helped':
      return change({ activity: `helped: ${event.text}` });
  }
};

const isTaskEvent = (event: ProjectEvent): event is TaskEvent => event.type.startsWith('task.');

const onMeasurement = (state: ProgressState, measurement: Measurement): ProgressState => ({
  ...state,
  measurements: [...state.measurements.filter(({ kind }) => kind !== measurement.kind), measurement],
  tests: measurement.kind === 'tests' ? measurement : state.tests,
});

/** A fork's first event names it; the copied first events of its originals come behind. */
const name = (
  state: ProgressState,
  event: Extract<ProjectEvent, { type: 'project.created' | 'project.forked' }>,
): ProgressState =>
  state.projectId === '' ? { ...state, name: event.name, projectId: event.projectId, model: event.model } : state;

/** Between versions that can be restored a project is paused or goes on, nothing else. */
const onRestored = (
  state: ProgressState,
  { patch }: Extract<ProjectEvent, { type: 'state.restored' }>,
): ProgressState => {
  const change = patch.find(({ path }) => path === '/status');
  if (change?.op !== 'replace') return state;
  return { ...state, status: change.value === 'paused' ? 'paused' : 'active' };
};

const onOtherEvent = (state: ProgressState, event: Exclude<ProjectEvent, TaskEvent>): ProgressState =>
  event.type === 'state.restored' ? onRestored(state, event) : onProjectEvent(state, event);

const onProjectEvent = (state: ProgressState, event: Exclude<ProjectEvent, TaskEvent>): ProgressState => {
  switch (event.type) {
    case 'project.forked':
      return { ...name(state, event), copying: state.copying + 1 };
    case 'project.created':
      return name(state, event);
    case 'fork.completed':
      return { ...state, copying: state.copying - 1, status: 'active', stage: event.stage, deployments: [] };
    case 'team.formed':
      return {
        ...state,
        agents: Object.fromEntries(event.agents.map(({ agentId, name, role }) => [agentId, { name, role }])),
      };
    case 'stage.entered':
      return { ...state, stage: event.stage, revision: event.revision };
    case 'measurement.recorded':
      return onMeasurement(state, event.measurement);
    case 'gates.evaluated':
      return { ...state, gates: event.gates };
    case 'revision.started':
      return { ...state, revision: event.revision, gates: [] };
    case 'deployment.recorded':
      return { ...state, deployments: [...state.deployments, `${event.slot} ${event.action}`] };
    case 'effect.in_doubt':
      return { ...state, doubts: { ...state.doubts, [event.effectId]: { tool: event.tool } } };
    case 'effect.settled': {
      const { [event.effectId]: _settled, ...doubts } = state.doubts;
      return { ...state, doubts };
    }
    case 'project.paused':
      return { ...state, status: 'paused', ...(event.reason === undefined ? {} : { reason: event.reason }) };
    case 'project.resumed':
      return { ...state, status: 'active' };
    case 'project.cancelled':
      return { ...state, status: 'cancelled', reason: event.reason };
    case 'project.completed':
      return state.copying > 0 ? state : { ...state, status: 'completed' };
    case 'project.blocked':
      return {
        ...state,
        status: 'blocked',
        reason: event.sentences.map(({ sentence, reason }) => `"${sentence}": ${reason}`).join('\n'),
      };
    case 'project.failed':
      return { ...state, status: 'failed', reason: event.reason };
    default:
      // Reviews, votes, messages and the like change nothing of what is shown here.
      return state;
  }
};

/** The state after one more event. Events that were seen already change nothing. */
export const advance = (
  state: ProgressState,
  stored: { readonly sequence: number; readonly recordedAt: number; readonly event: ProjectEvent },
): ProgressState => {
  if (stored.sequence <= state.sequence) return state;
  const { event } = stored;
  const next = isTaskEvent(event) ? onTaskEvent(state, event) : onOtherEvent(state, event);
  return {
    ...next,
    sequence: stored.sequence,
    startedAt: state.startedAt ?? stored.recordedAt,
    lastAt: stored.recordedAt,
  };
};
