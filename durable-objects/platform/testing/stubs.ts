/** Stubs of the test objects. */

import { abortAllDurableObjects, env, runInDurableObject } from 'cloudflare:test';
import { type EffectClass, migrate, platformMigrations, type StepOutcome, Storage } from '../index.ts';
import type { ManagedObjectRpc } from '../../../shared/rpc/managed-object.ts';
import type { Bare, Notebook, Peer, Probe, RealTimeProbe } from './worker.ts';

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- the runtime's types are extended by merging this namespace.
  namespace Cloudflare {
    interface Env {
      PROBE: DurableObjectNamespace<Probe>;
      REAL_TIME_PROBE: DurableObjectNamespace<RealTimeProbe>;
      BARE: DurableObjectNamespace<Bare>;
      PEER: DurableObjectNamespace<Peer>;
      NOTEBOOK: DurableObjectNamespace<Notebook>;
    }
  }
}

/** A fresh stub: a stub stays broken after its object was aborted. */
export const probe = (name: string): DurableObjectStub<Probe> => env.PROBE.get(env.PROBE.idFromName(name));

export const realTimeProbe = (name: string): DurableObjectStub<RealTimeProbe> =>
  env.REAL_TIME_PROBE.get(env.REAL_TIME_PROBE.idFromName(name));

/** The example. The mapped type of a stub loses the branches of a `Result`, so it is given its own. */
export const notebook = (name: string): ManagedObjectRpc & Pick<Notebook, 'receive'> =>
  // SAFETY: Notebook is a managed object.
  env.NOTEBOOK.getByName(name) as unknown as ManagedObjectRpc & Pick<Notebook, 'receive'>;

/** What every managed object offers, of a probe. */
export const managedProbe = (name: string): ManagedObjectRpc =>
  // SAFETY: Probe is a managed object.
  probe(name) as unknown as ManagedObjectRpc;

const bare = (name: string): DurableObjectStub<Bare> => env.BARE.get(env.BARE.idFromName(name));

/** Calls `step`; the mapped type of a stub loses the branch of an outcome that holds `unknown`. */
export const step = (name: string, key: string, effectClass: EffectClass): PromiseLike<StepOutcome<unknown>> =>
  // SAFETY: the declared return type of `Probe.step`.
  probe(name).step(key, effectClass) as PromiseLike<unknown> as PromiseLike<StepOutcome<unknown>>;

let made = 0;
/** A name no other test uses. */
export const freshName = (what: string): string => {
  made += 1;
  return `${what}-${made}`;
};

/** Runs the work inside a fresh bare object and gives it the object's storage. */
export const onBareStorage = <T>(
  work: (durable: DurableObjectStorage) => T | Promise<T>,
  name = freshName('bare'),
): Promise<T> => runInDurableObject(bare(name), (_instance, state) => work(state.storage));

/** A call that may be cut short. */
export interface Call<Reply> {
  /** What the call answered, or that its object was killed meanwhile. */
  readonly ended: Promise<{ readonly reply: Reply } | 'cut'>;
  readonly over: () => boolean;
}

/**
 * Watches a call. Its promise is a proxy whose every property is a promise as well, so it is handed to nothing but `then`.
 */
export const watch = <Reply>(call: {
  then(done: (reply: Reply) => void, failed: () => void): unknown;
}): Call<Reply> => {
  let over = false;
  const ended = new Promise<{ readonly reply: Reply } | 'cut'>((resolve) => {
    const end = (outcome: { readonly reply: Reply } | 'cut') => {
      over = true;
      resolve(outcome);
    };
    call.then(
      (reply) => end({ reply }),
      () => end('cut'),
    );
  });
  return { ended, over: () => over };
};

/**
 * Kills all objects. In a turn of its own: all contexts share one microtask queue, and the runtime itself dies when an
 * object is destroyed from inside one of its own callbacks.
 */
export const kill = async (): Promise<void> => {
  await scheduler.wait(0);
  await abortAllDurableObjects();
};

/** Leaves an object of that name with the tables of the first `known` migrations of the platform, and nothing else. */
export const seedOldObject = async (name: string, known: number): Promise<void> => {
  await runInDurableObject(probe(name), async (_instance, state) => {
    await state.storage.deleteAll();
    migrate(new Storage(state.storage), 'platform', platformMigrations.slice(0, known), () => 0);
  });
  await kill();
};
