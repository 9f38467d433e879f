/** The methods of a project about its pools. */
import type { ProjectPoolsRpc } from '../../../shared/rpc/project-pools.ts';
import { command, query, type Cases } from './cases.ts';

const by = 'person:key_1';
const pool = { role: 'backend', minimum: 2, maximum: 4, targetLoad: 2, coolDownSeconds: 60 };

export const poolCases: Cases<ProjectPoolsRpc> = {
  pools: query(({ project }) => project().pools()),
  setPools: command(
    ({ project }) =>
      () =>
        project().setPools({ commandId: 'sp', pools: [pool], by }),
    { otherBody: ({ project }) => project().setPools({ commandId: 'sp', pools: [], by }) },
  ),
};
