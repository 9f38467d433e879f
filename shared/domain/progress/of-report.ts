/** What a watcher knows who comes in the middle: as much of the fold as a report tells. */
import type { ProjectReport } from '../../rpc/project.ts';
import { initialProgress, type ProgressState } from './state.ts';

/** The state of one who has seen everything up to the sequence: names and titles, for the words of later events. */
export const progressOfReport = (report: ProjectReport, sequence: number): ProgressState => ({
  ...initialProgress,
  name: report.name,
  projectId: report.projectId,
  model: report.model,
  stage: report.stage,
  revision: report.revision,
  agents: Object.fromEntries(report.agents.map(({ agentId, name, role }) => [agentId, { name, role }])),
  tasks: report.tasks.map(({ taskId, title, role, stage, attempt }) => ({
    taskId,
    title,
    role,
    stage,
    attempt,
    status: 'open',
  })),
  measurements: report.measurements,
  gates: report.gates,
  sequence,
});
