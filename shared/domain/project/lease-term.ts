import type { ProjectState } from './state.ts';

/** How long an agent may be silent before its task is given to another, unless the project says otherwise. */
export const leaseMs = 60_000;

/** The lease term of this project, in milliseconds. */
export const leaseMsOf = (state: ProjectState): number => state.identity?.leaseMs ?? leaseMs;
