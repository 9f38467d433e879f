/**
 * All tools by name. A new tool is a definition and a line here. A task begins with the tools of its kind; the others are
 * found by `find_tools`.
 */
import { checkTypes, runTests } from './check-tools.ts';
import { findImpact, findReferences, outlineCode } from './code-tools.ts';
import {
  commit,
  deleteFile,
  editFile,
  listFiles,
  readDiff,
  readFile,
  readSpecification,
  searchFiles,
  updateBranch,
  writeFiles,
} from './file-tools.ts';
import {
  completeTask,
  reportBlocked,
  submitAdvice,
  submitAnalysis,
  submitPlan,
  submitReview,
  submitSettlement,
  submitVerdict,
  submitVote,
} from './outcome-tools.ts';
import { generateTests } from './generation-tool.ts';
import { runProgram } from './program-tool.ts';
import { createFindTools, readMore } from './discovery-tools.ts';
import { deploy, promote, readMeasurements, runChecks, sendMessage } from './release-tools.ts';
import { driveApp } from './app-tool.ts';
import { readBudget, readHealth, readProject, readRun } from './system-tools.ts';
import { fetchUrl } from './web-tools.ts';
import { applyDiffTool, glob, grep } from './search-tools.ts';
import { findServices } from './service-tools.ts';
import { runShell } from './shell-tool.ts';
import { composeServices, planComposition, readComposition } from './composer-tools.ts';
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { TaskKind } from '../../protocol/stages.ts';
import type { FoundTools, ToolGrant } from '../../protocol/tool-settings.ts';
import type { TaskAssignment } from '../agent/assignment.ts';
import type { Role } from '../team/role.ts';
import { cardOf, type ToolCard } from './catalogue.ts';
import { connectTool } from './connected-tool.ts';
import { decideGrant, type GrantDecision } from './grants.ts';
import type { Tool } from './tool.ts';

const isCore = (kind: TaskKind, name: string): boolean => toolsByKind[kind].includes(name);

const findTools = createFindTools({ all: () => all, isCore });

const all: readonly Tool[] = [
  readSpecification,
  readFile,
  listFiles,
  searchFiles,
  glob,
  grep,
  outlineCode,
  findReferences,
  findImpact,
  writeFiles,
  editFile,
  applyDiffTool,
  deleteFile,
  commit,
  updateBranch,
  readDiff,
  runTests,
  checkTypes,
  generateTests,
  runProgram,
  runShell,
  fetchUrl,
  driveApp,
  readProject,
  readBudget,
  readHealth,
  readRun,
  findServices,
  deploy,
  runChecks,
  promote,
  readMeasurements,
  planComposition,
  composeServices,
  readComposition,
  sendMessage,
  findTools,
  readMore,
  submitPlan,
  submitAnalysis,
  completeTask,
  submitVote,
  submitReview,
  submitVerdict,
  submitSettlement,
  submitAdvice,
  reportBlocked,
];

const toolByName: ReadonlyMap<string, Tool> = new Map(all.map((tool) => [tool.name, tool]));

const looking = [
  'read_specification',
  'read_file',
  'list_files',
  'search_files',
  'outline_code',
  'find_references',
  'find_impact',
  'find_tools',
  'read_more',
];
const changing = ['write_files', 'edit_file', 'delete_file', 'commit', 'update_branch'];
const verifying = ['read_diff', 'run_tests', 'check_types', 'send_message'];

/** The tools that a kind of task offers; a role narrows them. The last ones end the task. */
const toolsByKind: Readonly<Record<TaskKind, readonly string[]>> = {
  plan: ['read_specification', 'submit_plan', 'report_blocked'],
  analyse: [...looking, 'read_measurements', 'run_tests', 'submit_analysis', 'report_blocked'],
  design: [...looking, ...changing, 'send_message', 'complete_task', 'report_blocked'],
  vote: ['read_specification', 'read_file', 'list_files', 'search_files', 'find_tools', 'read_more', 'submit_vote'],
  implement: [...looking, ...changing, ...verifying, 'complete_task', 'report_blocked'],
  review: [...looking, ...verifying, 'submit_review'],
  test: [...looking, ...changing, ...verifying, 'complete_task'],
  judge: ['read_measurements', 'submit_verdict'],
  settle: ['submit_settlement'],
  assist: [...looking, 'read_diff', 'run_tests', 'submit_advice'],
  deploy: [
    'read_specification',
    'read_file',
    'list_files',
    'deploy',
    'run_checks',
    'promote',
    'read_measurements',
    'send_message',
    'find_tools',
    'read_more',
    'complete_task',
  ],
};

/** True for the name of a tool of the platform. */
export const isBuiltInTool = (name: string): boolean => toolByName.has(name);

/** The tools of one task: what its kind offers and the role may use, and those of the project's own that are meant for it. */
export const toolsFor = (
  kind: TaskKind,
  granted: readonly string[],
  connected: readonly ConnectedTool[] = [],
): readonly Tool[] => [
  ...toolsByKind[kind].flatMap((name) => {
    const tool = granted.includes(name) || granted.includes('*') ? toolByName.get(name) : undefined;
    return tool === undefined ? [] : [tool];
  }),
  ...connected.filter(({ name, taskKinds }) => taskKinds.includes(kind) && !isBuiltInTool(name)).map(connectTool),
];

/** The tool of this name, as the platform or the project has it. */
export const findTool = (name: string, connected: readonly ConnectedTool[]): Tool | undefined => {
  const own = connected.find((tool) => tool.name === name);
  return toolByName.get(name) ?? (own === undefined ? undefined : connectTool(own));
};

/** What decides the tools of a run. */
export interface RunTools {
  readonly assignment: Pick<TaskAssignment, 'task' | 'context'>;
  readonly found?: FoundTools;
}

const decide = (tool: Tool, { assignment }: RunTools, role: Role, grants: readonly ToolGrant[]): GrantDecision => {
  const { task, context } = assignment;
  const isOwn = (context.tools ?? []).some(({ name }) => name === tool.name);
  const subject = { kind: task.kind, role: role.name, task: task.key };
  return decideGrant(tool, isOwn || isCore(task.kind, tool.name), subject, role.tools, grants);
};

/** The tools of a run, in the order in which a model is told of them: those it began with, then those it found. */
export const toolsOfRun = (run: RunTools, role: Role): readonly Tool[] => {
  const { task, context } = run.assignment;
  const { grants = [], tools = [] } = context;
  const core = toolsFor(task.kind, role.tools, tools).filter((tool) => decide(tool, run, role, grants).allowed);
  const found = run.found ?? { tools: [], connected: [] };
  const known = new Set(core.map(({ name }) => name));
  const more = [
    ...found.tools.flatMap((name) => toolByName.get(name) ?? []),
    ...found.connected.filter(({ name }) => !isBuiltInTool(name)).map(connectTool),
  ];
  return [...core, ...more.filter(({ name }) => !known.has(name))];
};

/** Why a run may not call a tool: it is denied, or not there, or not found yet. */
export const refuseCall = (name: string, run: RunTools, role: Role): string => {
  const { context } = run.assignment;
  const tool = findTool(name, context.tools ?? []);
  if (tool === undefined) return `There is no tool ${name} for this task.`;
  const decision = decide(tool, run, role, context.grants ?? []);
  return decision.allowed
    ? `${name} is none of the tools you have: look for it with find_tools before you call it.`
    : decision.reason;
};

/** The cards of all tools of the platform, by name. */
export const platformCards = (): readonly ToolCard[] =>
  all.map(cardOf).toSorted((left, right) => (left.name < right.name ? -1 : 1));
