/** The texts with which the team ends its part of a conversation. Markdown, in few words, with what to do next. */
import type { Measurement } from '../../protocol/project-events.ts';
import type { ProjectReport, ProjectView, QuestionView } from '../../rpc/project.ts';
import { describeMeasurement } from '../progress/describe.ts';
import { fit } from '../progress/style.ts';
import { cloneCommand, isDeployed, type ProjectLinks } from './project-links.ts';

const mostLines = 12;
const longestLine = 400;

const list = (lines: readonly string[]): readonly string[] => [
  ...lines.slice(0, mostLines).map((line) => `- ${fit(line, longestLine)}`),
  ...(lines.length > mostLines ? [`- and ${lines.length - mostLines} more, in the report`] : []),
];

const describeLinks = (report: ProjectReport, links: ProjectLinks): readonly string[] => [
  ...(isDeployed(report) ? [`- App: ${links.appUrl}`] : []),
  `- Repository: \`${cloneCommand(links)}\``,
  `- Report: ${links.reportUrl}`,
];

const kinds: readonly Measurement['kind'][] = ['tests', 'types', 'security', 'acceptance'];

const describeResults = ({ measurements, gates }: ProjectReport): readonly string[] => {
  const measured = kinds.flatMap((kind) => {
    const found = measurements.find((measurement) => measurement.kind === kind);
    return found === undefined ? [] : [describeMeasurement(found)];
  });
  const missed = gates.filter(({ passed }) => !passed).map(({ name, evidence }) => `gate missed: ${name}: ${evidence}`);
  const passed = gates.length > 0 && missed.length === 0 ? [`all ${gates.length} gates passed`] : [];
  return list([...measured, ...missed, ...passed]);
};

const headOf = (report: ProjectReport): string => {
  const name = fit(report.name, 120);
  const { tasksDone, tasksTotal } = report.progress;
  switch (report.status) {
    case 'completed':
      return `**“${name}” is done**: ${tasksDone} tasks in ${Math.round(report.durationMs / 1_000)} s.`;
    case 'active':
      return `“${name}” is being built: stage ${report.stage}, ${tasksDone} of ${tasksTotal} tasks done.`;
    case 'paused':
      return `“${name}” is paused${report.reason === undefined ? '' : ` (${fit(report.reason, longestLine)})`}: stage ${report.stage}, ${tasksDone} of ${tasksTotal} tasks done. It goes on after \`POST /api/projects/${report.projectId}/resume\`.`;
    case 'blocked':
      return `**“${name}” is blocked**: the team did not understand these sentences. Send the whole specification again with other words for them.`;
    case 'failed':
      return `**“${name}” has failed**: ${fit(report.reason ?? 'no reason is known', longestLine)}`;
    case 'cancelled':
      return `“${name}” was cancelled: ${fit(report.reason ?? 'no reason is known', longestLine)}`;
  }
};

const describeSentences = ({ sentences = [] }: ProjectReport): readonly string[] =>
  list(sentences.map(({ sentence, reason }) => `“${sentence}”: ${reason}`));

const describeWork = ({ status, tasks, stalled }: ProjectReport): readonly string[] => {
  if (status !== 'active') return [];
  const waiting =
    stalled === undefined ? [] : [`nothing has moved for a while; waiting for ${stalled.waitingFor.join('; ')}`];
  const working = tasks.filter(({ status: state }) => state === 'assigned' || state === 'in_review');
  return list([...waiting, ...working.map(({ role, title }) => `${role} works on “${title}”`)]);
};

const paragraph = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** How a project stands, and where its things are. */
export const describeStanding = (report: ProjectReport, links: ProjectLinks): string =>
  [
    headOf(report),
    ...describeSentences(report),
    ...describeWork(report),
    ...paragraph('Results:', describeResults(report)),
    ...paragraph('Assumptions and findings:', list(report.findings)),
    ...paragraph('Links:', describeLinks(report, links)),
    '',
  ].join('\n');

/** An open question, to be answered with the next message. */
export const describeQuestion = ({ text, choices = [], taskTitle }: QuestionView): string =>
  [
    `**The team asks**, about “${fit(taskTitle, 120)}”:`,
    '',
    text,
    ...(choices.length === 0 ? [] : ['', ...choices.map((choice, index) => `${index + 1}. ${choice}`)]),
    '',
    'Your next message is the answer.',
    '',
  ].join('\n');

/** For a conversation in which there is nothing to build yet. */
export const introduction = [
  'This is the team of AIDevOS. It builds web applications with an HTTP API and simple pages from a specification, tests them and deploys them.',
  '',
  'Send the specification as your message:',
  '',
  '- Markdown with a title (`# Name`), and for each kind of thing its fields and rules, for example “A note has a title (required) and a text.”,',
  '- or an OpenAPI 3 document in JSON or YAML.',
  '',
  'I answer with the progress, and with the address of the app when it is done.',
  '',
].join('\n');

/** When the client's patience is over and the project's is not. */
export const goesOn =
  'This answer ends here, the work does not: the team goes on. Send “continue” with this conversation to follow it, or “status” to see how it stands.\n';

/** What became of a message that the team cannot act upon. */
export const describeNote = ({ status }: ProjectView): string =>
  [
    'Your message is delivered to the project manager and stands in the project’s record.',
    status === 'active' || status === 'paused'
      ? 'It changes nothing of the work under way: the team builds what the specification said when the project began.'
      : 'It changes nothing: a finished project is not worked on any more.',
    'To have something else built, send the whole changed specification, beginning with its title (`# Name`); it becomes a project of its own.',
  ]
    .join(' ')
    .concat('\n');
