/** The report of a project as a person reads it: what was built, by whom, what was measured, and where it runs. */
import type { Gate, Measurement } from '../../protocol/project-events.ts';
import { describeCriteria } from './report-criteria.ts';
import type { JudgedCriterion } from '../quality/behaviour/criteria.ts';
import type { AgentView, ProjectView, TaskView } from '../../rpc/project.ts';

export interface ReportParts {
  readonly project: ProjectView;
  readonly tasks: readonly TaskView[];
  readonly agents: readonly AgentView[];
  readonly measurements: readonly Measurement[];
  readonly gates: readonly Gate[];
  /** Of the version in the preview slot. */
  readonly releaseGates: readonly Gate[];
  readonly findings: readonly string[];
  readonly criteria: readonly JudgedCriterion[];
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const table = (header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? ['None.']
    : [
        `| ${header.join(' | ')} |`,
        `|${header.map(() => '---').join('|')}|`,
        ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
      ];

const describeTests = (measurements: readonly Measurement[]): readonly string[] => {
  const tests = measurements.find((measurement) => measurement.kind === 'tests');
  if (tests === undefined) return ['The tests were not run yet.'];
  const { passed, failed, skipped } = tests.counts;
  return [
    `Run ${tests.status} on \`${tests.commit.slice(0, 10)}\`: ${passed} passed, ${failed} failed, ${skipped} skipped, in ${seconds(tests.durationMs)}.`,
    ...tests.failures.map(({ file, name, message }) => `- ${file} > ${name}: ${message}`),
  ];
};

const section = (title: string, lines: readonly string[]): readonly string[] => ['', `## ${title}`, '', ...lines];

const describeGates = (parts: ReportParts): readonly string[] =>
  table(
    ['gate', 'passed', 'evidence'],
    [...parts.gates, ...parts.releaseGates].map(({ name, passed, evidence }) => [
      name,
      passed ? 'yes' : 'NO',
      evidence,
    ]),
  );

const describeTasks = (tasks: readonly TaskView[]): readonly string[] =>
  table(
    ['task', 'role', 'status', 'attempts', 'result'],
    tasks.map(({ title, role, status, attempt, summary = '' }) => [
      title,
      role,
      status,
      String(attempt),
      summary.split('\n')[0] ?? '',
    ]),
  );

const describeDeployments = ({ deployments }: ProjectView): readonly string[] =>
  table(
    ['slot', 'version', 'last action'],
    deployments.map(({ slot, version, action }) => [slot, version, action]),
  );

const describeTeam = (agents: readonly AgentView[]): readonly string[] =>
  table(
    ['agent', 'role', 'tasks done'],
    agents.map(({ name, role, tasksDone }) => [name, role, String(tasksDone)]),
  );

/** The report in Markdown. */
export const writeReport = (parts: ReportParts): string => {
  const { project, findings } = parts;
  return [
    `# ${project.name}: report`,
    '',
    `Project \`${project.projectId}\` is **${project.status}** (stage ${project.stage}, revision ${project.revision}), built with ${project.model} in ${seconds(project.updatedAt - project.createdAt)}.`,
    ...(project.openQuestions === 0 ? [] : ['', `Waiting for an answer: ${project.openQuestions} open questions.`]),
    ...(project.reason === undefined ? [] : ['', `Reason: ${project.reason}`]),
    ...section('Gates', describeGates(parts)),
    ...section('Tests', describeTests(parts.measurements)),
    ...section('Acceptance criteria', describeCriteria(parts.criteria, table)),
    ...section('Deployments', describeDeployments(project)),
    ...section('Tasks', describeTasks(parts.tasks)),
    ...section('Team', describeTeam(parts.agents)),
    ...(findings.length === 0
      ? []
      : section(
          'Assumptions and findings',
          findings.map((finding) => `- ${finding}`),
        )),
    '',
  ].join('\n');
};
