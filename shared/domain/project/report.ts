/** The report of a project as a person reads it: what was built, by whom, what was measured, and where it runs. */
import type { Gate, Measurement } from '../../protocol/project-events.ts';
import type { AgentView, ProjectView, TaskView } from '../../rpc/project.ts';
import { computeReleaseGates } from './gates.ts';

export interface ReportParts {
  readonly project: ProjectView;
  readonly tasks: readonly TaskView[];
  readonly agents: readonly AgentView[];
  readonly measurements: readonly Measurement[];
  readonly gates: readonly Gate[];
  readonly findings: readonly string[];
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

const releaseGates = ({ project, measurements }: ReportParts): readonly Gate[] => {
  const preview = project.deployments.find(({ slot }) => slot === 'preview');
  return preview === undefined ? [] : computeReleaseGates(measurements, preview.version, 'preview');
};

/** The report in Markdown. */
export const writeReport = (parts: ReportParts): string => {
  const { project, tasks, agents, gates, findings } = parts;
  const nameByAgent = new Map(agents.map(({ agentId, name }) => [agentId as string, name]));
  return [
    `# ${project.name}: report`,
    '',
    `Project \`${project.projectId}\` is **${project.status}** (stage ${project.stage}, revision ${project.revision}), built with ${project.model} in ${seconds(project.updatedAt - project.createdAt)}.`,
    ...(project.reason === undefined ? [] : ['', `Reason: ${project.reason}`]),
    '',
    '## Gates',
    '',
    ...table(
      ['gate', 'passed', 'evidence'],
      [...gates, ...releaseGates(parts)].map(({ name, passed, evidence }) => [name, passed ? 'yes' : 'NO', evidence]),
    ),
    '',
    '## Tests',
    '',
    ...describeTests(parts.measurements),
    '',
    '## Deployments',
    '',
    ...table(
      ['slot', 'version', 'last action'],
      project.deployments.map(({ slot, version, action }) => [slot, version, action]),
    ),
    '',
    '## Tasks',
    '',
    ...table(
      ['task', 'role', 'status', 'attempts', 'result'],
      tasks.map((task) => [
        task.title,
        task.role,
        task.status,
        String(task.attempt),
        (task.summary ?? '').split('\n')[0] ?? '',
      ]),
    ),
    '',
    '## Team',
    '',
    ...table(
      ['agent', 'role', 'tasks done'],
      agents.map((agent) => [nameByAgent.get(agent.agentId) ?? agent.name, agent.role, String(agent.tasksDone)]),
    ),
    ...(findings.length === 0
      ? []
      : ['', '## Assumptions and findings', '', ...findings.map((finding) => `- ${finding}`)]),
    '',
  ].join('\n');
};
