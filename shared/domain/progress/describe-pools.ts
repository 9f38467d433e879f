/** What happened to the pools of a project, for people. */
import type { GrowthReason, PoolEvent, ShrinkReason } from '../../protocol/pools.ts';

const reasons: Readonly<Record<GrowthReason | ShrinkReason, string>> = {
  below_minimum: 'it was below its minimum',
  queue: 'too many ready tasks waited',
  above_maximum: 'it was above its maximum',
  idle: 'agents were idle for the cool-down',
  project_ended: 'the project has ended',
};

/** Why a pool changed, in words. */
export const describePoolReason = (reason: GrowthReason | ShrinkReason): string => reasons[reason];

export const describePoolEvent = (event: PoolEvent): string => {
  if (event.type === 'pools.configured') {
    const pools = event.pools.map(({ role, minimum, maximum }) => `${role} ${minimum} to ${maximum}`);
    return pools.length === 0 ? 'no role has a pool any longer' : `pools: ${pools.join(', ')}`;
  }
  if (event.type === 'agents.granted') {
    return `the workspace grants ${event.agents} agents, of ${event.wanted} that are wanted`;
  }
  const { role, from, to, queued, working, reason } = event;
  const verb = event.type === 'pool.grew' ? 'grew' : 'shrank';
  return `the pool of ${role} ${verb} from ${from} to ${to}: ${describePoolReason(reason)} (${queued} queued, ${working} at work)`;
};
