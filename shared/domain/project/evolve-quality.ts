/** How a project’s gates and waivers change with its events. */
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { ProjectQuality } from './gates.ts';
import type { ProjectState } from './state.ts';

const nothing: ProjectQuality = { waivers: [], figures: [] };

/** As many waivers are remembered, ended ones too. */
const mostWaivers = 100;

export const evolveQuality = (state: ProjectState, event: ProjectEvent): ProjectState => {
  const quality = state.quality ?? nothing;
  switch (event.type) {
    case 'gates.configured':
      return { ...state, quality: { ...quality, gates: event.gates } };
    case 'waiver.granted':
      return { ...state, quality: { ...quality, waivers: [...quality.waivers, event.waiver].slice(-mostWaivers) } };
    case 'waiver.revoked': {
      const waivers = quality.waivers.filter(({ waiverId }) => waiverId !== event.waiverId);
      return { ...state, quality: { ...quality, waivers } };
    }
    case 'figures.recorded': {
      const others = quality.figures.filter(({ kind }) => kind !== event.figures.kind);
      return { ...state, quality: { ...quality, figures: [...others, event.figures] } };
    }
    default:
      return state;
  }
};
