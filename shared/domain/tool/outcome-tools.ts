/** The tools that end a run: each hands in one kind of result. */
import { z } from 'zod';
import { maxSettledResultLength, settleDecisions } from '../effect/doubt.ts';
import { findPlanFaults } from '../task/plan.ts';
import { defineTool, toolError, type ToolContext, type ToolResult } from './tool.ts';

const line = z.string().min(1).max(2_000);
const text = z.string().min(1).max(20_000);

const plannedTask = z.strictObject({
  key: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,79}$/)
    .describe('Short name, kebab-case, unique in the project.'),
  title: z.string().min(1).max(200),
  kind: z.enum(['design', 'implement', 'test']),
  role: z.string().min(1).max(60),
  description: text,
  acceptanceCriteria: z.array(line).max(50),
  dependsOn: z.array(z.string().max(80)).max(100).describe('Keys of tasks that must be merged before.'),
  priority: z.number().int().min(0).max(1_000).describe('Higher goes first.'),
  estimateMinutes: z.number().int().min(1).max(10_000),
  paths: z
    .array(z.string().min(1).max(512))
    .min(1)
    .max(200)
    .describe('The paths the task may write: exact, or a folder ending in a slash. No path may belong to two tasks.'),
});

const refuseFaults = (
  tasks: readonly z.infer<typeof plannedTask>[],
  { assignment }: ToolContext,
): ToolResult | undefined => {
  const faults = findPlanFaults(tasks, assignment.context.team, assignment.context.plannedKeys);
  return faults.length === 0
    ? undefined
    : toolError(`The plan cannot be used:\n${faults.map(({ field, reason }) => `${field}: ${reason}`).join('\n')}`);
};

export const submitPlan = defineTool({
  name: 'submit_plan',
  description: 'Hands in the plan and ends the task.',
  parameters: z.strictObject({ summary: text, tasks: z.array(plannedTask).min(1).max(200) }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ tasks }) => `${tasks.length} tasks`,
  run: ({ summary, tasks }, context) =>
    refuseFaults(tasks, context) ?? {
      content: 'The plan was handed in.',
      outcome: { type: 'planned', summary, tasks },
    },
});

export const submitAnalysis = defineTool({
  name: 'submit_analysis',
  description: 'Hands in the analysis and ends the task. In a revision, also the tasks that repair what failed.',
  parameters: z.strictObject({
    summary: text,
    findings: z.array(line).max(200).describe('What is unclear, in conflict, or was assumed.'),
    tasks: z.array(plannedTask).max(50).default([]).describe('Repairs; only in a revision.'),
  }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ findings }) => `${findings.length} findings`,
  run: ({ summary, findings, tasks }, context) =>
    (tasks.length === 0 ? undefined : refuseFaults(tasks, context)) ?? {
      content: 'The analysis was handed in.',
      outcome: { type: 'analysed', summary, findings, tasks },
    },
});

export const completeTask = defineTool({
  name: 'complete_task',
  description: 'Hands in the work on this task and ends it. Everything must be committed before.',
  parameters: z.strictObject({ summary: text }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ summary }) => summary.split('\n')[0] ?? '',
  run: async ({ summary }, { assignment, repository }) => {
    if (!assignment.writes) return { content: 'Handed in.', outcome: { type: 'completed', summary, commit: null } };
    const branch = (await repository.branches()).find(({ name }) => name === assignment.branch);
    if (branch === undefined) return toolError(`The branch ${assignment.branch} is not there.`);
    if (branch.uncommittedChanges > 0) {
      return toolError(`${branch.uncommittedChanges} files are changed but not committed: commit them first.`);
    }
    const changed = await repository.diff({ from: 'main', to: branch.head });
    if (changed.ok && changed.value.length === 0) {
      return toolError('The branch does not change anything yet: write and commit the work first.');
    }
    return { content: 'Handed in.', outcome: { type: 'completed', summary, commit: branch.head } };
  },
});

export const submitVote = defineTool({
  name: 'submit_vote',
  description: 'Votes and ends the task.',
  parameters: z.strictObject({ vote: z.enum(['approve', 'reject']), reason: line }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ vote }) => vote,
  run: ({ vote, reason }) => ({ content: 'The vote was cast.', outcome: { type: 'voted', vote, reason } }),
});

export const submitReview = defineTool({
  name: 'submit_review',
  description: 'Hands in the review and ends the task. A rejection needs comments that say what to change.',
  parameters: z.strictObject({ verdict: z.enum(['approve', 'reject']), comments: z.array(line).max(50) }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ verdict }) => verdict,
  run: ({ verdict, comments }) =>
    verdict === 'reject' && comments.length === 0
      ? toolError('A rejection needs at least one comment that says what to change.')
      : { content: 'The review was handed in.', outcome: { type: 'reviewed', verdict, comments } },
});

export const submitVerdict = defineTool({
  name: 'submit_verdict',
  description: 'Hands in the verdict on the version and ends the task. It passes only if every gate passed.',
  parameters: z.strictObject({ verdict: z.enum(['pass', 'fail']), reasons: z.array(line).max(50) }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ verdict }) => verdict,
  run: ({ verdict, reasons }, { assignment }) => {
    const missed = assignment.context.gates.filter(({ passed }) => !passed);
    return verdict === 'pass' && missed.length > 0
      ? toolError(
          `These gates did not pass: ${missed.map(({ name, evidence }) => `${name} (${evidence})`).join('; ')}.`,
        )
      : { content: 'The verdict was handed in.', outcome: { type: 'judged', verdict, reasons } };
  },
});

export const submitSettlement = defineTool({
  name: 'submit_settlement',
  description:
    'Says what became of the call in doubt and ends the task: done (it took effect; give its result), redo (it did not; it is made again), abandon (go on without it), or ask_person when you cannot know.',
  parameters: z.strictObject({
    decision: z.enum([...settleDecisions, 'ask_person']),
    result: z.string().max(maxSettledResultLength).optional().describe('For done: what the tool gave back.'),
    reason: line.describe('How you know, or why you cannot.'),
  }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ decision }) => decision,
  run: ({ decision, result, reason }) =>
    result !== undefined && decision !== 'done'
      ? toolError('Only a call that is done has a result.')
      : {
          content: 'The settlement was handed in.',
          outcome: { type: 'settled', decision, reason, ...(result === undefined ? {} : { result }) },
        },
});

export const submitAdvice = defineTool({
  name: 'submit_advice',
  description:
    'Hands in advice for a colleague who is stuck and ends the task. Say with helpful: false that you cannot help.',
  parameters: z.strictObject({
    helpful: z.boolean(),
    advice: text.describe('What to do differently, concretely; or why you cannot help.'),
  }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ advice }) => advice.split('\n')[0] ?? '',
  run: ({ helpful, advice }) => ({
    content: 'The advice was handed in.',
    outcome: { type: 'advised', helpful, advice },
  }),
});

export const reportBlocked = defineTool({
  name: 'report_blocked',
  description:
    'Ends the whole project as blocked, because sentences of the specification cannot be understood or built. Quote each exactly.',
  parameters: z.strictObject({
    sentences: z
      .array(z.strictObject({ sentence: z.string().max(2_000), reason: line }))
      .min(1)
      .max(50),
  }),
  effectClass: 'pure',
  capability: 'outcome',
  cost: 'low',
  describe: ({ sentences }) => sentences[0]?.sentence ?? '',
  run: ({ sentences }) => ({ content: 'The project is blocked.', outcome: { type: 'blocked', sentences } }),
});
