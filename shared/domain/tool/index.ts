/** All tools by name. A new tool is a definition and a line here. */
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
import { deploy, promote, readMeasurements, runChecks, sendMessage } from './release-tools.ts';
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { TaskKind } from '../../protocol/stages.ts';
import { connectTool } from './connected-tool.ts';
import type { Tool } from './tool.ts';

const all: readonly Tool[] = [
  readSpecification,
  readFile,
  listFiles,
  searchFiles,
  outlineCode,
  findReferences,
  findImpact,
  writeFiles,
  editFile,
  deleteFile,
  commit,
  updateBranch,
  readDiff,
  runTests,
  checkTypes,
  deploy,
  runChecks,
  promote,
  readMeasurements,
  sendMessage,
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
];
const changing = ['write_files', 'edit_file', 'delete_file', 'commit', 'update_branch'];
const verifying = ['read_diff', 'run_tests', 'check_types', 'send_message'];

/** The tools that a kind of task offers; a role narrows them. The last ones end the task. */
const toolsByKind: Readonly<Record<TaskKind, readonly string[]>> = {
  plan: ['read_specification', 'submit_plan', 'report_blocked'],
  analyse: [...looking, 'read_measurements', 'run_tests', 'submit_analysis', 'report_blocked'],
  design: [...looking, ...changing, 'send_message', 'complete_task', 'report_blocked'],
  vote: ['read_specification', 'read_file', 'list_files', 'search_files', 'submit_vote'],
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
