/** How a project's tools and the rules about them change with its events. */
import type { ConnectedTool } from '../../protocol/connected-tools.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { ProjectState } from './state.ts';

const withTools = (state: ProjectState, tools: readonly ConnectedTool[]): ProjectState =>
  state.identity === undefined ? state : { ...state, identity: { ...state.identity, tools } };

export const evolveTools = (state: ProjectState, event: ProjectEvent): ProjectState => {
  const tools = state.identity?.tools ?? [];
  switch (event.type) {
    case 'tool.registered':
      return withTools(state, [...tools.filter(({ name }) => name !== event.tool.name), event.tool]);
    case 'tool.removed':
      return withTools(
        state,
        tools.filter(({ name }) => name !== event.name),
      );
    case 'tools.configured':
      return { ...state, toolRules: { grants: event.grants, fetchOrigins: event.fetchOrigins } };
    default:
      return state;
  }
};
