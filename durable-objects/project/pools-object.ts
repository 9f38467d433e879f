/** The Project object with what it offers about its pools: one class over RPC, in four files. */
import type { ProjectPoolsRpc } from '../../shared/rpc/project-pools.ts';
import { ToolsProjectObject } from './tools-object.ts';

export class PooledProjectObject extends ToolsProjectObject implements ProjectPoolsRpc {
  async pools(): ReturnType<ProjectPoolsRpc['pools']> {
    return this.poolsDesk.view();
  }

  async setPools(command: Parameters<ProjectPoolsRpc['setPools']>[0]): ReturnType<ProjectPoolsRpc['setPools']> {
    return this.poolsDesk.set(command);
  }
}
