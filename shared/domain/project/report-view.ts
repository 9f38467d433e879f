/** What was measured, and the report, as clients see them. */
import type { Gate, Measurement } from '../../protocol/project-events.ts';
import type { ProjectReport, ProjectView } from '../../rpc/project.ts';
import { computeGates } from './gates.ts';
import { writeReport } from './report.ts';
import type { ProjectState } from './state.ts';
import { viewAgents, viewTasks } from './views.ts';

/** The latest measurement of each kind, and the gates computed from them. */
export const viewMeasurements = ({
  measurements,
  commit,
}: ProjectState): { readonly measurements: readonly Measurement[]; readonly gates: readonly Gate[] } => ({
  measurements,
  gates: commit === undefined ? [] : computeGates(measurements, commit),
});

/** The report so far, of a project as it is seen now. */
export const viewReport = (state: ProjectState, project: ProjectView): ProjectReport => {
  const { measurements, gates, findings } = state;
  const parts = { project, tasks: viewTasks(state), agents: viewAgents(state), measurements, gates, findings };
  const durationMs = project.updatedAt - project.createdAt;
  return { ...project, ...parts, durationMs, markdown: writeReport(parts) };
};
