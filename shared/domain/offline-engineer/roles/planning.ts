/** The project manager and the architect: the backlog, what was assumed, the repairs after a failed validation, and effects in doubt. */
import type { Blueprint, WorkItem } from '../blueprint.ts';
import { answer, readSection, type Answer, type Conversation } from '../conversation.ts';

const kindOf = (item: WorkItem): 'design' | 'implement' | 'test' =>
  item.role === 'architect' ? 'design' : item.role === 'qa' ? 'test' : 'implement';

const toTask = (item: WorkItem) => ({
  key: item.key,
  title: item.title,
  kind: kindOf(item),
  role: item.role,
  description: item.description,
  acceptanceCriteria: item.acceptanceCriteria,
  dependsOn: item.dependsOn,
  priority: item.priority,
  estimateMinutes: item.estimateMinutes,
  paths: item.paths,
});

export const plan = (blueprint: Blueprint): Answer =>
  answer(`I understood the specification: ${blueprint.summary}`, {
    tool: 'submit_plan',
    input: { summary: blueprint.summary, tasks: blueprint.items.map(toTask) },
  });

/** The items whose files the evidence names. */
const itemsAtFault = (blueprint: Blueprint, evidence: string): readonly WorkItem[] => {
  const keys = new Set(blueprint.files.filter(({ path }) => evidence.includes(path)).map(({ item }) => item));
  return blueprint.items.filter(({ key }) => keys.has(key));
};

const repairs = (conversation: Conversation, blueprint: Blueprint, revision: string): Answer => {
  const evidence = [
    ...readSection(conversation.task, 'Gates'),
    ...conversation.calls.map(({ content }) => content),
  ].join('\n');
  if (!conversation.calls.some(({ tool }) => tool === 'run_tests')) {
    return answer('I look at what fails.', { tool: 'run_tests', input: {} });
  }
  const items = itemsAtFault(blueprint, evidence);
  return answer(items.length === 0 ? 'I find no part that the evidence points to.' : 'I know what to repair.', {
    tool: 'submit_analysis',
    input: {
      summary:
        items.length === 0
          ? 'The evidence names no file that I know how to repair.'
          : `To repair: ${items.map(({ title }) => title).join(', ')}.`,
      findings: readSection(conversation.task, 'Gates'),
      tasks: items.map((item) => ({
        ...toTask(item),
        key: `repair-${revision}-${item.key}`,
        title: `Repair: ${item.title}`,
        dependsOn: [],
      })),
    },
  });
};

export const analyse = (conversation: Conversation, blueprint: Blueprint): Answer => {
  const revision = conversation.header.get('Revision') ?? '0';
  if (revision !== '0') return repairs(conversation, blueprint, revision);
  return answer('I went through the specification.', {
    tool: 'submit_analysis',
    input: {
      summary:
        blueprint.assumptions.length === 0
          ? 'The specification is clear; nothing had to be assumed.'
          : `${blueprint.assumptions.length} things were assumed.`,
      findings: blueprint.assumptions,
    },
  });
};

/** Whether a call took effect on somebody's server stands in no conversation, so it is not for a rule to say. */
export const settle = (): Answer =>
  answer('I cannot see whether the call took effect.', {
    tool: 'submit_settlement',
    input: { decision: 'ask_person', reason: 'Nothing that I can read says whether the call took effect.' },
  });
