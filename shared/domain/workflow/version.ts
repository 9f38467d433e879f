/**
 * The versions of the two workflows: how a project goes from stage to stage, and how a run goes from step to step. A
 * project and a run carry the version they were started under and stay with it. Raise a number when the order of steps
 * changes for what is already under way; then decide by the version of the project or the run where the old order matters.
 */
export const projectWorkflowVersion = 1;
export const runWorkflowVersion = 1;

/** Why a workflow cannot be gone on with, as one sentence; undefined when it can. An absent version is 1. */
export const refuseWorkflow = (what: string, version: number | undefined, known: number): string | undefined =>
  version === undefined || (Number.isSafeInteger(version) && version >= 1 && version <= known)
    ? undefined
    : `${what} follows version ${version} of its workflow; this code knows versions 1 to ${known}.`;
