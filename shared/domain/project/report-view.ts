/** What was measured, and the report, as clients see them. */
import type { Gate, Measurement } from '../../protocol/project-events.ts';
import type { ProjectReport, ProjectView } from '../../rpc/project.ts';
import type { JudgedCriterion } from '../quality/behaviour/criteria.ts';
import { computeGates, computeReleaseGates } from './gates.ts';
import { writeReport } from './report.ts';
import type { ProjectState } from './state.ts';
import { viewAgents, viewTasks } from './views.ts';

/** The latest measurement of each kind, and the gates computed from them. */
export const viewMeasurements = (
  state: ProjectState,
  now: number,
): { readonly measurements: readonly Measurement[]; readonly gates: readonly Gate[] } => ({
  measurements: state.measurements,
  gates: state.commit === undefined ? [] : computeGates(state, state.commit, now),
});

/** The report so far, of a project as it is seen now. */
export const viewReport = (
  state: ProjectState,
  project: ProjectView,
  now: number,
  criteria: readonly JudgedCriterion[] = [],
): ProjectReport => {
  const { measurements, gates, findings } = state;
  const preview = project.deployments.find(({ slot }) => slot === 'preview');
  const releaseGates = preview === undefined ? [] : computeReleaseGates(state, preview.version, 'preview', now);
  const parts = {
    project,
    releaseGates,
    tasks: viewTasks(state),
    agents: viewAgents(state),
    measurements,
    gates,
    findings,
    criteria,
  };
  const durationMs = project.updatedAt - project.createdAt;
  const { releaseGates: _releaseGates, criteria: _criteria, ...told } = parts;
  return { ...project, ...told, durationMs, markdown: writeReport(parts) };
};
