/** The quotas of a shard, which a snapshot of it must stay within. */
import { describe, expect, it } from 'vitest';
import type { RegisterService } from '../../rpc/service-registry.ts';
import { decideRegister, decideUpdate } from './decide.ts';
import { maxInstancesInShard, maxShardBytes } from './limits.ts';
import { emptyRegistry, evolveRegistry, type RegistryState } from './state.ts';
import { viewServices } from './view.ts';

const registration = (number: number, description = ''): RegisterService => ({
  commandId: `register-${number}`,
  name: `parcels-${number}`,
  instance: 'one',
  kind: 'external',
  owner: 'workspace',
  metadata: { version: '1.0.0', description, tags: [], capabilities: [], weight: 100, attributes: {} },
  endpoints: [{ kind: 'http', url: 'https://parcels.example.com' }],
});

/** Registers until the shard takes no more, or so many are there. */
const fill = (description: string, count: number): RegistryState => {
  let state = emptyRegistry;
  for (let number = 0; number < count; number += 1) {
    const events = decideRegister(state, registration(number, description), undefined, 0);
    if (!events.ok) return state;
    for (const event of events.value) state = evolveRegistry(state, event, number);
  }
  return state;
};

const countOf = (state: RegistryState): number => Object.keys(state.services).length;

describe('a shard', () => {
  it('takes so many instances and no more, and names the quota', () => {
    const full = fill('', maxInstancesInShard + 1);
    expect(countOf(full)).toBe(maxInstancesInShard);
    expect(decideRegister(full, registration(9_999), undefined, 0)).toMatchObject({
      error: { type: 'resource.conflict', detail: expect.stringContaining('"instances of a shard"') },
    });
  });

  it('takes so many bytes and no more so that its snapshot fits into a row of two megabytes', () => {
    const full = fill('x'.repeat(3_500), maxInstancesInShard);
    expect(countOf(full)).toBeLessThan(maxInstancesInShard);
    expect(countOf(full)).toBeGreaterThan(maxShardBytes / 4_096);
    const quota = { error: { type: 'resource.conflict', detail: expect.stringContaining('"bytes of a shard"') } };
    expect(decideRegister(full, registration(9_999, 'x'.repeat(3_500)), undefined, 0)).toMatchObject(quota);
    const authority = { kind: 'owner', owner: 'workspace' } as const;
    const update = { commandId: 'u', name: 'parcels-0', instance: 'one', authority } as const;
    expect(decideUpdate(full, { ...update, metadata: { weight: 1 } }, undefined)).toMatchObject({ ok: true });
    expect(JSON.stringify(viewServices(full, [])).length).toBeLessThan(1_950_000);
    expect(JSON.stringify(viewServices(fill('', maxInstancesInShard), [])).length).toBeLessThan(1_950_000);
  });
});
