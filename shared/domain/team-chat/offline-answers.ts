/**
 * How the offline engineer answers when it is consulted as a role or an agent. It is rule-based and says so; what it
 * says it takes from the project's records, or from the specification in the message.
 */
import { understand } from '../offline-engineer/understand.ts';
import type { Role } from '../team/role.ts';
import { findRole } from '../team/roles/index.ts';
import { writeEvents, writeFiles, writeOwnTasks, type ProjectFacts } from './project-facts.ts';
import { isSpecification } from './specification-message.ts';

const sectionOf = (markdown: string, title: string): string => {
  const start = markdown.indexOf(`## ${title}\n`);
  if (start < 0) return '';
  const end = markdown.indexOf('\n## ', start + 1);
  return markdown.slice(start, end < 0 ? undefined : end).trim();
};

interface Topic {
  readonly pattern: RegExp;
  readonly write: (facts: ProjectFacts) => string;
}

const fromReport =
  (...titles: readonly string[]) =>
  ({ report }: ProjectFacts): string =>
    titles.map((title) => sectionOf(report.markdown, title)).join('\n\n');

const topics: readonly Topic[] = [
  {
    pattern: /\b(?:tests?|testing|coverage|checks?|gates?|quality|passed|failed)\b/i,
    write: fromReport('Tests', 'Gates'),
  },
  { pattern: /\b(?:files?|code|sources?|repository|repo|modules?|folders?)\b/i, write: writeFiles },
  { pattern: /\b(?:tasks?|work(?:ing|ed)?|doing|did|done|busy|job)\b/i, write: writeOwnTasks },
  { pattern: /\b(?:team|colleagues?|who|agents?|roles?)\b/i, write: fromReport('Team') },
  { pattern: /\b(?:deploy\w*|production|preview|released?|versions?|live)\b/i, write: fromReport('Deployments') },
  { pattern: /\b(?:assum\w+|findings?|decisions?|unclear|design)\b/i, write: fromReport('Assumptions and findings') },
  { pattern: /\b(?:events?|log|history|happen\w*|lately|recently|last)\b/i, write: writeEvents },
];

const firstParagraphs = (markdown: string): string => {
  const end = markdown.indexOf('\n## ');
  return markdown.slice(markdown.indexOf('\n') + 1, end < 0 ? undefined : end).trim();
};

/** The answer of an agent of a project to a question. */
export const answerFromFacts = (question: string, facts: ProjectFacts): string => {
  const { agent, report } = facts;
  const title = findRole(agent.role)?.title.toLowerCase() ?? agent.role;
  const told = topics.filter(({ pattern }) => pattern.test(question)).map(({ write }) => write(facts));
  const named =
    facts.files.length > 0 && !told.includes(writeFiles(facts))
      ? [writeFiles({ ...facts, paths: facts.files.map(({ path }) => path) })]
      : [];
  const sections = [...told, ...named].filter((section) => section !== '');
  return [
    `I am ${agent.name}, ${title} of “${report.name}”, played by the rule-based offline engineer: I answer from the project’s records and cannot discuss them.`,
    firstParagraphs(report.markdown),
    ...(sections.length > 0 ? sections : [writeOwnTasks(facts)]),
    ...(told.length > 0 || named.length > 0
      ? []
      : ['Ask me about tasks, tests, files, the team, deployments, findings or what happened last.']),
    '',
  ].join('\n\n');
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
  [
    `I am the ${role.title.toLowerCase()}, played by the rule-based offline engineer of AIDevOS and not by a language model.`,
    ...(isSpecification(message, 'opening')
      ? describeUnderstanding(message)
      : [
          `My part in the team: ${role.prompt}`,
          'I cannot talk about your message. Send me a product specification (Markdown with a title, things, their fields and rules, or an OpenAPI document) and I tell what would be built of it and what I do not understand.',
        ]),
    '',
  ].join('\n\n');
