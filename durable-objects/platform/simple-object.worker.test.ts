/** The acceptance criteria of a simple Durable Object, each shown on the example in `examples/notebook`. */
import { evictDurableObject, env, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../shared/errors/result.ts';
import type { ManagedObjectRpc } from '../../shared/rpc/managed-object.ts';
import { Notebook } from '../../examples/notebook/notebook.ts';
import { ManagedObject } from './index.ts';
import { clock, resetOutside } from './testing/controls.ts';
import { freshName, kill, managedProbe, notebook, probe } from './testing/stubs.ts';

beforeEach(resetOutside);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.type}: ${result.error.detail}`);
  return result.value;
};

const write = async (name: string, title: string, text?: string) =>
  valueOf(
    await notebook(name).receive({
      messageId: `${title}=${text ?? ''}`,
      title,
      ...(text === undefined ? {} : { text }),
    }),
  );

describe('a simple Durable Object', () => {
  it('is created by its first use, on a base class with the core functionality', async () => {
    expect(Notebook.prototype).toBeInstanceOf(ManagedObject);
    expect(await notebook('created').objectState({})).toMatchObject({ error: { type: 'resource.not_found' } });
    expect(await write('created', 'a', 'first')).toEqual({ a: 'first' });
  });

  it('saves its state and loads it: after an eviction, and after a kill', async () => {
    const name = freshName('notebook');
    await write(name, 'a', '1');
    await evictDurableObject(env.NOTEBOOK.getByName(name));
    await write(name, 'b', '2');
    await kill();
    expect(valueOf(await notebook(name).objectState({})).state).toEqual({ a: '1', b: '2' });
    expect(valueOf(await notebook(name).objectState({ version: 1 })).state).toEqual({ a: '1' });
  });

  it('has hooks: initialize once, activate at each load, deactivate before an orderly stop', async () => {
    const name = freshName('hooks');
    await probe(name).add([1]);
    await kill();
    expect(await runInDurableObject(probe(name), (instance) => instance.hooks)).toEqual(['activate at 1']);
    await Promise.resolve(probe(name).halt()).catch(() => undefined);
    expect(await probe(name).notes()).toEqual(['initialized', 'deactivated']);
  });

  it('handles messages: taken once however often given, and refused when an id comes with another body', async () => {
    const name = freshName('notebook');
    const message = { messageId: 'm1', title: 'a', text: '1' };
    const first = await notebook(name).receive(message);
    await write(name, 'b', '2');
    await kill();
    expect(await notebook(name).receive(message)).toEqual(first);
    expect(await notebook(name).receive({ ...message, text: '2' })).toMatchObject({
      error: { type: 'idempotency.mismatch' },
    });
    expect(valueOf(await notebook(name).objectState({})).version).toBe(2);
  });
});

describe('the state of an object', () => {
  const history = async (object: ManagedObjectRpc) =>
    valueOf(await object.objectHistory({ after: 0, limit: 100 })).events.map(
      ({ version, type }) => `${version} ${type}`,
    );

  it('is had at any version and any time', async () => {
    const name = freshName('probe');
    const before = clock.now();
    await probe(name).add([5]);
    clock.advance(1_000);
    await probe(name).add([7]);
    const object = managedProbe(name);
    expect(valueOf(await object.objectState({})).state).toEqual({ total: 12, count: 2 });
    expect(valueOf(await object.objectState({ version: 1 })).state).toEqual({ total: 5, count: 1 });
    expect(valueOf(await object.objectState({ time: before + 999 })).version).toBe(1);
    expect(valueOf(await object.objectState({ time: before - 1 }))).toMatchObject({ version: 0, state: { total: 0 } });
    expect(await object.objectState({ version: 3 })).toMatchObject({
      error: { type: 'resource.not_found', issues: [{ field: 'version' }] },
    });
    const { hash } = valueOf(await object.objectState({ version: 1 }));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(valueOf(await object.objectState({ version: 2 })).hash).not.toBe(hash);
  });

  it('that is no longer kept is gone, with the oldest that is there', async () => {
    const name = freshName('probe');
    await probe(name).add([1, 2, 3, 4]);
    await runInDurableObject(probe(name), (instance) => {
      instance.parts.storage.transaction(() => instance.store.discardUpTo(2, 1));
    });
    const object = managedProbe(name);
    expect(await object.objectState({ version: 1 })).toMatchObject({
      error: { type: 'cursor.gone', oldestSequence: 3 },
    });
    expect(valueOf(await object.objectState({ version: 2 })).state).toEqual({ total: 3, count: 2 });
    expect(valueOf(await object.objectState({})).oldestVersion).toBe(2);
    expect(await object.objectHistory({ after: 0, limit: 10 })).toMatchObject({ error: { type: 'cursor.gone' } });
  });

  it('is restored by a new event, is the same after a kill, and can be taken back', async () => {
    const name = freshName('notebook');
    await write(name, 'a', '1');
    await write(name, 'a', '2');
    await write(name, 'b', '3');
    const restore = { commandId: 'r1', version: 1, reason: 'a mistake', by: 'person:key_1' };
    const restored = await notebook(name).restoreObject(restore);
    expect(valueOf(restored)).toMatchObject({ restored: 1, version: 4, lines: ['- /b: "3"', '~ /a: "2" → "1"'] });
    await kill();
    expect(await notebook(name).restoreObject(restore)).toEqual(restored);
    expect(valueOf(await notebook(name).objectState({})).state).toEqual({ a: '1' });
    expect(await history(notebook(name))).toEqual([
      '1 note.written',
      '2 note.written',
      '3 note.written',
      '4 state.restored',
    ]);
    expect(valueOf(await notebook(name).objectState({ version: 3 })).state).toEqual({ a: '2', b: '3' });
    valueOf(await notebook(name).restoreObject({ commandId: 'r2', version: 3, by: 'person:key_1' }));
    expect(valueOf(await notebook(name).objectState({})).state).toEqual({ a: '2', b: '3' });
    expect(valueOf(await notebook(name).objectDiff({ from: 1, to: 4 })).patch).toEqual([]);
  });

  it('is not restored on what the caller has not seen, nor by a trial, nor when nothing is different', async () => {
    const name = freshName('notebook');
    await write(name, 'a', '1');
    await write(name, 'a', '2');
    const by = 'person:key_1';
    expect(await notebook(name).restoreObject({ commandId: 'r1', version: 1, expectedVersion: 1, by })).toMatchObject({
      error: { type: 'precondition.failed', detail: expect.stringContaining('version 2') },
    });
    const trial = await notebook(name).restoreObject({ commandId: 'r2', version: 1, dryRun: true, by });
    expect(valueOf(trial)).toMatchObject({ version: 2, lines: ['~ /a: "2" → "1"'] });
    expect(valueOf(await notebook(name).restoreObject({ commandId: 'r3', version: 2, by })).version).toBe(2);
    expect(valueOf(await notebook(name).objectState({})).version).toBe(2);
  });

  it('is not restored where the kind of object says nothing of it', async () => {
    const name = freshName('probe');
    await probe(name).add([1, 2]);
    expect(await managedProbe(name).restoreObject({ commandId: 'r', version: 1, by: 'x' })).toMatchObject({
      error: { type: 'state.irreversible', detail: expect.stringContaining('version 2 (added)') },
    });
  });
});
