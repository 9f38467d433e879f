/** Runs, their replays and their differences as text for a person. Pure. */
import { tasksOf, type ProjectState } from '../../shared/domain/project/state.ts';
import type { Run } from '../../shared/domain/agent/state.ts';
import { composeTask } from '../../shared/domain/agent/prompt.ts';
import type { RunDifference, StepDifference } from '../../shared/domain/replay/diff.ts';
import type { Divergence } from '../../shared/domain/replay/divergence.ts';
import type { OutlineAttempt } from '../../shared/domain/replay/outline.ts';
import type { ReplayReport } from '../../shared/domain/replay/verify.ts';
import { table } from '../output/print.ts';
import { clean } from '../../shared/domain/progress/style.ts';

const longestText = 2_000;

const lines = (text: string, indent: string): string =>
  text
    .slice(0, longestText)
    .split('\n')
    .map((line) => `${indent}${clean(line)}`)
    .join('\n') + (text.length > longestText ? `\n${indent}… (${text.length} characters)` : '');

export const describeAttempts = (attempts: readonly OutlineAttempt[]): string =>
  attempts.length === 0
    ? 'No runs yet.'
    : table(
        ['RUN', 'TASK', 'ROLE', 'TRY', 'STEPS', 'TOKENS', 'OUTCOME'],
        attempts.map(({ runId, taskKey, role, attempt, steps, tokens, outcome }) => {
          const made = steps.filter(({ kind }) => kind !== 'end').length;
          return [runId, taskKey, role, String(attempt), String(made), String(tokens), outcome];
        }),
      );

const place = ({ where, sequence, runId, step }: Divergence): string =>
  [
    where,
    ...(sequence === undefined ? [] : [`event ${sequence}`]),
    ...(runId === undefined ? [] : [`run ${runId}`]),
    ...(step === undefined ? [] : [`step ${step}`]),
  ].join(', ');

export const describeDivergence = (divergence: Divergence): string =>
  [
    `${place(divergence)}: ${divergence.what}`,
    ...(divergence.recorded === undefined ? [] : [lines(divergence.recorded, '  recorded  ')]),
    ...(divergence.replayed === undefined ? [] : [lines(divergence.replayed, '  replayed  ')]),
  ].join('\n');

/** What was replayed and whether it is as recorded. */
export const describeReplay = (name: string, report: ReplayReport, verifiedModel: boolean): string => {
  const { divergences, projectEvents, agentEvents, runs, steps, requestsCompared } = report;
  const [first] = divergences;
  const asked = verifiedModel
    ? `, ${report.answersAskedAgain} answers asked again, ${report.answersNotAsked} of models that cannot be`
    : '';
  return [
    `${clean(name)}: ${projectEvents} events, ${runs} runs with ${steps} steps in ${agentEvents} events of agents`,
    `compared: ${requestsCompared} requests${asked}`,
    ...(first === undefined
      ? ['replayed as recorded']
      : [`${divergences.length} divergences; the first:`, describeDivergence(first)]),
  ].join('\n');
};

/** The project at a moment: what there is to do, and who holds what. */
export const describeState = (state: ProjectState, sequence: number): string => {
  const names = new Map(state.agents.map(({ agentId, name }) => [agentId as string, name]));
  const tasks = tasksOf(state);
  return [
    '',
    `At event ${sequence}: ${state.status}, stage ${state.stage}, revision ${state.revision}${state.commit === undefined ? '' : `, main at ${state.commit.slice(0, 10)}`}`,
    tasks.length === 0
      ? 'No tasks yet.'
      : table(
          ['TASK', 'STATUS', 'ROLE', 'TRY', 'HELD BY'],
          tasks.map(({ task, status, attempt, agentId }) => [
            task.key,
            status,
            task.role,
            String(attempt),
            agentId === undefined ? '' : (names.get(agentId) ?? agentId),
          ]),
        ),
  ].join('\n');
};

/** The conversation of a run up to a step. */
export const describeRun = (run: Run, step: number): string => {
  const said = run.messages.map((message) => {
    switch (message.role) {
      case 'assistant': {
        const calls = message.toolCalls.map(({ name, argumentsJson }) => `  → ${name} ${argumentsJson}`);
        return ['assistant', lines([message.content, ...calls].join('\n'), '  ')].join('\n');
      }
      case 'tool':
        return [`${message.toolName}${message.isError ? ' (refused)' : ''}`, lines(message.content, '  ')].join('\n');
      default:
        return ['user', lines(message.content, '  ')].join('\n');
    }
  });
  const open = run.openCalls.map(({ name }) => name).join(', ');
  return [
    '',
    `Run ${run.runId} at step ${step}: ${run.modelCalls} calls of the model, ${run.toolCalls} of tools, ${run.tokens} tokens`,
    'task',
    lines(composeTask(run.assignment), '  '),
    ...said,
    ...(open === '' ? [] : [`next: ${open}`]),
  ].join('\n');
};

const describeStep = (difference: StepDifference): string => {
  const { taskKey, role, attempt, step, what, left, right, seenBefore } = difference;
  return [
    `${taskKey} (${role}, attempt ${attempt})${step === undefined ? '' : `, step ${step}`}: ${what}`,
    ...(left === undefined ? [] : [lines(left, '  left   ')]),
    ...(right === undefined ? [] : [lines(right, '  right  ')]),
    ...(seenBefore === undefined
      ? []
      : [
          `  seen differently before, at step ${seenBefore.step}:`,
          lines(seenBefore.left, '    left   '),
          lines(seenBefore.right, '    right  '),
        ]),
  ].join('\n');
};

const shownEntries = 50;

const section = (title: string, entries: readonly string[]): readonly string[] =>
  entries.length === 0
    ? []
    : [
        '',
        title,
        ...entries.slice(0, shownEntries).map((entry) => `  ${entry}`),
        ...(entries.length > shownEntries ? [`  … and ${entries.length - shownEntries} more`] : []),
      ];

export const describeDifference = (difference: RunDifference): string => {
  const { equal, first, attempts, tasks, outcome, measurements, tokens, files } = difference;
  return [
    equal ? 'equal (apart from ids, commits, times and tokens)' : 'different',
    ...(first === undefined ? [] : ['', 'First divergence', describeStep(first)]),
    ...section(
      'Runs that differ',
      attempts.map(({ taskKey, role, attempt, what }) => `${taskKey} (${role}, attempt ${attempt}): ${what}`),
    ),
    ...section(
      'Tasks',
      tasks.map(({ key, what }) => `${key}: ${what}`),
    ),
    ...section('Outcome', outcome === undefined ? [] : [`left   ${outcome.left}`, `right  ${outcome.right}`]),
    ...section('Measurements', [
      ...measurements.onlyLeft.map((text) => `left   ${text}`),
      ...measurements.onlyRight.map((text) => `right  ${text}`),
    ]),
    ...section(
      'Files',
      files.map(({ path, status }) => `${status}: ${path}`),
    ),
    '',
    `Tokens: ${tokens.left} and ${tokens.right}`,
  ].join('\n');
};
