/** The objects that the tests of the shared parts drive. */

import { DurableObject } from 'cloudflare:workers';
import { Probe } from './probe.ts';

/** An object with no part of the platform, for tests that build the parts on bare storage or seed old tables. */
export class Bare extends DurableObject {}

/** A probe on the real clock, which the runtime's own alarm wakes. */
export class RealTimeProbe extends Probe {
  alarms = 0;

  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env, Date.now);
  }

  override alarm(): Promise<void> {
    this.alarms += 1;
    return super.alarm();
  }
}

export { Notebook } from '../../../examples/notebook/notebook.ts';
export { Peer } from './peer.ts';
export { Probe };

export default {
  fetch: (): Response => new Response(null, { status: 404 }),
};
