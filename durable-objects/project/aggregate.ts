import { evolveProject } from '../../shared/domain/project/evolve.ts';
import { restoreProjectOver } from '../../shared/domain/project/restore-over.ts';
import { initialProjectState, type ProjectState } from '../../shared/domain/project/state.ts';
import { projectWorkflowVersion, refuseWorkflow } from '../../shared/domain/workflow/version.ts';
import { projectEventTypes } from '../../shared/protocol/project-event-types.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { Aggregate } from '../platform/aggregate.ts';

export const projectAggregate: Aggregate<ProjectState, ProjectEvent> = {
  initial: initialProjectState,
  evolve: evolveProject,
  stateVersion: 2,
  eventTypes: projectEventTypes,
  refuse: ({ identity }) => refuseWorkflow('The project', identity?.workflowVersion, projectWorkflowVersion),
  restoreOver: restoreProjectOver,
};
