/** What can be known of a project by whoever is asked: records of the platform, nothing that anybody claims. */
import type { AgentDetail } from '../../rpc/agent.ts';
import type { ProjectReport, TaskView } from '../../rpc/project.ts';

export interface ProjectRecords {
  readonly report: ProjectReport;
  /** The last events, oldest first, each in words. */
  readonly events: readonly string[];
  /** Paths on `main`. */
  readonly paths: readonly string[];
  /** Files that the question names. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

/** The records as one of the agents sees them. */
export interface ProjectFacts extends ProjectRecords {
  readonly agent: AgentDetail;
}

const mostPaths = 300;

const describeTask = ({ title, status, stage, attempt, summary, comments }: TaskView): readonly string[] => [
  `- “${title}” (${stage}): ${status}${attempt > 1 ? `, attempt ${attempt}` : ''}${summary === undefined ? '' : `; ${summary.split('\n')[0] ?? ''}`}`,
  ...comments.map((comment) => `  - came back: ${comment}`),
];

const tasksOf = ({ agent, report }: ProjectFacts): readonly TaskView[] =>
  report.tasks.filter(({ agentId }) => agentId === agent.agentId);

/** What the agent does, and did. */
export const writeOwnTasks = (facts: ProjectFacts): string => {
  const { agent } = facts;
  const now =
    agent.run === undefined
      ? 'No task is being worked on at the moment.'
      : `Working on “${agent.run.title}”, attempt ${agent.run.attempt}, ${agent.run.steps} steps so far.`;
  return [
    `## Tasks of ${agent.name}`,
    '',
    now,
    ...tasksOf(facts).flatMap(describeTask),
    ...(tasksOf(facts).length === 0 ? ['No task was given to this agent yet.'] : []),
  ].join('\n');
};

/** The files on `main`, and those that were named whole. */
export const writeFiles = ({ paths, files }: ProjectRecords): string =>
  [
    '## Files on main',
    '',
    ...(paths.length === 0 ? ['None yet.'] : paths.slice(0, mostPaths).map((path) => `- ${path}`)),
    ...(paths.length > mostPaths ? [`- and ${paths.length - mostPaths} more`] : []),
    ...files.flatMap(({ path, content }) => ['', `### ${path}`, '', '```', content, '```']),
  ].join('\n');

export const writeEvents = ({ events }: ProjectRecords): string =>
  ['## What happened last', '', ...events.map((event) => `- ${event}`)].join('\n');

/** All facts as one text, for a model. */
export const writeFacts = (facts: ProjectFacts): string =>
  [facts.report.markdown, writeOwnTasks(facts), writeEvents(facts), writeFiles(facts)].join('\n\n');

/** The paths that a text names, at most three. */
export const namedPaths = (text: string, paths: readonly string[]): readonly string[] => {
  const words = new Set(text.split(/[\s`'"“”()<>,;:?!]+/).map((word) => word.replace(/\.$/, '')));
  return paths.filter((path) => words.has(path)).slice(0, 3);
};
