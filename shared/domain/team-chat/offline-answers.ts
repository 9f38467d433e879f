/**
 * How the offline engineer answers when it is consulted as a role or an agent. It is rule-based and says so; what it
 * says it takes from the project's records, or from the specification in the message.
 */
import { understand } from '../offline-engineer/understand.ts';
import type { Role } from '../team/role.ts';
import { findRole } from '../team/roles/index.ts';
import { writeEvents, writeFiles, writeOwnTasks, type ProjectFacts, type ProjectRecords } from './project-facts.ts';
import { isSpecification } from './specification-message.ts';

const sectionOf = (markdown: string, title: string): string => {
  const start = markdown.indexOf(`## ${title}\n`);
  if (start < 0) return '';
  const end = markdown.indexOf('\n## ', start + 1);
  return markdown.slice(start, end < 0 ? undefined : end).trim();
};

interface Topic {
  readonly pattern: RegExp;
  readonly write: (records: ProjectRecords) => string;
}

const fromReport =
  (...titles: readonly string[]) =>
  ({ report }: ProjectRecords): string =>
    titles.map((title) => sectionOf(report.markdown, title)).join('\n\n');

const taskTopic = /\b(?:tasks?|work(?:ing|ed)?|doing|did|done|busy|job|backlog)\b/i;

const topics: readonly Topic[] = [
  {
    pattern: /\b(?:tests?|testing|coverage|checks?|gates?|quality|passed|failed)\b/i,
    write: fromReport('Tests', 'Gates'),
  },
  { pattern: /\b(?:files|code|sources?|repository|repo|modules?|folders?)\b/i, write: writeFiles },
  { pattern: /\b(?:team|colleagues?|who|agents?|roles?)\b/i, write: fromReport('Team') },
  { pattern: /\b(?:deploy\w*|production|preview|released?|versions?|live)\b/i, write: fromReport('Deployments') },
  {
    pattern: /\b(?:assum\w+|findings?|decisions?|decided|unclear|design)\b/i,
    write: fromReport('Assumptions and findings'),
  },
  { pattern: /\b(?:events?|log|history|happen\w*|lately|recently|last)\b/i, write: writeEvents },
];

const topicList = 'tasks, tests, files by their path, the team, deployments, findings, or what happened last';

/** The records that a question is about; empty when it is about none of them. `ownTasks` are those of who is asked. */
const findRecords = (question: string, records: ProjectRecords, ownTasks?: string): readonly string[] => {
  const asksForList = /\b(?:files|code|sources?|repository|repo|modules?|folders?)\b/i.test(question);
  const named = { ...records, paths: records.files.map(({ path }) => path) };
  return [
    ...(taskTopic.test(question) ? [ownTasks ?? sectionOf(records.report.markdown, 'Tasks')] : []),
    ...topics.filter(({ pattern }) => pattern.test(question)).map(({ write }) => write(records)),
    ...(records.files.length > 0 && !asksForList ? [writeFiles(named)] : []),
  ].filter((section) => section !== '');
};

const firstParagraphs = (markdown: string): string => {
  const end = markdown.indexOf('\n## ');
  return markdown.slice(markdown.indexOf('\n') + 1, end < 0 ? undefined : end).trim();
};

const join = (parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

/** The answer of an agent of a project to a question. */
export const answerFromFacts = (question: string, facts: ProjectFacts): string => {
  const { agent, report } = facts;
  const title = findRole(agent.role)?.title.toLowerCase() ?? agent.role;
  const own = writeOwnTasks(facts);
  const found = findRecords(question, facts, own);
  return join([
    `I am ${agent.name}, ${title} of “${report.name}”, played by the rule-based offline engineer: I answer from the project’s records and cannot discuss them.`,
    firstParagraphs(report.markdown),
    ...(found.length > 0 ? found : [own, `Ask me about ${topicList}.`]),
  ]);
};

/** The answer to a question about a project, whoever plays its team; an agent of it can be asked for more. */
export const answerFromRecords = (question: string, records: ProjectRecords): string => {
  const found = findRecords(question, records);
  const manager = records.report.agents.find(({ role }) => role === 'project_manager');
  const more =
    manager === undefined
      ? ''
      : ` The model \`agent/${manager.agentId}\` is the project manager, who may be asked in other words.`;
  return found.length > 0
    ? join(['From the project’s records:', ...found])
    : join([
        `The project’s records say nothing about this. Ask about ${topicList}.${more}`,
        'To have something else built, send the whole changed specification, beginning with its title (`# Name`); it becomes a project of its own.',
      ]);
};

const mostLines = 40;

const describeUnderstanding = (specification: string): readonly string[] => {
  const understood = understand(specification);
  if (!understood.ok) {
    return [
      'As it stands, the offline engineer would not build this. Not understood:',
      understood.error
        .slice(0, mostLines)
        .map(({ sentence, line, reason }) => `- line ${line}, “${sentence}”: ${reason}`)
        .join('\n'),
    ];
  }
  const { title, summary, items, files, assumptions, acceptanceChecks } = understood.value;
  return [
    `**${title}**: ${summary}`,
    `The work, ${items.length} items:\n\n${items
      .slice(0, mostLines)
      .map(({ role, title: item, description }) => `- ${role}: ${item}. ${description}`)
      .join('\n')}`,
    ...(assumptions.length === 0
      ? []
      : [`Decided on your behalf:\n\n${assumptions.map((text) => `- ${text}`).join('\n')}`]),
    `It would become ${files.length} files, accepted by ${acceptanceChecks.length} checks over HTTP. Send the same text to the model \`team\` to have it built.`,
  ];
};

/** The answer of a role without a project. */
export const answerAsRole = (role: Role, message: string): string =>
  join([
    `I am the ${role.title.toLowerCase()}, played by the rule-based offline engineer of AIDevOS and not by a language model.`,
    ...(isSpecification(message, 'opening')
      ? describeUnderstanding(message)
      : [
          `My part in the team: ${role.prompt}`,
          'I cannot talk about your message. Send me a product specification (Markdown with a title, things, their fields and rules, or an OpenAPI document) and I tell what would be built of it and what I do not understand.',
        ]),
  ]);
