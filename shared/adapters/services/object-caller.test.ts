import { describe, expect, it } from 'vitest';
import { createRandomIds, systemClock } from '../crypto/random-ids.ts';
import type { ServiceEndpoint, ServiceInstance } from '../../domain/service-registry/service.ts';
import { ok, type Result } from '../../errors/result.ts';
import type { ComposerRpc } from '../../rpc/composer.ts';
import { ObjectCaller, type ObjectCall } from './object-caller.ts';

const workspaceId = createRandomIds(systemClock).create('wsp');

const instanceOf = (endpoint: ServiceEndpoint, over: Partial<ServiceInstance> = {}): ServiceInstance => ({
  name: 'aidevos-composer',
  instance: 'platform',
  kind: 'platform',
  owner: 'platform',
  metadata: { version: '0.1.0', tags: [], capabilities: ['composition'], weight: 100, attributes: {} },
  endpoints: [endpoint],
  health: 'passing',
  load: 0,
  registeredAt: 1,
  updatedAt: 1,
  revision: 1,
  ...over,
});

const composerEndpoint: ServiceEndpoint = { kind: 'object', objectKind: 'composer', objectId: '*' };

const call: ObjectCall<'composer'> = {
  workspaceId,
  kind: 'composer',
  criteria: { capabilities: ['composition'] },
  timeoutMs: 5_000,
  isRepeatable: true,
};

const page: Parameters<ComposerRpc['list']>[0] = { limit: 10 };
const none = { compositions: [] };

type List = () => ReturnType<ComposerRpc['list']>;

/** A caller whose registry knows these, and whose Composer answers its list like this. */
const create = (list: List, services: readonly ServiceInstance[] = [instanceOf(composerEndpoint)]) => {
  const asked: string[] = [];
  const told: unknown[] = [];
  const caller = new ObjectCaller({
    finder: { discover: async () => ok({ services, asOf: 1, lapsed: false }) },
    object: (_workspace, kind, objectId) => {
      asked.push(`${kind}/${objectId}`);
      // SAFETY: the tests call no other method.
      return { list } as Partial<ComposerRpc> as never;
    },
    now: () => Date.now(),
    report: (_message, thrown) => told.push(thrown),
  });
  const ask = (over: Partial<ObjectCall<'composer'>> = {}): Promise<Result<unknown>> =>
    caller.call({ ...call, ...over }, (composer) => composer.list(page));
  return { ask, asked, told };
};

const retryable = (): Error => Object.assign(new Error('gone'), { retryable: true });

describe('a call of an object by what it can do', () => {
  it('reaches the one of its kind in the workspace, and passes on what it answers, refusals included', async () => {
    const { ask, asked } = create(async () => ok(none));
    expect(await ask()).toEqual({ ok: true, value: none });
    expect(asked).toEqual([`composer/${workspaceId}`]);
    const refusing = create(async () => ({ ok: false, error: { type: 'resource.conflict', detail: 'no' } }));
    expect(await refusing.ask()).toEqual({ ok: false, error: { type: 'resource.conflict', detail: 'no' } });
    expect(refusing.asked).toHaveLength(1);
  });

  it('takes nobody who offers it by another interface, and names the object when the registry does not', async () => {
    const http = instanceOf({ kind: 'http', url: 'https://composer.example.com' }, { name: 'other' });
    const agent = instanceOf({ ...composerEndpoint, objectKind: 'agent' }, { name: 'aidevos-agent' });
    const { ask, asked } = create(async () => ok(none), [http, agent, instanceOf(composerEndpoint)]);
    expect((await ask({ objectId: 'one' })).ok).toBe(true);
    expect(asked).toEqual(['composer/one']);
    const nobody = create(async () => ok(none), [http, agent]);
    expect(await nobody.ask()).toMatchObject({ error: { type: 'service.unavailable' } });
    expect(nobody.asked).toEqual([]);
    const named = create(async () => ok(none), [instanceOf({ ...composerEndpoint, objectId: 'two' })]);
    await named.ask();
    expect(await named.ask({ objectId: 'three' })).toMatchObject({ error: { type: 'service.unavailable' } });
    expect(named.asked).toEqual(['composer/two']);
  });

  it('is made again with a fresh stub where that is safe and may help, and never else', async () => {
    let failures = 2;
    const passing = create(async () => {
      failures -= 1;
      if (failures >= 0) throw retryable();
      return ok(none);
    });
    expect((await passing.ask()).ok).toBe(true);
    expect([passing.asked.length, passing.told.length]).toEqual([3, 2]);
    const failing = (thrown: Error) =>
      create(() => {
        throw thrown;
      });
    const once = failing(retryable());
    expect(await once.ask({ isRepeatable: false })).toMatchObject({ error: { type: 'service.failed' } });
    const bug = failing(new Error('a secret of the object'));
    const answer = await bug.ask();
    expect(answer).toMatchObject({ error: { type: 'service.failed' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    const overloaded = failing(Object.assign(retryable(), { overloaded: true }));
    await overloaded.ask();
    expect([once, bug, overloaded].map(({ asked }) => asked.length)).toEqual([1, 1, 1]);
    const always = failing(retryable());
    await always.ask();
    expect(always.asked).toHaveLength(3);
  });

  it('ends with its deadline, and an object that fails again and again gets no calls for a while', async () => {
    const silent = create(() => new Promise(() => undefined));
    expect(await silent.ask({ timeoutMs: 20 })).toMatchObject({ error: { type: 'service.timeout' } });
    expect(silent.asked).toHaveLength(1);
    let invoked = 0;
    const broken = create(() => {
      invoked += 1;
      throw new Error('broken');
    });
    const answers: Result<unknown>[] = [];
    for (let at = 0; at < 60; at += 1) answers.push(await broken.ask());
    expect(invoked).toBeLessThan(60);
    expect(answers.at(-1)).toMatchObject({
      error: { type: 'service.unavailable', detail: expect.stringContaining('too often') },
    });
  });

  it('goes to the next object that is as the criteria say when the best one fails again and again', async () => {
    const objects = ['one', 'two'].map((objectId) =>
      instanceOf({ ...composerEndpoint, objectId }, { instance: objectId }),
    );
    const { ask, asked } = create(() => {
      throw new Error('broken');
    }, objects);
    for (let at = 0; at < 60 && asked.at(-1) !== 'composer/two'; at += 1) await ask();
    expect(asked[0]).toBe('composer/one');
    expect(asked.at(-1)).toBe('composer/two');
  });
});
