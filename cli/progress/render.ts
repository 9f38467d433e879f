/** The live picture of a project, as lines of a terminal. Pure: state, size and time in, lines out. */
import { stages } from '../../shared/protocol/stages.ts';
import { describeMeasurement } from '../../shared/domain/progress/describe.ts';
import type { ProgressState, WatchedTask } from '../../shared/domain/progress/state.ts';
import { fit, type Style } from '../../shared/domain/progress/style.ts';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch, for the time that has passed and for the moving sign. */
  readonly now: number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const isOver = (state: ProgressState): boolean => state.status !== 'active' && state.status !== 'paused';

const headLine = (state: ProgressState, screen: Screen, style: Style): string => {
  const until = isOver(state) ? (state.lastAt ?? screen.now) : screen.now;
  const time = state.startedAt === undefined ? '' : clock(until - state.startedAt);
  const done = state.tasks.filter(({ status }) => status === 'done').length;
  const text = `${state.name === '' ? 'project' : state.name}  ${time}  ${done}/${state.tasks.length} tasks`;
  const revision = state.revision > 0 ? `  revision ${state.revision}` : '';
  return style.bold(fit(`${text}${revision}${state.status === 'active' ? '' : `  ${state.status}`}`, screen.columns));
};

const stageLine = (state: ProgressState, screen: Screen, style: Style): string => {
  const reached = state.stage === undefined ? -1 : stages.indexOf(state.stage);
  const shown = stages.filter((stage) => stage !== 'monitoring' && stage !== 'initialize');
  const text = shown.join(' > ');
  if (text.length > screen.columns) return fit(`stage: ${state.stage ?? 'starting'}`, screen.columns);
  return shown
    .map((stage) => {
      const position = stages.indexOf(stage);
      if (position < reached) return style.good(stage);
      return position === reached ? style.bold(style.busy(stage)) : style.dim(stage);
    })
    .join(style.dim(' > '));
};

const sign = (task: WatchedTask, screen: Screen, style: Style): string => {
  switch (task.status) {
    case 'done':
      return style.good('✔');
    case 'failed':
      return style.bad('✖');
    case 'cancelled':
      return style.dim('−');
    case 'submitted':
      return style.busy('◆');
    case 'working':
      return style.busy(frames[Math.floor(screen.now / frameMs) % frames.length] ?? '*');
    case 'open':
      return style.dim('○');
  }
};

const taskLine = (task: WatchedTask, depth: number, screen: Screen, style: Style): string => {
  const indent = '  '.repeat(depth + 1);
  const busy = task.status === 'working' || task.status === 'failed' || (task.status === 'open' && task.attempt > 0);
  const who = task.agent === undefined || !busy ? '' : ` ${task.agent}`;
  const room = screen.columns - indent.length - 2;
  const title = fit(`${task.title}${task.attempt > 1 ? ` (attempt ${task.attempt})` : ''}`, room);
  const rest = room - title.length - who.length - 2;
  const activity = busy && task.activity !== undefined && rest > 8 ? `: ${fit(task.activity, rest)}` : '';
  const shownTitle = task.status === 'done' || task.status === 'open' ? style.dim(title) : title;
  const details = who.length + title.length <= room ? style.dim(`${who}${activity}`) : '';
  return `${indent}${sign(task, screen, style)} ${shownTitle}${details}`;
};

interface TreeLine {
  readonly task: WatchedTask;
  readonly depth: number;
}

/** Reviews stand under what they review. */
const toTree = (tasks: readonly WatchedTask[]): readonly TreeLine[] =>
  tasks
    .filter(({ subject }) => subject === undefined || !tasks.some(({ taskId }) => taskId === subject))
    .flatMap((task) => [
      { task, depth: 0 },
      ...tasks.filter(({ subject }) => subject === task.taskId).map((review) => ({ task: review, depth: 1 })),
    ]);

const rank: Readonly<Record<WatchedTask['status'], number>> = {
  working: 0,
  failed: 1,
  submitted: 2,
  open: 3,
  done: 4,
  cancelled: 5,
};

/** When there are more tasks than rows, those where something happens stay; the order never changes. */
const choose = (tree: readonly TreeLine[], rows: number): { lines: readonly TreeLine[]; hidden: number } => {
  if (tree.length <= rows) return { lines: tree, hidden: 0 };
  const kept = new Set(
    tree
      .map((line, index) => ({ line, index }))
      .toSorted((left, right) => rank[left.line.task.status] - rank[right.line.task.status] || right.index - left.index)
      .slice(0, Math.max(0, rows - 1))
      .map(({ line }) => line),
  );
  return { lines: tree.filter((line) => kept.has(line)), hidden: tree.length - kept.size };
};

const footLines = (state: ProgressState, screen: Screen, style: Style): readonly string[] => {
  const lines: string[] = [];
  const tests = state.tests;
  if (tests !== undefined) {
    const { passed, failed } = tests.counts;
    const paint = failed > 0 || tests.status !== 'passed' ? style.bad : style.good;
    lines.push(`tests  ${paint(`${passed} passed, ${failed} failed`)}`);
  }
  const measured = state.measurements.filter(({ kind }) => kind !== 'tests').map(describeMeasurement);
  if (measured.length > 0) lines.push(fit(`measured  ${measured.join('  ')}`, screen.columns));
  if (state.gates.length > 0) {
    const gates = state.gates.map(({ name, passed }) => (passed ? style.good(`✔ ${name}`) : style.bad(`✖ ${name}`)));
    lines.push(`gates  ${gates.join('  ')}`);
  }
  for (const [effectId, { tool }] of Object.entries(state.doubts)) {
    const text = `waits  ${tool} may have taken effect or not: aidevos effects settle ${state.projectId} ${effectId}`;
    lines.push(style.bad(fit(text, screen.columns)));
  }
  const deployment = state.deployments.at(-1);
  if (deployment !== undefined) lines.push(`deployed  ${style.good(deployment)}`);
  return lines;
};

/** The picture, at most as high as the screen. */
export const renderProgress = (state: ProgressState, screen: Screen, style: Style): readonly string[] => {
  const foot = footLines(state, screen, style);
  const room = Math.max(3, screen.rows - foot.length - 4);
  const { lines, hidden } = choose(toTree(state.tasks), room);
  return [
    headLine(state, screen, style),
    stageLine(state, screen, style),
    ...lines.map(({ task, depth }) => taskLine(task, depth, screen, style)),
    ...(hidden > 0 ? [style.dim(`  and ${hidden} more`)] : []),
    ...foot,
  ];
};
