/**
 * A second way for a project to wake: its alarm should do it, but an alarm can be lost. Asking an object anything loads
 * it, and every object repairs its alarm when it is loaded.
 */
import { parseId } from '../../shared/domain/ids.ts';
import type { ProjectRecord } from '../../shared/adapters/directory/contract.ts';
import { deadlines, withDeadline } from './deadline.ts';
import type { Services } from './services.ts';

/** A project that has not moved for this long is looked after, in milliseconds. */
const lateAfterMs = 60_000;
const maxAtOnce = 100;

const wake = async (services: Services, row: ProjectRecord): Promise<void> => {
  const workspaceId = parseId('wsp', row.workspaceId);
  const projectId = parseId('prj', row.id);
  if (workspaceId === undefined || projectId === undefined) return;
  try {
    await withDeadline(services.objects.project(workspaceId, projectId).get(), deadlines.objectMs);
  } catch (error) {
    services.log({ level: 'warn', message: 'a late project did not answer', fields: { projectId }, error });
  }
};

/** Pokes late projects; answers how many. Never rejects. */
export const sweep = async (services: Services): Promise<number> => {
  try {
    const before = services.clock.now() - lateAfterMs;
    const rows = await services.directory.lateProjects({ before, limit: maxAtOnce });
    await Promise.all(rows.map(async (row) => await wake(services, row)));
    if (rows.length > 0)
      services.log({ level: 'info', message: 'late projects poked', fields: { count: rows.length } });
    return rows.length;
  } catch (error) {
    services.log({ level: 'error', message: 'sweep failed', error });
    return 0;
  }
};
