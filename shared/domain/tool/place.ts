import type { TaskAssignment } from '../agent/assignment.ts';
import type { ToolPlace } from './tool.ts';

/** Where the tools of a task work: on its branch, within its paths, under the token of its lease. */
export const placeOf = ({ branch, writes, task, fencingToken, context }: TaskAssignment): ToolPlace => ({
  ref: branch,
  specificationPath: context.specificationPath,
  ...(writes ? { writing: { fencingToken, paths: task.paths } } : {}),
});
