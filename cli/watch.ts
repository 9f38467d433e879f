/** Follows a project to its end and shows it; what `build --wait`, `logs --follow` and the demo have in common. */
import { isFinalStatus } from '../shared/protocol/project-events.ts';
import { followEvents } from './api/follow.ts';
import type { ProgressView } from './progress/view.ts';
import type { ProgressState } from '../shared/domain/progress/state.ts';
import type { Connection } from './settings.ts';

/** Resolves with the last state: of the finished project, or of the moment when the signal was aborted. */
export const watchProject = async (
  connection: Connection,
  projectId: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<ProgressState> => {
  const ended = new AbortController();
  const options = { after: 0, signal: AbortSignal.any([signal, ended.signal]) };
  try {
    for await (const item of followEvents(connection, projectId, options)) {
      if (item.type !== 'event') continue;
      view.show(item.stored);
      if (isFinalStatus(view.state().status)) break;
    }
  } finally {
    ended.abort();
    view.end();
  }
  return view.state();
};

/** Aborted by Ctrl-C and by the other ways of asking a program to end. */
export const interruptSignal = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
};
